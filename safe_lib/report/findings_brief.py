"""The policy brief of what colleagues raised, in the formats of a report and as YAML. It holds published figures only, and names nobody."""

from __future__ import annotations

from collections.abc import Sequence

from safe_lib import release
from safe_lib.casework import Desk
from safe_lib.catalogue import load_texts
from safe_lib.findings.observing import as_data, findings
from safe_lib.findings.showing import brief_blocks
from safe_lib.model.document import Document
from safe_lib.model.errors import WrongUse
from safe_lib.report.make import written


def brief_of(desk: Desk, format: str, numbers: Sequence[int] = ()) -> bytes:
    """The brief.

    Raises:
        NotPermitted: for whoever may not read what was raised.
        WrongUse: nothing was raised, or there is none with a number.
    """
    texts, found = load_texts(desk.language), findings(desk, numbers)
    if not found:
        raise WrongUse(texts("findings.raised.none"))
    if format == "yaml":
        import yaml

        return yaml.safe_dump(list(as_data(found)), allow_unicode=True, sort_keys=False).encode()
    document = Document(title=texts("findings.brief"), language=desk.language, direction=texts.direction, profile="partner", reference="",
                        date=desk.today.isoformat(), blocks=brief_blocks(found, texts), footer=texts("findings.brief.draft"), marks=release.marks(desk, texts))
    return written(document, format)
