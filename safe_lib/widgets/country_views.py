"""Country information as blocks: every topic of a country, and whose claims and figures these are.

What stands beside one question on a page is in `beside.py`; both say the same of a claim.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from safe_lib.casework import country_named
from safe_lib.catalogue.countries import list_datasets, list_subdivisions, load_themes
from safe_lib.catalogue.figures import Dataset
from safe_lib.engine.country import opposite, origins, theme_view
from safe_lib.engine.methods.confidence import IN_DOUBT, TOPICS
from safe_lib.model.assessment import Assessment, Step
from safe_lib.model.country import Claim, Country, CountrySource, Figure, Theme, ThemeView
from safe_lib.model.document import Badge, Block, Bullets, Cell, Details, Heading, Notice, Table, Text
from safe_lib.model.errors import SafeError
from safe_lib.model.texts import Texts

WANTED_VOICES: Final = 3  # independent voices for a critical point (E1 of the return safety assessment, proposal)


def place_words(iso3: str, subdivision: str, language: str) -> str:
    """A place in words: the region and the country, as far as they are known."""
    if not iso3:
        return ""
    try:
        country = country_named(iso3)
        regions = {region.code: region.name for region in list_subdivisions(iso3)}
    except SafeError:
        return iso3
    name = country.names.get(language) or country.name
    return f"{regions.get(subdivision, subdivision)}, {name}" if subdivision else name


# One topic


def status_words(view: ThemeView, texts: Texts) -> str:
    """The status of a topic in words: how it stands, its level, the day it was true, and how few voices carry it."""
    level = texts(f"level.{view.level}") if view.level else ""
    since = view.as_of.isoformat() if view.as_of else ""
    return ", ".join(filter(None, (texts(f"claim.{view.status}"), level, since, *doubts(view, texts))))


def doubts(view: ThemeView, texts: Texts) -> tuple[str, ...]:
    """What to know of the sources before relying on a topic, in words; nothing where several voices carry it."""
    if view.circular:
        return (texts("claim.circular"),)
    return (texts("claim.single"),) if view.single_source else ()


def theme_blocks(country: Country, view: ThemeView, on: date, texts: Texts, *, cite: Mapping[str, str] | None = None) -> tuple[Block, ...]:
    """All that is known of one topic: both sides where sources disagree, the claims, what was searched in vain, the figures.

    Args:
        cite: source id → the mark under which `sources_blocks` lists it; without it, sources are named in full.
    """
    blocks: list[Block] = []
    if view.status == "conflicting":
        blocks.append(Notice(texts("return.conflict"), conflict_words(country, view, on, texts), "open"))
    if view.circular:
        blocks.append(Notice(texts("claim.circular"), texts("return.circular_about"), "open"))
    elif view.single_source:
        blocks.append(Text(texts("return.single_about"), "quiet"))
    blocks.append(claims_table(country, view, on, texts, cite) if view.claims else Text(texts("claim.missing")))
    if view.not_found:
        blocks += [Text(texts("return.not_found"), "strong"), Bullets(view.not_found)]
    if shown := [figure for figure in view.figures if figure.value is not None]:
        blocks.append(figures_table(shown, texts))
    if without := len(view.figures) - len(shown):
        blocks.append(Text(texts("return.without_data", n=without), "quiet"))
    return tuple(blocks)


def conflict_words(country: Country, view: ThemeView, on: date, texts: Texts) -> str:
    """Both sides of a disagreement, each with its day; neither outweighs the other."""
    sides = disputed(country, view, on)
    said = " — ".join(f"“{claim.says}” ({', '.join(filter(None, (_level(claim, texts), claim.as_of.isoformat())))})" for claim in sides)
    return f"{texts('return.conflict_about')} {said}"


def disputed(country: Country, view: ThemeView, on: date) -> tuple[Claim, ...]:
    """The current claims that disagree on a topic: those with a level where levels differ, those that name each other, wherever they stand."""
    current = [claim for claim in view.claims if not claim.is_outdated(on)]
    levels = {claim.level for claim in current if claim.level}
    apart = [claim for claim in current if claim.level] if len(levels) > 1 else []
    named = {claim.id for claim in current if opposite(claim, country)} | {id for claim in current for id in opposite(claim, country)}
    others = [claim for claim in country.claims if claim.id in named and claim.as_of <= on and not claim.is_outdated(on)]
    return tuple({claim.id: claim for claim in (*apart, *others)}.values())


def claims_table(country: Country, view: ThemeView, on: date, texts: Texts, cite: Mapping[str, str] | None = None) -> Table:
    """Each claim with for whom and where, its level, how it stands, its days, and its sources."""
    columns = (texts("views.claims"), texts("views.level"), texts("views.state"), texts("return.days"), texts("views.source"))
    rows = tuple((claim_words(country, claim, texts), _level(claim, texts) or "–", claim_badge(claim, on, texts), days_words(claim, on, texts),
                  cited(country, claim, cite)) for claim in view.claims)
    return Table("", columns, rows)


def claim_words(country: Country, claim: Claim, texts: Texts) -> str:
    """What a claim says, for whom and where, and what says otherwise."""
    said = f"{claim.says} ({claim.who}; {claim.where})"
    against = [other.says for other in country.claims if other.id in opposite(claim, country)]
    parts = [said, claim.note, *(texts("return.against", says=says) for says in against)]
    return " ".join(part for part in parts if part)


def _level(claim: Claim, texts: Texts) -> str:
    return texts(f"level.{claim.level}") if claim.level else ""


def claim_badge(claim: Claim, on: date, texts: Texts) -> Badge:
    """Current or outdated, as word and sign."""
    status = "outdated" if claim.is_outdated(on) else "current"
    return Badge("claim", status, texts(f"claim.{status}"))


def days_words(claim: Claim, on: date, texts: Texts) -> str:
    """When it was true, until when it counts, and whether a professional has reviewed it."""
    until = texts("return.was_due" if claim.is_outdated(on) else "return.counts_until", day=claim.review_by.isoformat())
    return "; ".join((texts("return.true_on", day=claim.as_of.isoformat()), until, checked_words(claim, texts)))


def checked_words(claim: Claim, texts: Texts) -> str:
    """Who reviewed a claim and when, or that no professional has."""
    return texts("return.checked", by=claim.checked) if claim.checked else texts("return.not_reviewed")


def cited(country: Country, claim: Claim, cite: Mapping[str, str] | None) -> str:
    """The sources of a claim: by their marks in the list of sources, with publisher and date; or in full."""
    return "; ".join(f"[{cite[id]}] {_brief(country, id)}" if cite and id in cite else source_words(country, id) for id in claim.sources)


def _brief(country: Country, id: str) -> str:
    source = country.sources[id]
    return f"{source.publisher}, {source.published}"


def source_words(country: Country, id: str) -> str:
    """A source by title, publisher and date."""
    source = country.sources.get(id)
    return f"{source.title}, {source.publisher}, {source.published}" if source else id


def voices_words(country: Country, view: ThemeView, on: date, texts: Texts, *, critical: bool) -> str:
    """How many independent voices carry a topic today, and which kinds of source they are; for a critical question three are wanted."""
    current = [claim for claim in view.claims if not claim.is_outdated(on)]
    count = len(origins(current, country.sources))
    if not count:
        return ""
    kinds = dict.fromkeys(country.sources[id].kind for claim in current for id in claim.sources if id in country.sources)
    said = texts("return.voices", n=count, kinds=", ".join(texts(f"kind.{kind}") for kind in kinds))
    return f"{said} {texts('return.voices_wanted', n=WANTED_VOICES)}" if critical and count < WANTED_VOICES else said


# Figures


def figures_table(figures: Sequence[Figure], texts: Texts) -> Table:
    """Newest values with year, unit, source and position; a missing one is no data, never zero."""
    columns = tuple(texts(f"views.{name}") for name in ("indicator", "value", "year", "unit", "source", "position"))
    rows = tuple((figure.label, value_words(figure, texts), str(figure.year) if figure.year else "–", figure.unit or "–", figure.source,
                  position_words(figure, texts)) for figure in figures)
    return Table(texts("views.figures"), columns, rows)


def value_words(figure: Figure, texts: Texts) -> Cell:
    """A value as it is read; no data is not zero."""
    if figure.value is None:
        return texts("views.no_data")
    return f"{figure.value:,.0f}" if abs(figure.value) >= 1000 else f"{figure.value:g}"


def position_words(figure: Figure, texts: Texts) -> str:
    """Where a country stands among those with a value, in words."""
    return "–" if figure.position is None else texts("views.position_words", n=round(figure.position * 100))


# A whole country


def country_blocks(iso3: str, on: date, texts: Texts, themes: Iterable[str] | None = None) -> tuple[Block, ...]:
    """The topics of one country on one day, each one press away; all of them, or those named."""
    try:
        country = country_named(iso3)
    except SafeError as problem:
        return (Text(str(problem)),)
    cite, vocabulary = marks_of(country, on), load_themes(language=texts.language)
    wanted = set(vocabulary if themes is None else themes)
    blocks: list[Block] = [Heading(country.names.get(texts.language) or country.name, 3)]
    for theme in vocabulary.values():
        if theme.id in wanted:
            view = theme_view(country, theme.id, on)
            inside = (*_questions(theme), *theme_blocks(country, view, on, texts, cite=cite))
            blocks.append(Details(f"{theme.id} {theme.title}: {status_words(view, texts)}", inside))
    if general := [one.says for one in country.not_found if not one.theme]:
        blocks += [Text(texts("return.not_found"), "strong"), Bullets(tuple(general))]
    return tuple(blocks)


def _questions(theme: Theme) -> tuple[Block, ...]:
    return (Text(" ".join(theme.questions), "quiet"),) if theme.questions else ()


# Whose words and figures these are


def marks_of(country: Country, on: date) -> dict[str, str]:
    """Source id → the mark by which a document cites it, such as `NGA 7`; in the order of the topics, the same in every view of a day."""
    known = [claim for theme in country.themes for claim in theme_view(country, theme, on).claims]
    ids = dict.fromkeys(id for claim in known for id in claim.sources if id in country.sources)
    return {id: f"{country.iso3} {number}" for number, id in enumerate(ids, 1)}


def sources_blocks(iso3: str, on: date, texts: Texts, themes: Iterable[str] | None = None) -> tuple[Block, ...]:
    """Every source behind the claims of a country: what it is, which part was read where, whose voice it is, and its address."""
    try:
        country = country_named(iso3)
    except SafeError:
        return ()
    cite = marks_of(country, on)
    wanted = set(country.themes if themes is None else themes)
    used = {id for claim in country.claims if claim.theme in wanted and claim.as_of <= on for id in claim.sources}
    rows = tuple((f"[{mark}]", source_words(country, id), _read(country.sources[id], texts, cite), country.sources[id].url or "–")
                 for id, mark in cite.items() if id in used)
    if not rows:
        return ()
    columns = (texts("return.mark"), texts("views.source"), texts("return.read"), texts("return.address"))
    caption = texts("return.sources_of", country=country.names.get(texts.language) or country.name)
    return (Table(caption, columns, rows), Text(texts("return.sources_about"), "quiet"))


def _read(source: CountrySource, texts: Texts, cite: Mapping[str, str]) -> str:
    """Which part was read, where and when, and what else to know of it."""
    told = [texts(f"kind.{source.kind}")]
    told += [texts(f"return.source.{about}", said=said) for about in ("where", "read_in", "retrieved", "voice", "published_note", "interest", "independence")
             if (said := getattr(source, about))]
    if source.quotes:
        told.append(texts("return.source.quotes", said="; ".join(f"[{cite[id]}]" if id in cite else id for id in source.quotes)))
    return "; ".join([*told, *filter(None, (source.status, source.note))])


def credits_blocks(countries: Iterable[str], texts: Texts, themes: Iterable[str] | None = None) -> tuple[Block, ...]:
    """The credit line, licence and terms of every dataset with a figure in these countries' topics."""
    used: dict[str, int] = {}
    invented: list[str] = []
    for iso3 in countries:
        try:
            country = country_named(iso3)
        except SafeError:
            continue
        for figure in _figures_of(country, themes):
            if figure.licence == "invented":
                invented.append(figure.id)
            else:
                used[figure.source] = used.get(figure.source, 0) + 1
    datasets = {one.id: one for one in list_datasets()}
    rows = tuple(_credit(id, datasets.get(id), count, texts) for id, count in sorted(used.items()))
    columns = tuple(texts(f"return.{name}") for name in ("dataset", "credit", "licence", "retrieved", "count"))
    blocks: list[Block] = [Table(texts("return.credits"), columns, rows)] if rows else []
    return (*blocks, *((Text(texts("return.invented"), "quiet"),) if invented else ()))


def _figures_of(country: Country, themes: Iterable[str] | None) -> list[Figure]:
    wanted = country.themes if themes is None else themes
    ids = dict.fromkeys(id for theme in wanted if theme in country.themes for id in country.themes[theme].indicators)
    return [country.figures[id] for id in ids if id in country.figures and country.figures[id].value is not None]


def _credit(id: str, dataset: Dataset | None, count: int, texts: Texts) -> tuple[str, ...]:
    if dataset is None:
        return (id, "–", "–", "–", str(count))
    terms = texts(f"terms.{dataset.terms}")
    licence = f"{dataset.licence} ({terms}). {dataset.may_be_passed_on}"
    return (f"{dataset.title}, {dataset.edition} ({id})", dataset.credit, licence, dataset.retrieved, str(count))


def whose_blocks(countries: Iterable[str], on: date, texts: Texts) -> tuple[Block, ...]:
    """The sources of every claim, and the credits of every figure, that views of these countries show."""
    listed = tuple(countries)
    return (*(block for iso3 in listed for block in sources_blocks(iso3, on, texts)), *credits_blocks(listed, texts))


def open_topics_blocks(assessment: Assessment, texts: Texts) -> tuple[Block, ...]:
    """The topics that are open today and that a domain draws on, with what to find out; those of critical questions first."""
    found: dict[str, Step] = {}
    for step in (step for domain in assessment.domains.values() for step in domain.why if step.key in TOPICS and step.facts["doubt"] in IN_DOUBT):
        theme = str(step.facts["theme"])
        if theme not in found or step.facts["critical"]:
            found[theme] = step
    if not found:
        return ()
    themes = load_themes(language=texts.language)
    lines = [_open_topic(step, themes, texts) for _, step in sorted(found.items(), key=lambda entry: (not entry[1].facts["critical"], entry[0]))]
    inside = (Text(texts("return.open_topics_about"), "quiet"), Bullets(tuple(lines)))
    return (Details(f"{texts('return.open_topics')} ({len(lines)})", inside),)


def _open_topic(step: Step, themes: Mapping[str, Theme], texts: Texts) -> str:
    id, since = str(step.facts["theme"]), step.facts["as_of"]
    theme = themes.get(id)
    return texts("return.open_topic", theme=f"{id} {theme.title}" if theme else id, doubt=texts(f"claim.{step.facts['doubt']}"),
                 since=f", {since}" if since else "", questions=" ".join(theme.questions) if theme else "")
