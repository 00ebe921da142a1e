"""The release that this computer works with: whether somebody who is trusted here has signed its data files.

Pages, reports and the start of the server ask here; `catalogue.signing` reads and compares, and knows no user.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from safe_lib.catalogue import signing
from safe_lib.catalogue.signing import Standing
from safe_lib.model.errors import CatalogueError
from safe_lib.store.folders import data_folder

if TYPE_CHECKING:
    from safe_lib.casework import Desk
    from safe_lib.model.texts import Texts


def verify() -> Standing:
    """Look at every data file; nothing happens where no key is trusted.

    Raises:
        SignatureError, Problems: a key is trusted on this computer, and the data files are not those that it signed.
    """
    return signing.verify(data_folder())


def is_signed() -> bool:
    """The data files are signed by somebody who is trusted here; otherwise this is author mode, and pages say so."""
    try:
        return signing.standing(data_folder()).signed
    except CatalogueError:  # they should be: whoever opens a store or a workbook is told
        return False


def is_marked_unsigned(desk: Desk) -> bool:
    """Unsigned data files beside persons who may be real: said above every page and report. A training store says it in the foot."""
    return desk.store is not None and not desk.store.training and not is_signed()


def marks(desk: Desk, texts: Texts) -> tuple[str, ...]:
    """What must stand above every page and report: unsigned data beside real persons, a draft translation, invented persons."""
    found = [texts("report.mark.unsigned")] if is_marked_unsigned(desk) else []
    if texts.status == "draft":
        found.append(texts("report.mark.draft_translation"))
    if desk.store is not None and desk.store.training:
        found.append(texts("report.mark.training"))
    return tuple(found)


def require_signed(name: str) -> None:
    """One data file, such as `workbooks/identification.ipynb`, is as it was signed; asked before each use of what can run.

    Raises:
        SignatureError: a key is trusted on this computer, and the file is not one that it signed.
    """
    signing.require_signed(name, data_folder())
