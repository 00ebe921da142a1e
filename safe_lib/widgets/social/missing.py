"""What is missing, in sentences before the table: services that no entry offers in any region, in some, and for which groups of people."""

from __future__ import annotations

from html import escape

from safe_lib.engine.directory import gaps
from safe_lib.widgets.social.asked import link
from safe_lib.widgets.social.reading import Reading

NOT_GROUPS = ("professionals", "public")  # nobody's need is measured by them


def missing_by_service(reading: Reading) -> dict[str, tuple[str, ...]]:
    """Service → the regions of the country in which no entry offers it to the group that is looked at; those offered everywhere have none."""
    found: dict[str, list[str]] = {}
    for gap in reading.missing:
        regions = found.setdefault(gap.service, [])
        regions += [] if gap.entries else [gap.region]
    return {service: tuple(regions) for service, regions in found.items()}


def missing_by_group(reading: Reading) -> dict[str, tuple[str, ...]]:
    """Group → the services that no entry of the country offers it, wherever; for each group of the vocabulary."""
    words = reading.vocabulary
    services = [term.id for term in words.services.values() if term.group != "knowledge"]
    regions = reading.directory.regions or {"": ""}
    found: dict[str, tuple[str, ...]] = {}
    for group in (code for code in words.target_groups if code not in NOT_GROUPS):
        offered = {gap.service for gap in gaps(reading.every, regions, services, group, words, reading.on) if gap.entries}
        found[group] = tuple(code for code in services if code not in offered)
    return found


def missing_html(reading: Reading) -> str:
    """Nowhere, then in some regions; and group by group where no group was chosen."""
    texts = reading.texts
    by_service, regions = missing_by_service(reading), reading.directory.regions
    nowhere = [code for code, there in by_service.items() if there and len(there) == max(len(regions), 1)]
    some = [(code, there) for code, there in by_service.items() if there and code not in nowhere]
    said = [_list(texts("social.missing.nowhere", n=len(nowhere)), [reading.word("services", code) for code in nowhere], "nowhere")] if nowhere else []
    if some:
        lines = [_where(reading, code, there) for code, there in some]
        said.append(_list(texts("social.missing.some", n=len(some)), lines, "some"))
    if not said:
        said = [f"<p>{escape(texts('social.missing.none'))}</p>"]
    return "".join(said) + ("" if reading.asked.target else _groups(reading))


def _where(reading: Reading, code: str, there: tuple[str, ...]) -> str:
    """In which regions a service is missing, or, where that is shorter, the only ones that have it."""
    texts, regions = reading.texts, reading.directory.regions
    has = [name for id, name in regions.items() if id not in there]
    service = reading.word("services", code)
    if len(has) < len(there):
        return texts("social.missing.only_in", service=service, regions=", ".join(has))
    return texts("social.missing.not_in", service=service, regions=", ".join(regions.get(id, id) for id in there))


def _list(title: str, lines: list[str], name: str) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return _folded(title, items, name, open_mark=" open")


def _folded(title: str, items: str, name: str, *, open_mark: str = "") -> str:
    inside = f'<div class="in-more"><ul class="missing">{items}</ul></div>'
    return f'<details class="more" data-missing="{name}"{open_mark}><summary>{escape(title)}</summary>{inside}</details>'


def _groups(reading: Reading) -> str:
    """Each group with the number of services for which no entry names it or everybody; a link shows its table."""
    texts = reading.texts
    items = []
    for group, services in missing_by_group(reading).items():
        address = link(reading.asked, texts.language, "view-gaps", target=group)
        words = texts("social.missing.of_group", n=len(services))
        items.append(f'<li data-group="{group}"><a href="{address}">{escape(reading.word("target_groups", group))}</a>: {escape(words)}</li>')
    return _folded(texts("social.missing.groups"), "".join(items), "groups")
