"""The NOTICE that travels with the figures: for each dataset who made it, its terms, and the line to credit it by.

It is made from every `dataset.yaml` and from `not_shipped.yaml`, and says nothing that does not stand there.
Make it again with `python -m safe_lib.sources.notice [FOLDER]`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from textwrap import fill
from typing import Any, Final

from safe_lib.model.errors import CountryInfoError
from safe_lib.sources.latest import datasets_folder, read_plain
from safe_lib.sources.replacing import current, names, replace_together

NOTICE: Final = "NOTICE"
NOT_SHIPPED: Final = "not_shipped.yaml"
WIDTH: Final = 110  # characters of a line

_TERMS: Final = (
    ("open", "may be used and passed on by anybody who names the source"),
    ("share-alike", "the same, and what is made from it keeps the same licence"),
    ("non-commercial", "may be used with the source named, not in trade; ask before passing the file on by itself"),
    ("unclear", "use only your own copy, which you have a right to; do not pass it on"),
)


def notice_text(abouts: Mapping[str, Mapping[str, Any]], not_shipped: Mapping[str, Any]) -> str:
    """The whole notice.

    Args:
        abouts: dataset id → its `dataset.yaml`.
        not_shipped: what `not_shipped.yaml` says; a dataset that is here all the same is not listed as missing.
    """
    parts = [_head(), *(_entry(id, abouts[id]) for id in sorted(abouts))]
    missing = [_left_out(id, about) for id, about in sorted((not_shipped.get("datasets") or {}).items()) if id not in abouts]
    missing += [_left_out(id, about) for id, about in sorted((not_shipped.get("parts") or {}).items())]
    return "\n\n".join([*parts, _ruled("Not in this folder"), *missing]) + "\n"


def read_notice(folder: Path, newer: Mapping[str, bytes] | None = None) -> str:
    """The notice that belongs to a folder as it is, or as it will be with some `dataset.yaml` files in a new edition."""
    import yaml

    abouts = {name.partition("/")[0]: read_plain(current(folder, name)) for name in names(folder, "*/dataset.yaml")}
    for name, content in (newer or {}).items():
        abouts[name.partition("/")[0]] = yaml.load(content, Loader=yaml.BaseLoader)  # noqa: S506 - makes plain texts only
    return notice_text(abouts, read_plain(folder / NOT_SHIPPED))


def check_notice(folder: Path) -> None:
    """Refuse a notice that is not the one of these datasets.

    Raises:
        CountryInfoError: it is missing, or something about a dataset has changed since it was made.
    """
    file = current(folder, NOTICE)
    if not file.exists() or file.read_text(encoding="utf-8") != read_notice(folder):
        raise CountryInfoError(f"_datasets/{NOTICE}", 0, "the notice does not say what the datasets say of themselves.",
                               repair="Make it again: python -m safe_lib.sources.notice")


def _head() -> str:
    terms = "\n".join(fill(f"{word}: {says}.", WIDTH, initial_indent="  ", subsequent_indent="    ") for word, says in _TERMS)
    return "\n".join((
        _ruled("Notice"),
        "",
        fill("Figures and lists of other makers. Each keeps the terms named here, whatever the licence of the program beside it. Whoever shows a "
             "figure shows its year and its credit line; whoever passes this folder on passes this notice on.", WIDTH),
        "",
        terms,
    ))


def _entry(id: str, about: Mapping[str, Any]) -> str:
    lines = [f"{id} ({about.get('terms')})", f"{about.get('title')}", f"{about.get('publisher')}, {about.get('url')}",
             f"Edition: {about.get('edition')}; retrieved {about.get('retrieved')}.",
             f"Licence: {about.get('licence')}", f"May be passed on: {about.get('may_be_passed_on')}", f"Credit: {about.get('credit')}"]
    return _set_in(lines)


def _left_out(id: str, about: Mapping[str, Any]) -> str:
    title = [f"{about['title']}, {about['publisher']}"] if about.get("title") else []
    of = f", part of {about['source']}" if about.get("source") else ""
    return _set_in([f"{id} ({about.get('terms')}{of})", *title, f"Why: {about.get('why')}"])


def _set_in(lines: Iterable[str]) -> str:
    first, *others = (" ".join(line.split()) for line in lines)
    return "\n".join([first, *(fill(line, WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False, break_long_words=False)
                               for line in others)])


def _ruled(title: str) -> str:
    return f"{title}\n{'=' * len(title)}"


def write_notice(folder: Path) -> Path:
    """Make the notice of a folder again."""
    replace_together(folder, {NOTICE: read_notice(folder).encode()})
    return folder / NOTICE


if __name__ == "__main__":
    print(write_notice(Path(sys.argv[1]) if len(sys.argv) > 1 else datasets_folder()))
