"""How results are told: drawn on a terminal, plain text into a file or another program, or one line of JSON."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Final

from safe_lib.model.texts import closed

if TYPE_CHECKING:
    from safe_lib.model.document import Block

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202d\u202e]")
_UNSEEN: Final = re.compile(r"[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069]")


def say_json(value: Any) -> None:
    """One line of JSON."""
    say_line(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def say_json_list(values: Iterable[Any]) -> None:
    """One line of JSON, an array written value by value: ten thousand of them need not be held at once."""
    sys.stdout.flush()
    out = sys.stdout.buffer
    out.write(b"[")
    for place, value in enumerate(values):
        out.write((b"," if place else b"") + json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"))
    out.write(b"]\n")
    out.flush()


def say_line(text: str) -> None:
    """One line in UTF-8 as it is, whatever the terminal speaks; on a terminal, JSON's own escapes stand for what would not be seen."""
    if sys.stdout.isatty():
        text = _UNSEEN.sub(lambda letter: f"\\u{ord(letter[0]):04x}", text)
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")
    sys.stdout.buffer.flush()


def printable(message: str) -> str:
    """A message as lines of text: a word in it that came from a file cannot move the cursor, change a title or turn the line round."""
    return "\n".join(closed(_CONTROL.sub("\N{REPLACEMENT CHARACTER}", line)) for line in message.split("\n"))


def say(blocks: Iterable[Block]) -> None:
    """Blocks for a reader: headings and tables drawn on a terminal, plain text otherwise."""
    if sys.stdout.isatty():
        from safe_lib.cli.drawing import draw

        draw(blocks)
        return
    from safe_lib.widgets.blocks import blocks_text

    print(blocks_text(blocks))


@contextmanager
def progress(words: str, total: int, *, still: bool = False) -> Iterator[Callable[[], None]]:
    """A bar on a terminal, with the time left; call what it gives after each step. Nothing is shown elsewhere.

    `still`: it moves only at a step, and needs no thread, so that the process can be forked meanwhile.
    """
    if not sys.stderr.isatty() or total < 2:
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True, auto_refresh=not still) as bar:
        task = bar.add_task(words, total=total)
        yield lambda: bar.update(task, advance=1, refresh=still)


@contextmanager
def counting(words: str, *, still: bool = False) -> Iterator[Callable[[int], Callable[[], None]]]:
    """A bar whose length is known only after the work began: call what it gives with that number, and what that gives after each step."""
    with ExitStack() as stack:
        yield lambda total: stack.enter_context(progress(words, total, still=still))
