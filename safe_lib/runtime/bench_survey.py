"""How long the figures of a survey take: 2,000 invented responses, opened from a store and shown in every chapter."""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Final

from safe_lib import surveying
from safe_lib.casework import Desk
from safe_lib.catalogue import load_texts
from safe_lib.catalogue.surveys import load_survey
from safe_lib.model.survey import CHAPTERS
from safe_lib.store import CHEAP, Store
from safe_lib.store.surveys import Arrived
from safe_lib.survey_views import analysis_of, chapter_blocks, invented

RESPONSES: Final = 2_000
WANTED: Final = 10.0  # seconds
SURVEY: Final = "safe_survey"
BEGUN: Final = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def main(as_json: bool, *, responses: int = RESPONSES) -> int:
    """Measure on a store made for it, and show; the exit code says whether every chapter holds figures."""
    with tempfile.TemporaryDirectory(prefix="safe-bench-") as folder, Store.create(Path(folder) / "bench.safe", "bench", cost=CHEAP, at=BEGUN) as store:
        desk, texts = Desk(store, store.people()[0].user, "en", BEGUN.date()), load_texts("en")
        survey = load_survey(SURVEY)
        places = next(one for one in survey.questions if one.id == survey.country)
        codes = list(places.options)
        said = [{**one, places.id: (codes[at * at % len(codes)],)} for at, one in enumerate(invented(survey, responses))]
        link = surveying.open_link(desk, SURVEY).link
        surveying.add_from_file(desk, link.id, [Arrived(str(at), one) for at, one in enumerate(said)])
        began = perf_counter()
        found = analysis_of(desk, link.id, texts)
        shown = {chapter: len(chapter_blocks(found, chapter, texts)) for chapter in CHAPTERS}
        seconds = perf_counter() - began
    measured = {"what": "figures of a survey", "responses": responses, "blocks": sum(shown.values()), "seconds": round(seconds, 3),
                "ratio": round(seconds / WANTED, 3)}
    if as_json:
        print(json.dumps({"kind": "survey", "wanted": WANTED, "for": RESPONSES, "unit": "s", "measured": [measured]}))
    else:
        print(f"  ratio  seconds  responses  what\n{seconds / WANTED:>7.2f}  {seconds:>7.2f}  {responses:>9}  figures of a survey, every chapter")
    return 0 if all(shown.values()) else 1
