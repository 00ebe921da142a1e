"""From an assessment to those who could help, each with the reasons why it fits, does not fit, or has to be asked first.

Nobody is sent anywhere, nobody gets a number, and no order says who is better: what fits stands before what has to be
asked, and coordination leads. Every reason has three answers; a missing word never falls into yes or no.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from safe_lib.engine.directory import ORDER, folded
from safe_lib.model.assessment import Assessment, Domain, Truth
from safe_lib.model.organisation import Caution, Need, Organisation, Signs, Vocabulary, freshness

LEVELS: Final = ("low", "moderate", "high", "very_high")
GENERAL: Final = ("all_victims", "public", "crime_victims")  # groups that take in whoever was exploited
MINORS: Final = ("minors", "unaccompanied_minors", "young_adults")
SEXES: Final = frozenset({"women", "men"})
ONLY_FOR_STAFF: Final = "professionals"
_BEFORE: Final = (Truth.HOLDS, Truth.OPEN, Truth.FAILS)


@dataclass(frozen=True, slots=True)
class Seen:
    """A need or a caution on one day: whether it holds, and the signs that say so."""

    id: str
    truth: Truth
    signs: tuple[str, ...]  # ids of hard stops, domains, findings or the scenario that hold, or that are open where none holds


@dataclass(frozen=True, slots=True)
class Asking:
    """What is known of a person as far as it decides who can help; nothing in it names anybody.

    `groups` are those that apply and `not_groups` those that do not; what is in neither is not known. `avoid` holds
    regions and towns where those who threaten can reach.
    """

    services: tuple[str, ...]
    country: str  # where help is looked for
    on: date
    region: str = ""
    groups: frozenset[str] = frozenset()
    not_groups: frozenset[str] = frozenset()
    languages: tuple[str, ...] = ()
    residence: str = ""  # of the vocabulary; empty: not known
    return_country: str = ""
    authorities: Truth = Truth.OPEN  # whether the person agrees to contact with an authority
    contact_there: Truth = Truth.OPEN  # whether consent, asylum question and lawyer allow contact in the country of return
    no_state_actor: Truth = Truth.OPEN  # whether authorities of the country of return must hear nothing
    near_network: Truth = Truth.OPEN  # whether a place within reach of those who threaten must be avoided
    avoid: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: the key of its sentence (`match.<key>.<truth>`), and what fills it."""

    key: str
    truth: Truth
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fit:
    """One organisation beside one question."""

    organisation: Organisation
    services: tuple[str, ...]  # of those asked for
    truth: Truth
    reasons: tuple[Reason, ...]


def seen_in(signs: Signs, assessment: Assessment, scenario: str) -> tuple[Truth, tuple[str, ...]]:
    """Whether an assessment shows one of these signs, and which; what the instrument does not have says nothing."""
    found: dict[str, Truth] = {}
    found |= {id: _of_stop(assessment.hard_stops[id].state) for id in signs.hard_stops if id in assessment.hard_stops}
    found |= {one.id: one.truth for one in assessment.findings if one.id in signs.findings}
    found |= {id: _of_domain(assessment.domains[id], level) for id, level in signs.domains.items() if id in assessment.domains}
    found |= {id: Truth.HOLDS if id == scenario else Truth.FAILS for id in signs.scenarios if scenario}
    truth = _any(found.values()) if found else Truth.OPEN  # nothing was looked at
    return truth, tuple(id for id, one in found.items() if one is truth) if truth is not Truth.FAILS else ()


def needs_in(assessment: Assessment, needs: Iterable[Need], scenario: str = "") -> tuple[Seen, ...]:
    """Every need with what the assessment says of it, in the order of the vocabulary."""
    return tuple(Seen(one.id, *seen_in(one.when, assessment, scenario)) for one in needs)


def cautions_in(assessment: Assessment, cautions: Iterable[Caution], scenario: str = "") -> dict[str, Seen]:
    """Every caution by its id."""
    return {one.id: Seen(one.id, *seen_in(one.when, assessment, scenario)) for one in cautions}


def _of_stop(state: str) -> Truth:
    if state == "active":
        return Truth.HOLDS
    return Truth.FAILS if state in ("cleared", "not_applicable") else Truth.OPEN


def _of_domain(domain: Domain, level: str) -> Truth:
    """From a level on; a range that reaches it leaves it open."""
    wanted = LEVELS.index(level)
    if domain.level in LEVELS and LEVELS.index(domain.level) >= wanted:
        return Truth.HOLDS
    reaches = domain.level not in LEVELS or (domain.highest in LEVELS and LEVELS.index(domain.highest) >= wanted)
    return Truth.OPEN if reaches else Truth.FAILS


def _any(truths: Iterable[Truth]) -> Truth:
    there = set(truths)
    return next((truth for truth in (Truth.HOLDS, Truth.OPEN) if truth in there), Truth.FAILS)


def _all(truths: Iterable[Truth]) -> Truth:
    there = set(truths)
    return next((truth for truth in (Truth.FAILS, Truth.OPEN) if truth in there), Truth.HOLDS)


def match(organisations: Sequence[Organisation], asking: Asking, vocabulary: Vocabulary) -> tuple[Fit, ...]:
    """Everybody in the country who offers one of the services, with every reason; those who do not fit as well, last.

    Returns:
        What fits, then what has to be asked first, then what does not fit; within each, coordination first, then the
        freshest entries, then by name.
    """
    offering = (one for one in organisations if one.country == asking.country and set(one.services) & set(asking.services))
    fits = [_fit(one, asking, vocabulary) for one in offering]
    return tuple(sorted(fits, key=lambda fit: _place(fit, vocabulary, asking.on)))


def _place(fit: Fit, vocabulary: Vocabulary, on: date) -> tuple[int, bool, int, str]:
    one = fit.organisation
    return _BEFORE.index(fit.truth), one.type != "coordination_centre", ORDER.index(freshness(one, vocabulary, on)), folded(one.name)


def _fit(one: Organisation, asking: Asking, vocabulary: Vocabulary) -> Fit:
    services = tuple(code for code in asking.services if code in one.services)
    remote = any(vocabulary.services[code].remote for code in services)
    reasons = [check(one, asking, remote) for check in _CHECKS]
    reasons.append(_fresh(one, vocabulary, asking.on))
    said = tuple(reason for reason in reasons if reason is not None)
    return Fit(one, services, _all(reason.truth for reason in said), said)


def _group(one: Organisation, asking: Asking, remote: bool) -> Reason:
    """Whether the person is among those helped there. Where an entry speaks of everybody, a minor still has to be asked for."""
    truth = _any(_of_group(code, asking) for code in one.target_groups)
    known_adult = "minors" in asking.not_groups
    names_minors = any(code in asking.groups for code in one.target_groups if code in MINORS)
    if truth is Truth.HOLDS and not known_adult and not names_minors and not set(MINORS[:2]) & set(one.target_groups):
        return Reason("group_minor", Truth.OPEN, {"groups": one.target_groups})
    sexes = SEXES & set(one.target_groups)
    if truth is Truth.HOLDS and sexes & asking.not_groups and not set(one.target_groups) - set(GENERAL) & asking.groups:
        return Reason("group_other", Truth.OPEN, {"groups": one.target_groups})  # it names women, or men, beside everybody
    return Reason("group", truth, {"groups": one.target_groups})


def _of_group(code: str, asking: Asking) -> Truth:
    if code == ONLY_FOR_STAFF or code in asking.not_groups:
        return Truth.FAILS
    return Truth.HOLDS if code in asking.groups or code in GENERAL else Truth.OPEN


def _language(one: Organisation, asking: Asking, remote: bool) -> Reason:
    """No language in common is no refusal: an interpreter can be asked for."""
    if not asking.languages or not one.languages:
        return Reason("language_unknown", Truth.OPEN)
    common = tuple(code for code in asking.languages if code in one.languages)
    return Reason("language", Truth.HOLDS if common else Truth.OPEN, {"languages": common or one.languages})


def _residence(one: Organisation, asking: Asking, remote: bool) -> Reason:
    if not one.residence:
        return Reason("residence_unsaid", Truth.OPEN)
    if not asking.residence:
        return Reason("residence_unknown", Truth.OPEN, {"residence": one.residence})
    return Reason("residence", Truth.HOLDS if asking.residence in one.residence else Truth.FAILS, {"residence": one.residence})


def _region(one: Organisation, asking: Asking, remote: bool) -> Reason | None:
    if not asking.region:
        return None
    if remote or one.area in ("country", "international") or one.region == asking.region:
        return Reason("region", Truth.HOLDS)
    return Reason("region", Truth.FAILS if one.region and one.area in ("city", "region") else Truth.OPEN)


def _state(one: Organisation, asking: Asking, remote: bool) -> Reason | None:
    """Authorities of the country of return while a hard stop keeps them away; any authority only if the person agrees."""
    there = bool(asking.return_country) and one.country == asking.return_country
    if one.state_actor is False and "state_actor" in one.own_reading:  # nobody there was asked; a wrong guess could reach those who must hear nothing
        return Reason("authority_read", Truth.OPEN if there and asking.no_state_actor is not Truth.FAILS else Truth.HOLDS)
    if one.state_actor is False:
        return Reason("no_authority", Truth.HOLDS)
    if there and asking.no_state_actor is not Truth.FAILS:
        is_kept_away = asking.no_state_actor is Truth.HOLDS and one.state_actor is True
        return Reason("authority_there", Truth.FAILS if is_kept_away else Truth.OPEN)
    if one.state_actor is None:
        return Reason("authority_unknown", Truth.HOLDS if asking.authorities is Truth.HOLDS else Truth.OPEN)
    return Reason("authority", asking.authorities)


def _gate(one: Organisation, asking: Asking, remote: bool) -> Reason | None:
    """Before anybody in the country of return is asked: the person's consent, the asylum question, a lawyer."""
    if not asking.return_country or one.country != asking.return_country:
        return None
    return Reason("there", asking.contact_there)


def _network(one: Organisation, asking: Asking, remote: bool) -> Reason | None:
    """Whether going there leads to where those who threaten can reach; a line that is only called leads nowhere."""
    if asking.near_network is Truth.FAILS and not asking.avoid:
        return None
    if remote and not one.position:
        return Reason("network_remote", Truth.HOLDS)
    if not asking.avoid:
        concerned = not asking.return_country or one.country == asking.return_country
        return Reason("network_unknown", Truth.OPEN) if concerned else None
    if one.confidential:
        return Reason("network_secret", Truth.OPEN)
    places = {folded(place) for place in asking.avoid}
    if {folded(one.region), folded(one.city)} & places - {""}:
        return Reason("network", Truth.FAILS)
    return Reason("network", Truth.HOLDS) if one.region else Reason("network_unknown", Truth.OPEN)


def _fresh(one: Organisation, vocabulary: Vocabulary, on: date) -> Reason:
    state = freshness(one, vocabulary, on)
    day = one.verified.on.isoformat() if one.verified else ""
    return Reason(f"fresh_{state}", Truth.HOLDS if state == "verified" else Truth.OPEN, {"day": day})


_CHECKS: Final[tuple[Callable[[Organisation, Asking, bool], Reason | None], ...]] = (_group, _language, _residence, _region, _state, _gate, _network)
