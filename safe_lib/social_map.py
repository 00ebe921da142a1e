"""The social map beside the work: who could help with what an assessment shows, and saying that an entry was verified today.

Nothing is sent to anybody. What is found for a case is worked out when somebody looks, and kept nowhere.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from safe_lib import casework
from safe_lib.casework import Desk, Future, require_right
from safe_lib.catalogue.amending import Amendment, amend, raised
from safe_lib.catalogue.lines import read_text
from safe_lib.catalogue.listings import ORGANISATIONS, entry_now
from safe_lib.catalogue.organisations import directory_as, load_directory, load_vocabulary
from safe_lib.catalogue.writing import held, replace_file
from safe_lib.engine.matching import Asking, Fit, Seen, cautions_in, match, needs_in
from safe_lib.model.assessment import Truth
from safe_lib.model.errors import WrongUse
from safe_lib.model.organisation import SEEN, Organisation, Verification

INSTRUMENT: Final = "safe_return"  # whose signs the needs of the vocabulary name
LEADS: Final = "coordination_centre"  # the kind that is named before all others, as the first to ask (rule B5.7)
BACK: Final = ("home_region", "relocation")  # scenarios that lead back to the country of the person
HERE: Final = "stay"  # the scenario where no future has been considered
_OF_AGE: Final[Mapping[str | None, tuple[frozenset[str], frozenset[str]]]] = {  # age group → groups that apply, groups that do not
    "child": (frozenset({"minors"}), frozenset()),
    "adult": (frozenset(), frozenset({"minors", "unaccompanied_minors"})),
}


@dataclass(frozen=True, slots=True)
class Known:
    """What whoever looks adds to what the case says; it is not kept."""

    country: str = ""  # where help is looked for
    region: str = ""
    groups: frozenset[str] = frozenset()
    not_groups: frozenset[str] = frozenset()
    languages: tuple[str, ...] = ()
    residence: str = ""
    authorities: Truth = Truth.OPEN
    avoid: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Helpers:
    """The needs and cautions of a case in one future, and for each need everybody who offers something for it."""

    scenario: str
    return_country: str
    needs: tuple[Seen, ...]
    cautions: Mapping[str, Seen]
    fits: Mapping[str, tuple[Fit, ...]]  # need → who offers one of its services; needs that do not hold have none
    asking: Asking  # what is known of the person as far as it decides who can help, for no service yet
    coordination: tuple[Fit, ...] = ()  # of the country, whatever is needed: they know who has room


def helpers_of(desk: Desk, ref: str, known: Known) -> Helpers:
    """Who could help in a country with what the assessment of a case shows, each with reasons.

    The needs are those of the future the person wants most. The country that is looked at is a country of return as soon as
    one future leads there, wanted or not: its cautions are those of that future. Without a country there are needs and cautions only.

    Raises:
        CaseNotFound, NotPermitted: as everywhere.
    """
    vocabulary = load_vocabulary()
    considered = casework.futures(desk, ref)
    future = next(iter(considered), Future(HERE, 1))
    back = next((one for one in considered if known.country and one.country == known.country and one.kind in BACK), future)
    assessment = casework.assess_case(desk, ref, INSTRUMENT, future.kind)
    of_return = assessment if back is future else casework.assess_case(desk, ref, INSTRUMENT, back.kind)
    cautions = cautions_in(of_return, vocabulary.cautions, back.kind)
    needs = needs_in(assessment, vocabulary.needs, future.kind)
    there = back.country if back.kind in BACK else ""
    organisations = load_directory(known.country).organisations if known.country else ()
    asking = _asking(desk, ref, known, cautions, there)
    fits: dict[str, tuple[Fit, ...]] = {}
    for need, seen in zip(vocabulary.needs, needs, strict=True):
        if seen.truth is not Truth.FAILS and organisations:
            fits[need.id] = match(organisations, replace(asking, services=need.services), vocabulary)
    leading = [one for one in organisations if one.type == LEADS]
    coordination = match(leading, replace(asking, services=tuple({code: None for one in leading for code in one.services})), vocabulary)
    return Helpers(future.kind, there, needs, cautions, fits, asking, coordination)


def _asking(desk: Desk, ref: str, known: Known, cautions: Mapping[str, Seen], there: str) -> Asking:
    """What the case and whoever looks know of the person, as far as it decides who can help."""
    groups, not_groups = _OF_AGE.get(casework.person_facts(desk, ref).age_group, (frozenset(), frozenset()))
    return Asking(
        (),
        known.country,
        desk.today,
        known.region,
        known.groups | groups,
        (known.not_groups | not_groups) - known.groups,
        known.languages,
        known.residence,
        there,
        known.authorities,
        Truth.OPEN,
        cautions["no_state_actor"].truth,
        cautions["near_network"].truth,
        known.avoid,
    )


def fit_of(found: Helpers, one: Organisation, services: Collection[str]) -> Fit:
    """One organisation beside a case, for some of its services, whether or not the assessment shows a need for them.

    Raises:
        WrongUse: it offers none of them, or lies in another country than the one looked at.
    """
    fits = match((one,), replace(found.asking, services=tuple(services)), load_vocabulary())
    if not fits:
        raise WrongUse("social map: this organisation offers none of these services.\n  Look at the map again.")
    return fits[0]


def may_verify(desk: Desk) -> bool:
    """Whether the person at the desk may say that an entry was verified: whoever may confirm a change as a second person."""
    return desk.store is not None and casework.has_right(desk, "confirm")


def verify_today(desk: Desk, country: str, id: str, how: str) -> Organisation:
    """Note that somebody asked an organisation today and that its entry is right: who, when and how, with what stood there before.

    An entry that was written down from memory counts as seen from then on: the organisation itself is its source.

    Args:
        how: a way of the vocabulary, such as `phone`.

    Raises:
        NotPermitted: this person may not.
        WrongUse: there is no such entry, or no such way.
        CountryInfoError: the file cannot be written; it stands as it was.
    """
    require_right(desk, "confirm")
    store = desk.open_store()
    if how not in load_vocabulary().ways:
        raise WrongUse("There is no such way to verify an entry.\n  There are: " + ", ".join(load_vocabulary().ways) + ".")
    path, name = ORGANISATIONS.path(country), ORGANISATIONS.name(country)
    with held(path.parent):
        before = path.read_bytes()
        entry = entry_now(before, ORGANISATIONS, id, name)
        if entry is None:
            raise WrongUse(f"{name}: there is no such entry.\n  Look at the list again.")
        after = amend(before, name, _amendment(desk, before, name, entry, how))
        directory = directory_as(country, after)
        replace_file(path, after)
    store.note(by=desk.person, at=desk.now(), what="organisation.verified", detail=f"{country} {id} {how}")
    return next(one for one in directory.organisations if one.id == id)


def _amendment(desk: Desk, raw: bytes, file: str, entry: Mapping[str, Any], how: str) -> Amendment:
    today = desk.today.isoformat()
    said = Verification(desk.today, desk.person, how)
    new = {**entry, "status": SEEN, "verified": {"date": today, "by": said.by, "how": said.how}}
    for done in ("next_check", "own_reading"):  # that check was this one; what we read into the entry, they have confirmed
        new.pop(done, None)
    version = raised(read_text(raw, file).get("version"), words_only=True)
    former = {key: entry[key] for key in ("status", "own_reading", "verified", "next_check") if key in entry and entry[key] != new.get(key)}
    line = {
        "version": version,
        "date": today,
        "what": "renewed",
        "entry": entry["id"],
        "change": f"Asked the organisation itself ({how}).",
        "from": today,
        "by": said.by,
        "reviewed": said.by,
        "former": former or {"verified": entry["verified"]},
    }
    return Amendment(ORGANISATIONS.key, str(entry["id"]), new, version, line, {}, ORGANISATIONS.order)


def history_of(country: str, id: str) -> tuple[Mapping[str, Any], ...]:
    """What became of an entry, newest first."""
    return tuple(reversed([line for line in load_directory(country).history if line.get("entry") == id]))


def known_of(groups: Collection[str], not_groups: Collection[str], **more: Any) -> Known:
    """What an address says of a person, as a record."""
    return Known(groups=frozenset(groups), not_groups=frozenset(not_groups) - frozenset(groups), **more)
