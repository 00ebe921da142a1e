"""What the person who looks may do on the page, and what a form of theirs sends along unseen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

from safe_lib.widgets.inputs import Wrongs

if TYPE_CHECKING:
    from safe_lib.social_map import Helpers
    from safe_lib.widgets.social.reading import Reading
else:
    Helpers, Reading = Any, Any


@dataclass(frozen=True, slots=True)
class Seat:
    """Their rights, the proof that a form came from this page, and what was read for them."""

    xsrf: str = ""
    may_verify: bool = False
    may_propose: bool = False
    may_refer: bool = False  # may let something of the open case leave
    history: tuple[Mapping[str, Any], ...] = ()  # of the open entry, newest first
    helpers: Helpers | None = None  # of the open case
    typed: Mapping[str, str] = field(default_factory=dict)  # what was sent and could not be done
    wrong: Wrongs = field(default_factory=Wrongs)
    shared: bool = False  # others use this computer too: nothing is saved to its disk
    done: str = ""  # what was just done: verified | the number of a proposal

    def hidden(self, reading: Reading, **more: str) -> str:
        """Hidden inputs: the proof, the language, and `more`."""
        known = {"_xsrf": self.xsrf, "lang": reading.texts.language, "case": reading.asked.case, **more}
        return "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in known.items() if value)
