"""The course as a package for a learning platform: SCORM 1.2 or SCORM 2004 (4th edition), one page and its script.

The platform is told the place, the score and whether it was passed. What somebody answered in a lesson stays in their browser.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import date
from typing import Final, Literal, get_args
from xml.sax.saxutils import escape, quoteattr

from safe_lib.catalogue import load_texts, paths
from safe_lib.catalogue.course import load_course
from safe_lib.engine import course as rules
from safe_lib.model.course import Course
from safe_lib.model.errors import ReportError, WrongUse
from safe_lib.report.package_page import page_html

Scorm = Literal["1.2", "2004"]
VERSIONS: Final[tuple[Scorm, ...]] = get_args(Scorm)
DRAWS: Final = 24  # quizzes in a package; the script takes one by chance, so that the rule of the draw stands in one place
PAGE: Final = "index.html"
OF_PAGE: Final = ("course.js", "course.css")
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"


def package(scorm: str, language: str, *, country: str = "", on: date) -> bytes:
    """The package as a zip file; the same course, language, country and day give the same bytes.

    Args:
        scorm: `1.2` or `2004`.
        language: of the lessons.
        country: whose rights stand in the open and are asked for; empty for what holds in the EU.
        on: the day; what has to be read again by then is not asked.

    Raises:
        WrongUse: no such version or country.
    """
    course = load_course(language)
    if scorm not in VERSIONS:
        raise WrongUse(f"package: this is no version of SCORM that is made.\n  There are: {', '.join(VERSIONS)}.")
    if country and country not in course.countries:
        raise WrongUse(f"--country: the course tells the rights of {', '.join(course.countries)}.\n  Choose one of them, or none.")
    draws = tuple(dict.fromkeys(rules.draw(course, seed, country=country, on=on).questions for seed in range(DRAWS)))
    page = page_html(course, load_texts(language), scorm=scorm, country=country, draws=draws)
    files = {"imsmanifest.xml": manifest(course, scorm), PAGE: page, **{name: _part(name) for name in OF_PAGE}}
    return _zipped(files, course)


def manifest(course: Course, scorm: str) -> str:
    """What the package holds, as the platform reads it."""
    return (_manifest_12 if scorm == "1.2" else _manifest_2004)(course)


def _files() -> str:
    return "".join(f'<file href="{name}"/>' for name in (PAGE, *OF_PAGE))


def _identifier(course: Course, scorm: str) -> str:
    return quoteattr(f"SAFE-{course.id}-{course.version}-{course.language}-{scorm}".replace(".", "_"))


def _manifest_12(course: Course) -> str:
    title = escape(course.title)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<manifest identifier={_identifier(course, "1.2")} version={quoteattr(course.version)} '
        f'xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2" xmlns:xsi="{_XSI}" '
        'xsi:schemaLocation="http://www.imsproject.org/xsd/imscp_rootv1p1p2 imscp_rootv1p1p2.xsd http://www.adlnet.org/xsd/adlcp_rootv1p2 '
        'adlcp_rootv1p2.xsd">\n<metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>\n'
        f'<organizations default="course"><organization identifier="course"><title>{title}</title>\n'
        f'<item identifier="lessons" identifierref="page" isvisible="true"><title>{title}</title>'
        f"<adlcp:masteryscore>{course.bank.pass_percent}</adlcp:masteryscore></item></organization></organizations>\n"
        f'<resources><resource identifier="page" type="webcontent" adlcp:scormtype="sco" href="{PAGE}">{_files()}</resource></resources>\n</manifest>\n')


def _manifest_2004(course: Course) -> str:
    title = escape(course.title)
    names = {"": "http://www.imsglobal.org/xsd/imscp_v1p1", "adlcp": "http://www.adlnet.org/xsd/adlcp_v1p3",
             "adlseq": "http://www.adlnet.org/xsd/adlseq_v1p3", "adlnav": "http://www.adlnet.org/xsd/adlnav_v1p3",
             "imsss": "http://www.imsglobal.org/xsd/imsss", "xsi": _XSI}
    spaces = " ".join(f'xmlns{":" + name if name else ""}="{space}"' for name, space in names.items())
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<manifest identifier={_identifier(course, "2004")} version={quoteattr(course.version)} {spaces} '
        f'xsi:schemaLocation="{names[""]} imscp_v1p1.xsd {names["adlcp"]} adlcp_v1p3.xsd {names["adlseq"]} adlseq_v1p3.xsd {names["adlnav"]} '
        f'adlnav_v1p3.xsd {names["imsss"]} imsss_v1p0.xsd">\n'
        "<metadata><schema>ADL SCORM</schema><schemaversion>2004 4th Edition</schemaversion></metadata>\n"
        f'<organizations default="course"><organization identifier="course"><title>{title}</title>\n'
        f'<item identifier="lessons" identifierref="page" isvisible="true"><title>{title}</title>\n'
        '<imsss:sequencing><imsss:objectives><imsss:primaryObjective objectiveID="passed" satisfiedByMeasure="true">'
        f"<imsss:minNormalizedMeasure>{course.bank.pass_percent / 100:.2f}</imsss:minNormalizedMeasure></imsss:primaryObjective></imsss:objectives>"
        '<imsss:deliveryControls completionSetByContent="true" objectiveSetByContent="true"/></imsss:sequencing></item>\n'
        '<imsss:sequencing><imsss:controlMode choice="true" flow="true"/></imsss:sequencing></organization></organizations>\n'
        f'<resources><resource identifier="page" type="webcontent" adlcp:scormType="sco" href="{PAGE}">{_files()}</resource></resources>\n</manifest>\n')


def _part(name: str) -> str:
    path = paths.TEMPLATES / "scorm" / name
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        raise ReportError(f"templates/scorm/{name}: the file cannot be read.\n  Install the program again.") from None


def _zipped(files: Mapping[str, str], course: Course) -> bytes:
    """The files in a zip, each with the day of the course and none of this machine."""
    made, day = io.BytesIO(), (course.reviewed.year, course.reviewed.month, course.reviewed.day, 0, 0, 0)
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, day), text.encode(), zipfile.ZIP_DEFLATED)
    return made.getvalue()
