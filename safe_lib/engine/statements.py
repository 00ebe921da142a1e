"""What a learner did, as xAPI statements (version 1.0.3) with verbs of the ADL vocabulary, for a learning record store.

Only what is kept can be told: that a quiz was handed in, with its score, and that the course was finished. Days are kept,
not times, so a statement has midnight of its day. Who it was is a code and never a name.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from safe_lib.engine import course as rules
from safe_lib.model.course import Course, Marked, Progress

VERBS: Final = {name: f"http://adlnet.gov/expapi/verbs/{name}" for name in ("initialized", "progressed", "passed", "failed", "completed")}
COURSE_TYPE: Final = "http://adlnet.gov/expapi/activities/course"
ASSESSMENT_TYPE: Final = "http://adlnet.gov/expapi/activities/assessment"
PROGRESS: Final = "https://w3id.org/xapi/cmi5/result/extensions/progress"
VERSION: Final = "1.0.3"


def statements(course: Course, progress: Progress, *, learner: str, home: str) -> tuple[dict[str, Any], ...]:
    """The statements in the order of their days; the same again have the same ids, so that none counts twice.

    Args:
        learner: a code for who it is.
        home: address of the organisation that gives the code its meaning.
    """
    made = _Maker(course, learner, home)
    if not (progress.seen or progress.attempts):
        return ()
    found = [made.statement("initialized", progress.began, "began")]
    share = 100 * sum(place in progress.seen for place in course.places) // len(course.places)
    results = [one for one in (rules.marked(course, attempt) for attempt in progress.attempts) if one]
    if share < 100:
        found.append(made.statement("progressed", max([progress.began, *(one.on for one in results)]), f"progress {share}",
                                    {"extensions": {PROGRESS: share}}))
    found += made.tries(results)
    if rules.is_complete(course, progress) and (best := rules.best(course, progress)):
        found.append(made.statement("completed", best.on, "completed", {"completion": True, "success": True, "score": _score(best)}))
    return tuple(found)


def _score(found: Marked) -> dict[str, float | int]:
    of = len(found.right) + len(found.wrong)
    return {"scaled": round(len(found.right) / of, 4) if of else 0, "raw": len(found.right), "min": 0, "max": of}


class _Maker:
    """Makes the statements of one learner."""

    def __init__(self, course: Course, learner: str, home: str) -> None:
        self.course, self.learner, self.home = course, learner, home

    def tries(self, results: list[Marked]) -> Iterator[dict[str, Any]]:
        for number, one in enumerate(results, start=1):
            result = {"success": one.passed, "completion": True, "score": _score(one)}
            yield self.statement("passed" if one.passed else "failed", one.on, f"quiz {number}", result, quiz=True)

    def statement(self, verb: str, on: date, what: str, result: dict[str, Any] | None = None, *, quiz: bool = False) -> dict[str, Any]:
        address = f"{self.home.rstrip('/')}/course/{self.course.id}"
        activity = self.activity(f"{address}/quiz", ASSESSMENT_TYPE) if quiz else self.activity(address, COURSE_TYPE)
        parent = {"contextActivities": {"parent": [self.activity(address, COURSE_TYPE)]}} if quiz else {}
        return {
            "id": str(uuid5(NAMESPACE_URL, f"{address} {self.course.version} {self.learner} {what} {on.isoformat()}")), "version": VERSION,
            "actor": {"objectType": "Agent", "account": {"homePage": self.home, "name": self.learner}},
            "verb": {"id": VERBS[verb], "display": {"en": verb}}, "object": activity, **({"result": result} if result else {}),
            "context": {"revision": self.course.version, "language": self.course.language, **parent}, "timestamp": f"{on.isoformat()}T00:00:00Z",
        }  # fmt: skip

    def activity(self, address: str, kind: str) -> dict[str, Any]:
        return {"objectType": "Activity", "id": address, "definition": {"type": kind, "name": {self.course.language: self.course.title}}}
