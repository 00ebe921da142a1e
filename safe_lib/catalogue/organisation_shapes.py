"""The shape of the social map: the vocabulary, and the organisations of a country."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from safe_lib.catalogue.procedure_shapes import WordsOfShape
from safe_lib.catalogue.shapes import Day, Id, Sentence, Shape

EntryId = Annotated[str, Field(pattern=r"^[a-z]{2,3}-[a-z0-9]+(-[a-z0-9]+)*$", max_length=60, description="Country or network, then the organisation.")]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$", description="ISO 639-1.")]
Level = Literal["moderate", "high", "very_high"]
Text = Annotated[str, Field(max_length=500)]
Version = Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]


class TermShape(Shape):
    """A word of the vocabulary."""

    id: Id
    name: WordsOfShape
    group: Id | None = None
    open_eligibility: str = Field(default="", description="The term of Open Eligibility 2.0 that means the same.")
    remote: bool = Field(default=False, description="A service that nobody has to go to.")


class SignsShape(Shape):
    """What an assessment may show."""

    hard_stops: list[Id] = Field(default_factory=list)
    findings: list[Id] = Field(default_factory=list)
    scenarios: list[Id] = Field(default_factory=list)
    domains: dict[str, Level] = Field(default_factory=dict)


class NeedShape(Shape):
    """A need, the services that answer it, and its signs."""

    id: Id
    name: WordsOfShape
    services: list[Id] = Field(min_length=1)
    when: SignsShape


class CautionShape(Shape):
    """What must be kept away from a person."""

    id: Literal["no_state_actor", "near_network"]
    where: Literal["return", "anywhere"]
    when: SignsShape
    because: WordsOfShape


class VocabularyShape(Shape):
    """`country_info/social_map.yaml`."""

    version: Version
    card_months: int = Field(ge=1, le=6, description="Nothing older than six months goes on a client's card.")
    stale_months: int = Field(ge=1, le=12)
    service_groups: list[TermShape] = Field(min_length=1)
    services: list[TermShape] = Field(min_length=1)
    target_groups: list[TermShape] = Field(min_length=1)
    types: list[TermShape] = Field(min_length=1)
    residence: list[TermShape] = Field(min_length=1)
    areas: list[TermShape] = Field(min_length=1)
    costs: list[TermShape] = Field(min_length=1)
    channels: list[TermShape] = Field(min_length=1)
    ways: list[TermShape] = Field(min_length=1)
    needs: list[NeedShape] = Field(min_length=1)
    cautions: list[CautionShape] = Field(min_length=1)


class ContactShape(Shape):
    """One way to reach an organisation."""

    kind: Id
    value: Annotated[str, Field(min_length=2, max_length=300)]
    note: Text = ""


class PositionShape(Shape):
    """The middle of a town."""

    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)


class VerifiedShape(Shape):
    """Who asked the organisation itself, when and how."""

    date: Day
    by: Annotated[str, Field(min_length=2, max_length=80)]
    how: Id


class ReviewedShape(Shape):
    """Who looked at an entry as a second person."""

    date: Day
    by: Annotated[str, Field(min_length=1, max_length=80)]


class OrganisationShape(Shape):
    """One organisation. There is no key for an address, on purpose."""

    id: EntryId
    name: Annotated[str, Field(min_length=2, max_length=200)]
    local_name: Annotated[str, Field(max_length=200)] = ""
    type: Id
    state_actor: bool | None = Field(default=None, description="Part of a state. Leave it out where that is not known.")
    confidential: bool = Field(default=False, description="Its place is kept secret; say in `contact` who can be called.")
    city: Annotated[str, Field(max_length=80, description="The town of the public office.")] = ""
    region: str = ""
    position: PositionShape | None = None
    area: Id | None = None
    services: list[Id] = Field(min_length=1)
    target_groups: list[Id] = Field(min_length=1)
    languages: list[Language] = Field(default_factory=list)
    contact: list[ContactShape] = Field(default_factory=list)
    opening: Text = ""
    cost: Id | None = None
    residence: list[Id] = Field(default_factory=list)
    safe_contact: Text = ""
    source: Sentence
    source_date: str = ""
    status: Literal["seen", "recalled"]
    own_reading: list[Literal["state_actor", "confidential", "area"]] = Field(
        default_factory=list, description="What we concluded ourselves from what the entry says; no source says so. It goes when somebody asks them."
    )
    verified: VerifiedShape | Literal["nobody yet"]
    next_check: Day | None = None
    reviewed: ReviewedShape | Literal["nobody yet"] = "nobody yet"
    note: Text = ""


class DirectoryShape(Shape):
    """`country_info/<ISO3>/organisations.yaml`."""

    country: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    invented: bool = False
    about: str = ""
    version: Version
    compiled: Day
    regions: dict[str, str] = Field(default_factory=dict)
    organisations: list[OrganisationShape] = Field(description="In the order in which they are shown where nothing else decides.")
    history: list[dict[str, Any]] = Field(default_factory=list)
