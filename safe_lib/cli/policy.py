"""`safe policy`: the record of processing and the draft impact assessment, made from the policy file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from safe_lib.cli.options import Language, language_of
from safe_lib.cli.printing import printable
from safe_lib.model.errors import WrongUse

Out = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write it into this file; without it, it is printed.")]

app = typer.Typer(name="policy", no_args_is_help=True, help="The record of processing and the draft DPIA, made from the policy.", rich_markup_mode=None)


@app.command("record")
def record(out: Out = None, language: Language = None) -> None:
    """The record of processing activities (GDPR Art. 30); a draft for the organisation's own lawyer."""
    _give("record", out, language_of(language))


@app.command("dpia")
def dpia(out: Out = None, language: Language = None) -> None:
    """The data protection impact assessment (GDPR Art. 35); a draft for the organisation's own lawyer."""
    _give("dpia", out, language_of(language))


@app.command("copies")
def copies() -> None:
    """Make the committed copies in templates/policy again, in every language."""
    from safe_lib.policy import writing

    writing.folder().mkdir(parents=True, exist_ok=True)
    for name, text in writing.copies().items():
        _write(writing.folder() / name, text)
    print(f"{', '.join(writing.copies())}: made again.")


def _give(name: str, out: Path | None, language: str) -> None:
    from safe_lib.policy.writing import document

    text = document(name, language)
    if out is None:
        print(printable(text), end="")
        return
    _write(out, text)
    print(f"{out}: written.")


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise WrongUse(f"{path}: it cannot be written ({problem.strerror}).\n  Name a file in a folder that you may write in.") from None
