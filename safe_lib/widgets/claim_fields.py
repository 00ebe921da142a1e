"""What is typed into the form of a claim, and the change that it means. No HTML here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from safe_lib.model.change import What

WORDS: Final = ("says", "who", "where", "level", "as_of", "review_by", "differs", "since", "signed", "note", "id")
OF_A_SOURCE: Final = ("title", "publisher", "kind", "published", "retrieved", "url", "where", "quotation", "read_in", "quotes", "voice", "published_note",
                      "interest", "note")
NEW_SOURCES: Final = ("s1", "s2")  # so many new sources has the form
NO_LEVEL: Final = "null"  # the claim describes and grades nothing
LONGEST_ID: Final = 48  # signs of an id made from words


@dataclass(frozen=True, slots=True)
class Typed:
    """A form as it was filled in; `claim` is the id of the entry that is changed, empty for a new one.

    `words` holds the fields by name, those of new sources as `s1_title`; `keep` and `disagrees` the ids that were ticked.
    """

    what: What
    country: str
    theme: str
    claim: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    keep: tuple[str, ...] = ()
    disagrees: tuple[str, ...] = ()

    def __call__(self, name: str) -> str:
        """What was typed into a field; empty for none."""
        return self.words.get(name, "")

    def source(self, place: str) -> dict[str, str]:
        """The fields of one new source that are not empty."""
        return {key: self(f"{place}_{key}") for key in OF_A_SOURCE if self(f"{place}_{key}").strip()}


@dataclass(frozen=True, slots=True)
class Meant:
    """The change that a form means, ready for `changes.change_for`; `places` tells which source stands where in the form."""

    id: str
    fields: Mapping[str, Any]
    without: tuple[str, ...]
    sources: Mapping[str, Mapping[str, Any]]
    places: Mapping[str, str]

    def input_of(self, name: str) -> str:
        """The input that a field of the change came from: `sources.report_2026.title` from `s1_title`."""
        kind, _, rest = name.partition(".")
        if kind != "sources" or not rest:
            return {"disagrees_with": "disagrees", "sources": "keep"}.get(name, name)
        id, _, key = rest.rpartition(".")
        return f"{self.places.get(id, NEW_SOURCES[0])}_{'title' if key == 'id' else key}"


def names_of_form() -> tuple[str, ...]:
    """Every field of words that the form has, in its order; `keep` and `disagrees` stand between them."""
    return (*WORDS[:6], *(f"{place}_{key}" for place in NEW_SOURCES for key in OF_A_SOURCE), *WORDS[6:])


def in_order_of_form(wrong: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """What is wrong, in the order in which somebody reads the form; what is about no field comes first."""
    order = [*WORDS[:6], "keep", *names_of_form()[6:-len(WORDS[6:])], "disagrees", *WORDS[6:]]
    return tuple(sorted(wrong, key=lambda one: order.index(one[0]) if one[0] in order else -1))


def filled_from(entry: Mapping[str, Any], what: What, country: str, signed: str) -> Typed:
    """The form as it opens on a claim. A renewal begins without dates and sources: those of before do not speak for today."""
    about = entry.get("applies_to") or {}
    words = {"says": entry.get("says"), "who": about.get("who"), "where": about.get("where"), "note": entry.get("note"), "signed": signed,
             "level": NO_LEVEL if "level" in entry and entry["level"] is None else entry.get("level")}
    fresh = what == "renew"
    if not fresh:
        words |= {"as_of": entry.get("as_of"), "review_by": entry.get("review_by")}
    return Typed(
        what, country, str(entry.get("theme") or ""), str(entry.get("id") or ""), {name: str(value) for name, value in words.items() if value},
        () if fresh else tuple(map(str, entry.get("sources") or ())), tuple(map(str, _listed(entry.get("disagrees_with")))),
    )


def meaning_of(typed: Typed, ids: Collection[str], sources: Collection[str]) -> Meant:
    """The change a form means.

    Args:
        typed: the form.
        ids: of the claims there are, which a new one must not take.
        sources: ids of the sources there are.
    """
    new = {place: about for place in NEW_SOURCES if (about := typed.source(place))}
    named: dict[str, str] = {}  # place in the form → id
    for place, about in new.items():
        named[place] = free_id(_source_words(about), {*sources, *named.values()})
    id = typed.claim or one_line(typed("id")) or free_id(f"{typed.country} {typed('says')}", ids)
    written = {named[place]: _source(about) for place, about in new.items()}
    if typed.what == "withdraw":
        return Meant(id, {}, (), {}, {})
    fields, without = _fields(typed, [*typed.keep, *named.values()])
    return Meant(id, fields, without, written, {id: place for place, id in named.items()})


def _fields(typed: Typed, sources: list[str]) -> tuple[dict[str, Any], tuple[str, ...]]:
    level = typed("level")
    found: dict[str, Any] = {
        "theme": typed.theme,
        **({"level": None if level == NO_LEVEL else level} if level else {}),
        "says": one_line(typed("says")),
        "applies_to": {"who": one_line(typed("who")), "where": one_line(typed("where"))},
        "as_of": one_line(typed("as_of")),
        "review_by": one_line(typed("review_by")),
        "sources": sources,
    }
    for key, value in (("disagrees_with", list(typed.disagrees)), ("note", one_line(typed("note")))):
        if value:
            found[key] = value
    return found, tuple(key for key in ("level", "disagrees_with", "note") if key not in found)


def _source(about: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {key: one_line(value) for key, value in about.items() if key != "quotes"}
    repeated = [one_line(line) for line in about.get("quotes", "").splitlines() if line.strip()]
    return {**found, **({"quotes": repeated} if repeated else {})}


def _source_words(about: Mapping[str, str]) -> str:
    year = re.search(r"\d{4}", about.get("published", "") or about.get("retrieved", ""))
    return f"{' '.join(about.get('publisher', about.get('title', 'source')).split()[:4])} {year[0] if year else ''}"


def one_line(text: str) -> str:
    """Words with single spaces between them: a pasted sentence often has line breaks in it."""
    return " ".join(text.split())


def free_id(words: str, taken: Collection[str]) -> str:
    """A short name made from words, which nothing has yet.

    >>> free_id("Bar Association of Exampleland 2026", {"bar_association_of_exampleland_2026"})
    'bar_association_of_exampleland_2026_2'
    """
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    made = "_".join(re.findall(r"[a-z0-9]+", plain)[:6])[:LONGEST_ID].strip("_")
    made = made if made[:1].isalpha() else f"s_{made}" if made else "source"
    numbered = (made if number == 1 else f"{made}_{number}" for number in range(1, len(taken) + 3))
    return next(id for id in numbered if id not in taken)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []
