"""The certificate of the course as a PDF that can be read aloud. The name stands on it and is kept nowhere."""

from __future__ import annotations

from typing import Any, Final

from safe_lib import training
from safe_lib.casework import Desk
from safe_lib.catalogue import load_texts
from safe_lib.catalogue.processing import load_processing
from safe_lib.engine import course as rules
from safe_lib.model.course import Course, Marked
from safe_lib.model.errors import WrongUse
from safe_lib.model.texts import Texts
from safe_lib.report import long_date

LAYOUT: Final = "certificate.typ"


def certificate_of(desk: Desk, name: str) -> bytes:
    """The certificate of the person at work, under the name they give now.

    Raises:
        WrongUse: the course is not finished, or this is no name.
        ReportError: a script has no font on this machine.
    """
    course, progress = training.course(desk), training.progress(desk)
    result = rules.best(course, progress)
    if result is None or not rules.is_complete(course, progress):
        raise WrongUse(load_texts(desk.language)("course.certificate.needs"))
    version = next((one.version for one in reversed(progress.attempts) if one.handed_in == result.on), course.version)
    training_store = desk.open_store().training
    return certificate_pdf(course, result, training.name_for(name), load_texts(desk.language), version=version, practice=training_store)


def certificate_pdf(course: Course, result: Marked, name: str, texts: Texts, *, version: str, practice: bool = False) -> bytes:
    """The certificate as PDF/UA-1; the same result and name give the same bytes where the fonts are the same."""
    from safe_lib.report.pdf import FAMILIES, typeset  # the typesetter comes with the first document

    marks = [texts("report.mark.draft_translation")] if course.draft else []
    data: dict[str, Any] = {
        "language": texts.language, "direction": texts.direction, "window": texts("course.certificate"), "title": texts("course.certificate"), "name": name,
        "followed": texts("course.certificate.followed"), "course": course.title, "lines": _lines(course, result, texts, version),
        "limits": [texts("course.certificate.limits"), texts("course.certificate.unsigned")], "issuer": load_processing().organisation.get("name", ""),
        "marks": marks + ([texts("report.mark.training")] if practice else []), "fonts": FAMILIES,
    }  # fmt: skip
    return typeset(data, result.on.isoformat(), LAYOUT)


def _lines(course: Course, result: Marked, texts: Texts, version: str) -> list[str]:
    facts = {"right": len(result.right), "count": len(result.right) + len(result.wrong), "percent": result.percent, "needed": course.bank.pass_percent}
    said = [texts("course.certificate.passed_on", day=long_date(result.on.isoformat(), texts.language)), texts("course.certificate.score", **facts),
            texts("course.certificate.minutes", minutes=course.seconds // 60), texts("course.certificate.version", version=version)]
    if result.refresher is not None:
        said.append(texts("course.certificate.refresher", day=long_date(result.refresher.isoformat(), texts.language)))
    if result.missing:
        said.append(texts("course.quiz.missing", modules=", ".join(course.bank.modules[id] for id in result.missing)))
    return said
