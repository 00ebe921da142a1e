"""Whether a text could lead to a person: names, days, small places, ages, references, ways to reach somebody, few persons, rare combinations.

It finds what looks so, and says how to mend it. It is no proof: whoever writes still reads the text as the person would.
Source: disclosure rule D10 (no free text that could identify, nothing finer than quarter and country, no rare combination).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from safe_lib.catalogue.change_rules import looks_like_a_case
from safe_lib.catalogue.organisation_checks import names_an_address

_MONTHS: Final = ("january|february|march|april|may|june|july|august|september|october|november|december|"
                  "januari|februari|maart|mei|juni|juli|augustus|oktober")
_DAY: Final = re.compile(rf"\b\d{{4}}-\d{{1,2}}(-\d{{1,2}})?\b|\b\d{{1,2}}[./]\d{{1,2}}([./]\d{{2,4}})?\b"
                         rf"|\b(\d{{1,2}}\.?(st|nd|rd|th|e)?\s+)?({_MONTHS})\s+(\d{{1,2}},?\s+)?\d{{2,4}}\b"
                         rf"|\b\d{{1,2}}\.?(st|nd|rd|th|e)?\s+(of\s+)?({_MONTHS})\b", re.IGNORECASE)
_AGE: Final = re.compile(r"\b\d{1,2}[- ]?(years?|yrs?|months?)[- ]old\b|\b(aged?|leeftijd)\s+(of\s+)?\d{1,2}\b"
                         r"|\b\d{1,2}[- ]?(jaar|jarige?n?|maanden oud)\b", re.IGNORECASE)
_REACHED: Final = re.compile(r"\S+@\S+|https?://|www\.|(?<!\w)@\w{3,}|(?:\+|00)?\d(?:[\s().-]*\d){6,}")
_NUMBERS: Final = "one|two|three|four|five|six|seven|eight|nine|een|één|twee|drie|vier|vijf|zes|zeven|acht|negen|[1-9]"
_PERSONS: Final = ("persons?|people|wom[ae]n|m[ae]n|girls?|boys?|child(?:ren)?|clients?|victims?|cases?|workers?|families|famil(?:y|ie)|sisters?|"
                   "brothers?|personen|persoon|mensen|mens|vrouw(?:en)?|man(?:nen)?|meisjes?|jongens?|kind(?:eren)?|cli[eë]nt(?:en)?|zaken|zaak|slachtoffers?|"
                   "gezin(?:nen)?|zus(?:sen)?|broers?")
_FEW: Final = re.compile(rf"\b({_NUMBERS})\s+(?:\w+\s+)?({_PERSONS})\b", re.IGNORECASE)
_NAME: Final = re.compile(r"(?<![.!?:\n“\"(]\s)(?<![.!?:\n])(?<!^)\b[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]+(?:[-'’ ][A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]+)*")
_TITLED: Final = re.compile(r"\b(Mr|Mrs|Ms|Miss|Dr|Mw|Dhr|Mevrouw|Meneer|De heer)\.?\s+[A-ZÀ-ÖØ-Þ]\w+")

_BEGINS: Final = re.compile(r"(?:^|[.!?:\n“\"(]\s*)([A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]+)")

KINDS: Final[tuple[tuple[str, str], ...]] = (  # words of one kind of trait; three kinds together are rare
    ("age", r"\b(child(ren)?|minors?|adults?|teenagers?|elderly|baby|kind(eren)?|minderjarige?n?|volwassenen?|tieners?|ouderen?)\b"),
    ("gender", r"\b(wom[ae]n|m[ae]n|girls?|boys?|male|female|transgender|non-binary|vrouw(en)?|man(nen)?|meisjes?|jongens?)\b"),
    ("form", r"\b(sexual exploitation|labour exploitation|domestic work(er)?s?|begging|forced crime|organ removal|sex work(er)?s?|au pairs?|"
             r"seksuele uitbuiting|arbeidsuitbuiting|bedelen|huishoudelijk werk)\b"),
    ("health", r"\b(pregnan\w+|disab\w+|hiv|wheelchair|deaf|blind|zwanger\w*|gehandicapt\w*|doven?)\b"),
    ("family", r"\b(married|widow\w*|divorced|orphan\w*|twins?|single mothers?|gehuwd|weduwe|gescheiden|wees|tweeling(en)?|alleenstaande moeders?)\b"),
)
ALLOWED: Final = frozenset({  # words with a capital letter that name nobody
    "Red", "Cross", "Red Cross", "Red Crescent", "European", "European Union", "Union", "Dublin", "Schengen", "Europe", "Africa", "Asia", "Council",
    "English", "Dutch",
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    "State", "States", "Directive", "Regulation", "Article", "Convention", "Protocol",
    "Rode Kruis", "Rode", "Kruis", "Europese Unie", "Europese", "Unie", "Richtlijn", "Verordening", "Artikel", "Verdrag", "Nederlands", "Engels",
    "Europa", "Afrika", "Azië", "I", "Ik",
})


@dataclass(frozen=True, slots=True)
class Lead:
    """One thing in a text that could lead to a person: what kind, and the words."""

    kind: str  # name | day | age | reach | address | reference | few | rare | known
    words: str


def leads(text: str, *, known: Iterable[str] = (), countries: Iterable[str] = ()) -> tuple[Lead, ...]:
    """Everything in a text that could lead to a person, in a fixed order.

    Args:
        known: words that belong to the person, such as name and alias, of the case it is about.
        countries: names of countries, which may be named.

    >>> [one.kind for one in leads("On 3 March 2026 Mira, aged 17, called 0612345678.")]
    ['name', 'day', 'age', 'reach']
    """
    named = tuple(countries)
    return tuple(dict.fromkeys((*_known(text, known), *_names(text, named), *_of(text, "day", _DAY), *_of(text, "age", _AGE), *_of(text, "reach", _REACHED),
                                *_address(text), *_reference(text), *_of(text, "few", _FEW), *_rare(text, named))))


def _of(text: str, kind: str, pattern: re.Pattern[str]) -> Iterator[Lead]:
    for found in pattern.finditer(text):
        yield Lead(kind, found.group().strip())


def _known(text: str, known: Iterable[str]) -> Iterator[Lead]:
    for word in {part for one in known for part in re.findall(r"\w{3,}", one)}:
        if re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE):
            yield Lead("known", word)


def _names(text: str, countries: tuple[str, ...]) -> Iterator[Lead]:
    """Words with a capital letter within a sentence, that are no country and no institution everybody knows; and people with a title."""
    yield from _of(text, "name", _TITLED)
    months = _MONTHS.split("|")  # with a number they are a day, which is told by itself
    fine = ALLOWED | {part for one in countries for part in (one, *one.split())}
    for found in _NAME.finditer(text):
        words = found.group()
        if words not in fine and not all(part in fine or part.lower() in months for part in words.split()):
            yield Lead("name", words)
    for found in _BEGINS.finditer(text):
        if found[1] not in fine and _is_a_first_name(found[1].lower()):
            yield Lead("name", found[1])


@lru_cache(maxsize=1)
def _first_names() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset((*FREQUENCY_LISTS["female_names"], *FREQUENCY_LISTS["male_names"])) - frozenset(FREQUENCY_LISTS["us_tv_and_film"][:2000])


def _is_a_first_name(word: str) -> bool:
    """Whether a word that begins a sentence is a first name and no everyday word; of names that are rare in the United States it knows few."""
    return word in _first_names()


def _address(text: str) -> Iterator[Lead]:
    for line in text.splitlines():
        if names_an_address(line):
            yield Lead("address", line.strip()[:60])


def _reference(text: str) -> Iterator[Lead]:
    if looks_like_a_case(text):
        yield Lead("reference", "")


def _rare(text: str, countries: tuple[str, ...]) -> Iterator[Lead]:
    """Three kinds of traits together, a country among them or not, describe few enough to be known."""
    found = [match.group() for _, pattern in KINDS if (match := re.search(pattern, text, re.IGNORECASE))]
    found += [one for one in countries if re.search(rf"\b{re.escape(one)}\b", text)][:1]
    if len(found) >= 3:
        yield Lead("rare", ", ".join(found))
