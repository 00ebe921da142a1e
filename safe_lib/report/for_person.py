"""Papers for the person that no workbook makes: what is kept about them, and the proof that it was erased."""

from __future__ import annotations

from dataclasses import replace

from safe_lib import casework
from safe_lib.casework import Desk
from safe_lib.model.case import Report
from safe_lib.model.errors import ReportError
from safe_lib.person.access_pack import PACK, Looked, Pack, require_looked_at, require_may_be_given
from safe_lib.person.access_paper import access_document
from safe_lib.person.children import require_care
from safe_lib.person.erasing import Proof, proof_document
from safe_lib.report.make import TYPES, with_reason, written

RIGHT_OF_ACCESS = "access, GDPR Art. 15"  # what the register says it left for


def access_paper(desk: Desk, pack: Pack, looked: Looked, format: str, *, discreet: bool = False, although: str = "") -> bytes:
    """The pack as a document.

    Raises:
        NotPermitted: a free text was looked at by nobody; or the person is or may be a child, and nobody wrote down what is best for them.
        ReasonNeeded: nothing written should be left with the person, and no reason is given.
        ReportError: there is no such format.
    """
    _require_format(format)
    require_care(desk, pack.everything.case.ref)
    require_looked_at(pack, looked)
    require_may_be_given(desk, pack.everything.case.ref, although)
    return written(access_document(pack, looked, day=desk.today.isoformat(), discreet=discreet), format)


def give_access(desk: Desk, pack: Pack, looked: Looked, format: str, *, discreet: bool = False, although: str = "") -> tuple[Report, bytes]:
    """The pack, sealed into the store, with a line in the register that the person received it.

    Raises:
        As `access_paper`.
    """
    content, ref = access_paper(desk, pack, looked, format, discreet=discreet, although=although), pack.everything.case.ref
    report = casework.seal(replace(desk, language=pack.language), ref, content, workbook=PACK, profile="person", format=format)
    return report, casework.disclose(desk, report, recipient="person", purpose=with_reason(RIGHT_OF_ACCESS, although))[0]


def proof_paper(proof: Proof, language: str, format: str, *, discreet: bool = False) -> bytes:
    """The proof of erasure as a document; it is kept nowhere.

    Raises:
        ReportError: there is no such format.
    """
    _require_format(format)
    return written(proof_document(proof, language, discreet=discreet), format)


def _require_format(format: str) -> None:
    if format not in TYPES:
        raise ReportError(f"report: there is no such format.\n  There are: {', '.join(TYPES)}.")
