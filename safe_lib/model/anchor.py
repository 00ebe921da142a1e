"""The end of the audit trail as somebody noted it: later it shows whether lines were cut off."""

from __future__ import annotations

import re
from dataclasses import dataclass

from safe_lib.model.errors import WrongUse

_WRITTEN = re.compile(r"([0-9]{1,12}):([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Anchor:
    """The last line of the trail at one moment. While no line before it was changed, the trail still has it, with this hash."""

    line: int  # from 1; 0 is a trail without a line
    hash: str  # 64 hexadecimal digits

    def __str__(self) -> str:
        return f"{self.line}:{self.hash}"


def anchor_of(text: str) -> Anchor:
    """An anchor as it was written down, `NUMBER:HASH`; blanks and capitals do not count.

    Raises:
        WrongUse: it cannot be one.
    """
    found = _WRITTEN.fullmatch("".join(text.split()).lower())
    if found is None:
        raise WrongUse("anchor: this is not NUMBER:HASH with the 64 signs of a hash.\n  Take it as `safe audit anchor` or the page of the team showed it.")
    return Anchor(int(found[1]), found[2])
