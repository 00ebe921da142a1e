"""A card or a leaflet for the person: a few numbers on A6 that somebody verified lately, in neutral words.

Nothing on it says why somebody carries it: no website, no place, no name that gives a reason away, no title but a neutral
one. Nothing is on it that was not verified within the months of the vocabulary.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from babel import Locale
from babel.dates import format_skeleton

from safe_lib.catalogue.card_words import CardWords, load_card_words
from safe_lib.model.errors import ReportError, WrongUse
from safe_lib.model.organisation import Organisation, Vocabulary, may_be_printed

LAYOUT: Final = "card.typ"
DRAFT: Final = " *"  # behind the foot of a page in a language that nobody has read yet; neutral, like everything on it


def card_pdf(entries: Sequence[Organisation], languages: Sequence[str], vocabulary: Vocabulary, on: date, *, leaflet: bool = False) -> bytes:
    """A card (one language) or a leaflet (one page a language, with what one may ask for), as PDF/UA.

    Args:
        entries: in the order in which they shall stand; each has a telephone number.
        languages: of the card; the first is that of the file.
        on: the day; what was not verified within the months of the vocabulary before it is refused.
        leaflet: with the sentences on what one may ask for.

    Raises:
        WrongUse: no entry, too many for a page, or a language there are no words in.
        ReportError: an entry may not be printed, or has no number; the message names them all.
    """
    words = load_card_words()
    _require(entries, languages, words)
    require_printable(entries, vocabulary, on)
    from safe_lib.report.pdf import FAMILIES, typeset

    pages = [_page(entries, code, words, vocabulary, leaflet) for code in languages]
    fonts = {"fonts": FAMILIES, "fonts-rtl": sorted(FAMILIES, key=lambda name: name != "Noto Sans Arabic")}
    return typeset({"window": pages[0]["title"], "pages": pages, **fonts}, on.isoformat(), LAYOUT)


def _require(entries: Sequence[Organisation], languages: Sequence[str], words: CardWords) -> None:
    if not entries or len(entries) > words.most:
        raise WrongUse(f"card: between one and {words.most} entries fit on it.\n  Name those that the person wants.")
    if not languages or any(code not in words.languages for code in languages):
        raise WrongUse(f"card: there are no words in this language.\n  There are: {', '.join(words.languages)}.")


def require_printable(entries: Sequence[Organisation], vocabulary: Vocabulary, on: date) -> None:
    """Numbers that somebody verified lately, one for each entry.

    Raises:
        ReportError: an entry was not, or has none; the message names them all.
    """
    old = [one.id for one in entries if not may_be_printed(one, vocabulary, on)]
    if old:
        raise ReportError(
            f"card: not verified within {vocabulary.card_months} months: {', '.join(old)}.\n  Ask them, note it, and print then; or leave them out."
        )
    mute = [one.id for one in entries if not one.of_kind("phone")]
    if mute:
        raise ReportError(f"card: without a telephone number: {', '.join(mute)}.\n  A card holds numbers only; leave them out.")


def _page(entries: Sequence[Organisation], code: str, words: CardWords, vocabulary: Vocabulary, leaflet: bool) -> dict[str, Any]:
    said = words.languages[code]
    oldest = min(one.verified.on for one in entries if one.verified)
    month = format_skeleton("yMMMM", oldest, locale=Locale.parse(code))
    draft = DRAFT if said["status"] == "draft" else ""
    return {
        "language": code,
        "direction": said["direction"],
        "title": said["title"],
        "entries": [_entry(one, code, said, words, vocabulary) for one in entries],
        "sentences": list(said["sentences"]) if leaflet else [],
        "foot": said["checked"].replace("{month}", month) + draft,
    }


def _entry(one: Organisation, code: str, said: Mapping[str, Any], words: CardWords, vocabulary: Vocabulary) -> dict[str, Any]:
    label = said["labels"][vocabulary.services[one.services[0]].group]
    told = one.name if not words.gives_away(one.name) else label
    names = ("، " if said["direction"] == "rtl" else ", ").join(_language_name(language, code) for language in one.languages)
    about = said["speaks"].replace("{languages}", names) if names else ""
    numbers = [{"value": part.value, "note": part.note if code == "en" and not words.gives_away(part.note) else ""} for part in one.of_kind("phone")]
    return {"name": told, "numbers": numbers, "about": f"{label}. {about}" if told != label else about}


def _language_name(language: str, code: str) -> str:
    return str(Locale.parse(code).languages.get(language, language))
