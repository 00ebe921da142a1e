"""A finding from the work: what a colleague noticed, checked to name nobody, and the brief that is made of it.

An observation is linked to no case. What is refused is told with the words that are meant and how to mend them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from safe_lib import casework
from safe_lib.casework import Desk, _may
from safe_lib.catalogue import load_texts
from safe_lib.catalogue.countries import list_countries
from safe_lib.findings.naming import Lead, leads
from safe_lib.findings.releasing import Published, published
from safe_lib.model.errors import WrongUse
from safe_lib.model.findings import Observation
from safe_lib.rights.permission import Verb

RAISE: Final[Verb] = "team.raise_finding"
READ_FINDINGS: Final[Verb] = "team.read_findings"
CHANNELS: Final = ("dialogue", "letter", "report", "meeting")
CONFIDENTIALITY: Final = ("public", "confidential")
LONGEST: Final = 1000  # letters of one field
LEGS: Final = 2  # what a claim stands on at least: an own figure and somebody else's report (F.3)


@dataclass(frozen=True, slots=True)
class Raised:
    """What somebody raises: the fields of a finding (training, awareness and survey text, F.3), all of them words."""

    claim: str
    affected_group: str = ""
    policy_ask: str = ""
    addressee: str = ""
    channel: str = "dialogue"
    confidentiality: str = "confidential"
    external_source: str = ""  # title of a report that says so too
    external_page: str = ""
    table: str = ""  # publication and table that support it, such as `1 form_age`
    follow_up: str = ""
    outcome: str = ""


FIELDS: Final = tuple(one.name for one in fields(Raised))
FREE: Final = ("claim", "affected_group", "policy_ask", "follow_up", "outcome")  # what is looked through for persons


@dataclass(frozen=True, slots=True)
class Refused:
    """What could lead to a person: in which field, what, and how it is mended."""

    field: str
    lead: Lead
    sentence: str


def refusals(desk: Desk, raised: Raised, ref: str = "") -> tuple[Refused, ...]:
    """Everything for which an observation is refused.

    Args:
        ref: the case it comes from, so that names and aliases in it are known; nothing is written in the case.
    """
    _may(desk, RAISE)
    known = (casework.alias_of(desk, ref), *casework.details_of(desk, ref).values()) if ref else ()
    countries = tuple(one.name for one in list_countries())
    return tuple(Refused(name, lead, _sentence(desk, lead)) for name in FREE for lead in leads(getattr(raised, name), known=known, countries=countries))


def _sentence(desk: Desk, lead: Lead) -> str:
    return load_texts(desk.language)(f"findings.lead.{lead.kind}", words=lead.words)


def observe(desk: Desk, raised: Raised, ref: str = "") -> int:
    """Raise an observation; its number.

    Raises:
        WrongUse: it could lead to a person, says nothing, or is not as it has to be.
    """
    store, texts = _may(desk, RAISE), load_texts(desk.language)
    if not raised.claim.strip() or any(len(getattr(raised, name)) > LONGEST for name in FIELDS):
        raise WrongUse(texts("findings.wrong.claim", most=LONGEST))
    if raised.channel not in CHANNELS or raised.confidentiality not in CONFIDENTIALITY:
        raise WrongUse(texts("findings.wrong.choice", channels=", ".join(CHANNELS), confidentiality=", ".join(CONFIDENTIALITY)))
    if found := refusals(desk, raised, ref):
        raise WrongUse("finding: " + " ".join(dict.fromkeys(one.sentence for one in found)))
    return store.observe({name: value.strip() for name, value in asdict(raised).items()}, by=desk.person, at=desk.now())


def observations(desk: Desk) -> tuple[Observation, ...]:
    """What was raised, oldest first; for whoever makes a brief."""
    return _may(desk, READ_FINDINGS).observations()


# The brief


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding of a brief, with the figures it stands on."""

    number: int
    raised: Raised
    day: str
    figures: Published | None

    @property
    def legs(self) -> int:
        """How many it stands on: an own figure, and somebody else's report."""
        return (self.figures is not None) + bool(self.raised.external_source)


def findings(desk: Desk, numbers: Sequence[int] = ()) -> tuple[Finding, ...]:
    """The findings of a brief; without numbers every one.

    Raises:
        WrongUse: there is none with a number.
    """
    every, tables = {one.id: one for one in observations(desk)}, {f"{one.publication} {one.name}": one for one in published(desk)}
    if missing := set(numbers) - set(every):
        raise WrongUse(f"finding: there is none with number {min(missing)}.\n  See: safe findings raised.")
    chosen = [every[number] for number in (numbers or sorted(every))]
    return tuple(Finding(one.id, raised_of(one.body), one.day.isoformat(), tables.get(str(one.body.get("table", "")))) for one in chosen)


def raised_of(body: Mapping[str, Any]) -> Raised:
    """The way back from the store."""
    return Raised(**{name: str(body.get(name, "")) for name in FIELDS})


def as_data(found: Sequence[Finding]) -> Iterator[dict[str, Any]]:
    """Findings as F.3 writes them, for YAML and JSON."""
    for one in found:
        said, figures = one.raised, one.figures
        evidence = [{"table": figures.name, "n": _everybody(figures), "period": figures.period, "hash": figures.hash}] if figures else []
        external = [{"source": said.external_source, "page": said.external_page}] if said.external_source else []
        yield {"id": one.number, "claim": said.claim, "evidence": evidence, "external_support": external, "affected_group": said.affected_group,
               "policy_ask": said.policy_ask, "addressee": said.addressee, "channel": said.channel, "confidentiality": said.confidentiality,
               "date": one.day, "follow_up": said.follow_up, "outcome": said.outcome}


def _everybody(figures: Published) -> int | None:
    whole = figures.table.cells[("",) * len(figures.table.dimensions)]
    return getattr(whole, "number", None)
