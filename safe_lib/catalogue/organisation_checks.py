"""What an entry of the social map must keep to beyond its shape: known words, real days, no address, nobody's own mailbox."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from typing import Any, Final

from safe_lib.catalogue.history import history_problems
from safe_lib.catalogue.organisation_shapes import DirectoryShape, OrganisationShape, VocabularyShape
from safe_lib.catalogue.reading import Located
from safe_lib.model.organisation import Vocabulary

Found = Iterator[tuple[tuple[str | int, ...], str, str]]  # where in the file, problem, repair

MOST_DECIMALS: Final = 3  # of a position: about a hundred metres, for the middle of a town

_STREETS: Final = (  # words before or after a number of a house, in the languages of the directory; a net with holes, not a proof
    "street",
    "road",
    "avenue",
    "lane",
    "drive",
    "boulevard",
    "square",
    "straat",
    "weg",
    "laan",
    "plein",
    "gracht",
    "kade",
    "singel",
    "dijk",
    "hof",
    "strasse",
    "straße",
    "gasse",
    "allee",
    "platz",
    "rue",
    "chemin",
    "via",
    "viale",
    "piazza",
    "calle",
    "plaza",
    "rua",
    "ulica",
    "ulitsa",
    "ul",
    "bul",
    "bulevard",
    "utca",
    "ut",
    "út",
    "tér",
    "körút",
    "krt",
    "улица",
    "ул",
    "бул",
    "булевар",
    "вулиця",
    "sokak",
    "cadde",
    "rruga",
    "strada",
    "str",
)
_WORD: Final = "|".join(map(re.escape, _STREETS))
_HOUSE: Final = r"\d{1,4}\s?[a-zA-Z]?(?![\d%])"
_ADDRESSES: Final = (
    re.compile(rf"\b[^\W\d]*(?:{_WORD})\.?\s+(?:no\.?\s*|nr\.?\s*|№\s*)?{_HOUSE}\b", re.IGNORECASE),  # Kerkstraat 12
    re.compile(rf"\b(?:{_WORD})\.?\s+(?:[^\W\d]+\.?\s+){{1,4}}{_HOUSE}\b", re.IGNORECASE),  # rue de la Paix 12, ul. Vitosha 12
    re.compile(rf"\b{_HOUSE},?\s+(?:[^\W\d]+\s+){{0,3}}(?:{_WORD})\b", re.IGNORECASE),  # 12 Mill Lane, 12 rue de la Paix
    re.compile(r"\b\d{4}\s?[A-Z]{2}\b(?!\))"),  # 1012 AB, a postcode
    re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}\b"),  # SW1A 1AA, a postcode
)
_OWN_MAILBOX: Final = re.compile(r"^[a-z]{2,}[._-][a-z]{2,}@", re.IGNORECASE)
_WEB: Final = re.compile(r"https?://[^\s]+")
_MAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE: Final = re.compile(r"[+\d][\d\s().,/-]{1,25}(?:\([A-Z]{2}(?:, [a-z\- ]+)?\)|\(EU emergency\))?")
_TEXTS: Final = ("name", "local_name", "city", "opening", "safe_contact", "note", "source")


def names_an_address(text: str) -> bool:
    """Whether a text looks as if it told a street with a house, or a postcode.

    >>> [names_an_address(text) for text in ("Kerkstraat 12", "12 Mill Lane", "ul. Vitosha 4", "open 9 to 17", "0900 8844 (NL)")]
    [True, True, True, False, False]
    """
    return any(pattern.search(text) for pattern in _ADDRESSES)


def vocabulary_problems(shape: VocabularyShape) -> Found:
    """Ids stand once, and needs name services that exist."""
    for kind in ("service_groups", "services", "target_groups", "types", "residence", "areas", "costs", "channels", "ways", "needs", "cautions"):
        seen: set[str] = set()
        for place, one in enumerate(getattr(shape, kind)):
            if one.id in seen:
                yield (kind, place), f'"{one.id}" stands twice among the {kind}.', "Keep one."
            seen.add(one.id)
    groups, services = {one.id for one in shape.service_groups}, {one.id for one in shape.services}
    for place, service in enumerate(shape.services):
        if service.group not in groups:
            yield ("services", place), f'the service "{service.id}" belongs to no group.', f"Add group: {', '.join(sorted(groups))}."
    for place, need in enumerate(shape.needs):
        for name in need.services:
            if name not in services:
                yield ("needs", place, "services"), f'the need "{need.id}" names "{name}", which is no service.', _nearest(name, services)


def directory_problems(shape: DirectoryShape, located: Located, iso3: str, vocabulary: Vocabulary) -> Found:
    """Every problem of a country's file that its shape does not see."""
    if shape.country != iso3:
        yield ("country",), f'the file is of "{shape.country}", and lies in the folder "{iso3}".', "Move the file, or correct the country."
    yield from history_problems(located.value)
    seen: set[str] = set()
    for place, one in enumerate(shape.organisations):
        where = ("organisations", place)
        if one.id in seen:
            yield (*where, "id"), f'"{one.id}" stands twice.', "Give each organisation its own id."
        seen.add(one.id)
        for key, problem, repair in entry_problems(one, shape.regions, vocabulary):
            yield (*where, key), problem, repair


def entry_problems(one: OrganisationShape, regions: Mapping[str, str], vocabulary: Vocabulary) -> Iterator[tuple[str, str, str]]:
    """What is wrong with one entry: the key, the problem and its repair."""
    yield from _words(one, regions, vocabulary)
    yield from _contacts(one)
    yield from _place(one)
    yield from _days(one)


def _words(one: OrganisationShape, regions: Mapping[str, str], vocabulary: Vocabulary) -> Iterator[tuple[str, str, str]]:
    named: list[tuple[str, Iterable[str], Mapping[str, Any]]] = [
        ("type", [one.type], vocabulary.types),
        ("services", one.services, vocabulary.services),
        ("target_groups", one.target_groups, vocabulary.target_groups),
        ("area", [one.area] if one.area else [], vocabulary.areas),
        ("cost", [one.cost] if one.cost else [], vocabulary.costs),
        ("residence", one.residence, vocabulary.residence),
        ("contact", [contact.kind for contact in one.contact], vocabulary.channels),
        ("region", [one.region] if one.region else [], regions),
        ("verified", [] if isinstance(one.verified, str) else [one.verified.how], vocabulary.ways),
    ]
    for key, words, known in named:
        for word in words:
            if word not in known:
                yield key, f'{key} of "{one.id}" says "{word}", which the vocabulary does not have.', _nearest(word, known)
    for key, several in (("services", one.services), ("target_groups", one.target_groups), ("languages", one.languages), ("residence", one.residence)):
        for word in {word for word in several if several.count(word) > 1}:
            yield key, f'{key} of "{one.id}" says "{word}" twice.', "Say it once."


def _contacts(one: OrganisationShape) -> Iterator[tuple[str, str, str]]:
    forms = {
        "website": (_WEB, "Write https://…"),
        "chat": (_WEB, "Write https://…"),
        "email": (_MAIL, "Write name@organisation.example."),
        "phone": (_PHONE, "Write +31 20 123 45 67, or 0800 123 (NL) for a number that works in one country."),
    }
    for contact in one.contact:
        form, repair = forms.get(contact.kind, (None, ""))
        if form and not form.fullmatch(contact.value):
            yield "contact", f'a {contact.kind} of "{one.id}" is not written as one.', repair
        if contact.kind == "email" and _OWN_MAILBOX.match(contact.value):
            yield "contact", f'an e-mail of "{one.id}" looks like the mailbox of one person.', "Give the mailbox of the office, such as info@."
        if names_an_address(contact.note):
            yield "contact", f'a note to a contact of "{one.id}" looks like an address.', _NO_ADDRESS


def _place(one: OrganisationShape) -> Iterator[tuple[str, str, str]]:
    whose = f'"{one.id}"'
    if names_an_address(one.id.replace("-", " ")):
        whose = "this entry"  # its id is not repeated either
        yield "id", "the id looks like an address.", _NO_ADDRESS
    for key in _TEXTS:
        if names_an_address(str(getattr(one, key))):
            yield key, f"{key} of {whose} looks like an address.", _NO_ADDRESS
    for value in (one.position.lat, one.position.lon) if one.position else ():
        if len(repr(value).partition(".")[2]) > MOST_DECIMALS:
            yield "position", f'the position of "{one.id}" is that of a house.', f"Give the middle of the town, with at most {MOST_DECIMALS} decimals."
    if one.confidential and not one.contact and not one.safe_contact:
        problem = f'the place of "{one.id}" is kept secret, and nobody is named who can be called.'
        yield "confidential", problem, "Add a telephone or a website under contact, or say under safe_contact who knows the way."


_NO_ADDRESS: Final = "No address stands here: say that the place exists, and who can be called."


def _days(one: OrganisationShape) -> Iterator[tuple[str, str, str]]:
    days = {
        "next_check": one.next_check,
        "verified": None if isinstance(one.verified, str) else one.verified.date,
        "reviewed": None if isinstance(one.reviewed, str) else one.reviewed.date,
    }
    for key, day in days.items():
        if day is not None and not _is_day(day):
            yield key, f'{key} of "{one.id}" is not a day.', "Write YYYY-MM-DD."


def _is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def _nearest(word: str, known: Iterable[str]) -> str:
    close = get_close_matches(word, list(known), n=1)
    return f'Did you mean "{close[0]}"?' if close else f"There are: {', '.join(list(known)[:12]) or 'none'}."
