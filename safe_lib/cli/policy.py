"""`safe policy`: the record of processing, the draft impact assessment and the AI Act file, made from the policy; and figures about departures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from safe_lib.cli.options import AsJson, Language, PassphraseFile, PersonName, StorePath, language_of, open_desk
from safe_lib.cli.printing import printable, say_json
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


@app.command("ai-act")
def ai_act(out: Out = None, language: Language = None) -> None:
    """What the AI Act asks to be said: purpose, rules by people, logging, oversight, limits; a draft for the organisation's own lawyer."""
    _give("ai_act", out, language_of(language))


@app.command("departures")
def departures(store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, as_json: AsJson = False) -> None:
    """How often professionals set a severity otherwise than the rules. It says something of the rules; no colleague and no case is named."""
    from safe_lib.person.deciding import departures_counted

    with open_desk(store, passphrase_file, person=person) as desk:
        found = departures_counted(desk)
    if as_json:
        say_json({"cases": found.cases, "of": found.of, "by_domain": dict(found.by_domain)})
        return
    print(f"{found.cases} of {found.of} cases.")
    for domain, number in found.by_domain.items():
        print(f"{domain:<10} {number}")


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
