"""`safe country`: what claims and figures say of a country on a day. There is no overall number."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from safe_lib.cli.options import AsJson, Day, Language, day_of, language_of
from safe_lib.cli.printing import progress, say, say_json
from safe_lib.model.errors import ReportError, WrongUse

if TYPE_CHECKING:
    from safe_lib.model.document import Block
    from safe_lib.model.texts import Texts


class Paper(StrEnum):
    """The forms a profile can have."""

    html = "html"
    pdf = "pdf"
    docx = "docx"
    json = "json"


def country(
    iso3: Annotated[str | None, typer.Argument(metavar="ISO3", help="Three letters of ISO 3166-1, such as XAA; XKX for Kosovo.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every country.")] = False,
    format: Annotated[Paper | None, typer.Option("--format", help="Make the profile for paper in this form, into --out.")] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="The file for the profile; its ending can say the form.")] = None,
    day: Day = None,
    language: Language = None,
    as_json: AsJson = False,
) -> None:
    """What is known of a country: claims by theme with source and date, and where its figures stand among all countries."""
    words, on = language_of(language), day_of(day) or date.today()
    if every is (iso3 is not None):
        raise WrongUse("safe country: name one country, or ask for all.\n  Write: safe country XAA, or: safe country --all.")
    if out is not None or format is not None:
        _profile(iso3, format, out, on, words, as_json)
        return
    if every:
        found = list(_all_views(on))
        say_json(found) if as_json else say(_list_blocks(found))
        return
    view = _view(str(iso3), on)
    say_json(view) if as_json else say(_blocks(view, words))


def _profile(iso3: str | None, format: Paper | None, out: Path | None, on: date, language: str, as_json: bool) -> None:
    """The profile of one country for paper, with its sources, licences and credits."""
    from safe_lib.atlas import profile_bytes

    if iso3 is None or out is None:
        raise WrongUse("safe country: a profile is of one country and goes into a file.\n  Write: safe country XAA --format pdf --out profile.pdf.")
    chosen = format.value if format else out.suffix.lstrip(".").lower()
    if chosen not in list(Paper):
        raise WrongUse(f"--out: the ending of the file does not say which form is meant.\n  Add --format: {', '.join(Paper)}.")
    document = profile_bytes(iso3, chosen, on, language)
    write_whole(out, document)
    if as_json:
        say_json({"country": iso3.upper(), "format": chosen, "language": language, "date": on.isoformat(), "size": len(document), "file": str(out)})
    else:
        print(f"Profile of {iso3.upper()} as of {on.isoformat()}, {chosen.upper()}, {len(document)} bytes: {out}")


def write_whole(out: Path, document: bytes) -> None:
    """Write a file whole or not at all.

    Raises:
        ReportError: it cannot be written there.
    """
    new = out.with_name(f".{out.name}.{secrets.token_hex(4)}")
    try:
        new.write_bytes(document)
        new.replace(out)
    except OSError as problem:
        new.unlink(missing_ok=True)
        advice = "Name a file in a folder that is there and that you may write in."
        raise ReportError(f"{out}: the profile could not be written ({problem.strerror}).\n  {advice}") from None


def _view(iso3: str, on: date) -> dict[str, Any]:
    from safe_lib.catalogue.countries import load_country
    from safe_lib.engine.country import country_view

    return country_view(load_country(iso3), on)


def _all_views(on: date) -> Iterator[dict[str, Any]]:
    from safe_lib.catalogue.countries import list_countries, load_countries
    from safe_lib.engine.country import country_view

    with progress("Countries", len(list_countries())) as step:
        for country in load_countries():
            yield country_view(country, on)
            step()


def _list_blocks(found: list[dict[str, Any]]) -> tuple[Block, ...]:
    from safe_lib.model.document import Table, Text

    rows = tuple((one["iso3"], one["name"], _count(one, "current"), _count(one, "outdated"), _count(one, "conflicting"), str(_figures(one))) for one in found)
    columns = ("Code", "Country", "Themes current", "outdated", "sources disagree", "Figures")
    return (Table("", columns, rows), Text("A country without claims is a country nobody has written about here, no more.", "quiet"))


def _count(view: dict[str, Any], status: str) -> str:
    return str(sum(theme["status"] == status for theme in view["themes"].values()) or "–")


def _figures(view: dict[str, Any]) -> int:
    return sum(topic["indicators"] for topic in view["topics"].values())


def _blocks(view: dict[str, Any], language: str) -> tuple[Block, ...]:
    from safe_lib.catalogue import load_texts
    from safe_lib.catalogue.countries import load_country, load_themes
    from safe_lib.model.document import Facts, Heading
    from safe_lib.widgets.reading_hints import reading_hints_blocks

    texts = load_texts(language)
    names, titles = load_country(view["iso3"]).names, {id: theme.title for id, theme in load_themes(language=language).items()}
    blocks: list[Block] = [Heading(f"{names.get(language) or view['name']} ({view['iso3']})"),
                           Facts(((texts("cli.as_of"), view["date"]), (texts("views.version"), view["hash"])))]
    for id, theme in view["themes"].items():
        blocks += _theme_blocks(f"{id} {titles.get(id, theme['title'])}", theme, texts)
    return (*blocks, _topics_table(view["topics"]), *reading_hints_blocks(view["iso3"], texts))


def _theme_blocks(title: str, theme: dict[str, Any], texts: Texts) -> list[Block]:
    from safe_lib.model.document import Bullets, Heading, Table, Text

    status = texts(f"claim.{theme['status']}")
    doubts = [texts(word) for word, so in (("claim.single", theme["single_source"]), ("claim.circular", theme["circular"])) if so]
    told = ", ".join(filter(None, (theme["level"], status, theme["as_of"], *doubts)))
    blocks: list[Block] = [Heading(f"{title}: {told}", 3)]
    if theme["claims"]:
        blocks.append(Bullets(tuple(_claim(claim, texts) for claim in theme["claims"])))
    rows = tuple(_figure(one, texts) for one in theme["indicators"] if one["value"] is not None)
    if rows:
        blocks.append(Table("", (texts("views.indicator"), texts("views.value"), texts("views.year"), texts("views.source"), texts("views.position")), rows))
    without = sum(one["value"] is None for one in theme["indicators"])
    if without:
        blocks.append(Text(f"{texts('views.no_data')}: {without}", "quiet"))
    return blocks


def _claim(claim: dict[str, Any], texts: Texts) -> str:
    sources = "; ".join(f"{source['title']}, {source['publisher']}, {source['published']}" for source in claim["sources"])
    level = f"{claim['level']}, " if claim["level"] else ""
    return f"{claim['says']} ({claim['who']}, {claim['where']}; {level}{texts('claim.' + claim['status'])}, {claim['as_of']}; {sources})"


def _figure(one: dict[str, Any], texts: Texts) -> tuple[str, ...]:
    position = "–" if one["position"] is None else texts("views.position_words", n=round(one["position"] * 100))
    return (one["label"], f"{one['value']:g} {one['unit'] or ''}".strip(), str(one["year"] or "–"), one["source"], position)


def _topics_table(topics: dict[str, Any]) -> Block:
    from safe_lib.model.document import Table

    rows = tuple((id.replace("_", " "), "–" if one["position"] is None else f"{round(one['position'] * 100)} of 100",
                  str(one["indicators"]), f"{one['oldest']}–{one['newest']}" if one["newest"] else "–") for id, one in topics.items())
    return Table("Topics: where the figures stand among countries, from least to most safe", ("Topic", "Median position", "Figures", "Years"), rows)
