"""`safe agreement`: how far first and second readings agree, over a team; counts always, figures from ten cases on. No person is named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from safe_lib.cli.options import AsJson, Language, PassphraseFile, PersonName, StorePath, language_of, open_desk
from safe_lib.cli.printing import printable, say_json

if TYPE_CHECKING:
    from safe_lib.engine.agreement import Agreement, Counted
    from safe_lib.engine.readings import Readings


def agreement(instrument: Annotated[str, typer.Option("--instrument", metavar="ID", help="Only this one, such as first_level.")] = "",
              store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, language: Language = None,
              as_json: AsJson = False) -> None:
    """As a coordinator: how far first and blind second readings agree, per instrument and question; no person is named or ranked."""
    from safe_lib.catalogue import load_texts
    from safe_lib.coordination import agreeing
    from safe_lib.widgets.agreement_views import figure_words, of_words

    with open_desk(store, passphrase_file, person=person, language=language_of(language)) as desk:
        found, texts = agreeing.team(desk, instrument), load_texts(desk.language)
    if as_json:
        say_json([{"instrument": one.instrument, "not_blind": one.not_blind, **readings_data(one.readings)} for one in found])
        return
    for one in found:
        print(printable(f"{one.instrument}: {of_words(one.readings, texts)}"))
        for figure in one.readings.figures:
            print(printable(f"   {texts(f'second.measure.{figure.measure}')}: {figure_words(figure, texts)}"))
        for item in one.readings.items:
            print(printable(f"   {item.item}: {item.counts.same}/{item.counts.total}; {figure_words(item.kappa, texts)}"))


def readings_data(found: Readings) -> dict[str, Any]:
    """How far readings agree, as JSON."""
    return {"cases": found.cases, "pairs": found.counts.total, "same": found.counts.same, "open_pairs": found.open_pairs, "counts": _counts(found.counts),
            "figures": [figure_data(one) for one in found.figures],
            "items": [{"item": one.item, "pairs": one.counts.total, "same": one.counts.same, "counts": _counts(one.counts), "kappa": figure_data(one.kappa)}
                      for one in found.items]}


def _counts(found: Counted) -> list[dict[str, Any]]:
    return [{"first": first, "second": second, "count": count} for (first, second), count in found.pairs.items()]


def figure_data(one: Agreement) -> dict[str, Any]:
    """One figure with its interval as JSON; null where it cannot be told, and why."""
    return {"measure": one.measure, "cases": one.cases, "ratings": one.ratings, "value": one.value, "low": one.low, "high": one.high,
            "method": one.method or None, "why": one.why or None, "outside": one.outside}
