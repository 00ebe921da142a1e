"""`safe findings`: figures without persons, the ledger of what was published, observations, the policy brief, and base rates of screens."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from safe_lib.cli.options import AsJson, Language, PassphraseFile, PersonName, StorePath, language_of, open_desk
from safe_lib.cli.printing import printable, say_json
from safe_lib.model.errors import WrongUse

app = typer.Typer(name="findings", invoke_without_command=True, rich_markup_mode=None,
                  help="Figures without persons, observations from the work, policy briefs, and what a positive screen means.")

Out = Annotated[Path, typer.Option("--out", metavar="FILE", help="The file to write; there must be none with this name.")]


@app.callback()
def findings(context: typer.Context, language: Language = None, as_json: AsJson = False) -> None:
    """The tables that may be asked for, each with what it counts; this needs no store."""
    if context.invoked_subcommand is not None:
        return
    from safe_lib.catalogue import load_texts
    from safe_lib.findings.gathering import definitions
    from safe_lib.findings.showing import definition_of

    texts = load_texts(language_of(language))
    if as_json:
        say_json([{"name": one.name, "by": list(one.by), "core": one.core, "definition": definition_of(one.name, texts)} for one in definitions().values()])
        return
    for one in definitions().values():
        print(printable(f"{one.name:<18} {definition_of(one.name, texts)}"))


@app.command("release")
def release(period: Annotated[str, typer.Argument(metavar="PERIOD", help="Quarters in which cases were opened, such as 2026Q1 or 2026Q1-2026Q4.")],
            table: Annotated[list[str] | None, typer.Option("--table", metavar="NAME", help="Only these; without it, the core ones.")] = None,
            store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, language: Language = None,
            as_json: AsJson = False) -> None:
    """As a coordinator: publish figures. They are checked with all that was published; what could give somebody away is withheld or refused."""
    from safe_lib.findings import gathering, releasing, showing

    with open_desk(store, passphrase_file, person=person, language=language_of(language)) as desk:
        found = releasing.publish(desk, gathering.period(period, desk.today), table or ())
    if as_json:
        say_json(showing.as_json(found))
        return
    for one in found:
        print(printable(f"{one.publication:>4}  {one.name:<18} {one.period:<15} {one.table.withheld} of {len(one.table.cells)} withheld  {one.hash[:12]}"))


@app.command("show")
def show(name: Annotated[str, typer.Option("--table", metavar="NAME", help="Only this table.")] = "",
         publication: Annotated[int, typer.Option("--publication", metavar="N", help="Only this publication.")] = 0,
         store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, language: Language = None,
         as_json: AsJson = False) -> None:
    """What was published, as text or JSON."""
    from safe_lib.catalogue import load_texts
    from safe_lib.findings import releasing, showing
    from safe_lib.widgets.blocks import blocks_text

    with open_desk(store, passphrase_file, person=person, language=language_of(language)) as desk:
        found = [one for one in releasing.published(desk) if name in ("", one.name) and publication in (0, one.publication)]
    if as_json:
        say_json(showing.as_json(found))
        return
    texts = load_texts(language_of(language))
    for one in found:
        print(printable(blocks_text(showing.figure_blocks(one, texts))))


@app.command("export")
def export(out: Out, format: Annotated[Literal["csv", "parquet"], typer.Option("--format", help="csv or parquet.")] = "csv",
           store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None) -> None:
    """What was published, for analysts: only what is shown; withheld numbers are empty."""
    from safe_lib.findings import releasing, showing

    with open_desk(store, passphrase_file, person=person) as desk:
        found = releasing.published(desk)
    _write(out, showing.as_csv(found) if format == "csv" else showing.as_parquet(found))


@app.command("htcds")
def htcds(out: Out, to: Annotated[str, typer.Option("--to", metavar="RECIPIENT", help="Who gets them; as the consents name it.")],
          store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, as_json: AsJson = False) -> None:
    """As a coordinator: records of IOM's case data standard as CSV, of persons who agreed to this; a second person has agreed today."""
    from safe_lib.findings import htcds as standard
    from safe_lib.tables.writing import Sheet, csv_file

    with open_desk(store, passphrase_file, person=person) as desk:
        found = standard.export(desk, to)
    _write(out, csv_file(Sheet(standard.FIELDS, ([one[name] for name in standard.FIELDS] for one in found.records))))
    counted = {"records": len(found.records), "without_consent": found.without_consent, "too_rare": found.too_rare}
    say_json(counted) if as_json else print(f"{counted['records']} records; {found.without_consent} without consent, {found.too_rare} too rare to leave.")


@app.command("raise")
def raise_finding(claim: Annotated[str, typer.Argument(metavar="CLAIM", help="What was noticed, without personal data.")],
                  group: Annotated[str, typer.Option("--group", help="Whom it concerns, as a group.")] = "",
                  ask: Annotated[str, typer.Option("--ask", help="What is asked.")] = "",
                  of: Annotated[str, typer.Option("--of", help="Of whom: an authority or office.")] = "",
                  channel: Annotated[str, typer.Option("--channel", help="dialogue, letter, report or meeting.")] = "dialogue",
                  public: Annotated[bool, typer.Option("--public", help="It may be published.")] = False,
                  source: Annotated[str, typer.Option("--source", help="A report of others that says so too.")] = "",
                  page: Annotated[str, typer.Option("--page", help="Where in it.")] = "",
                  table: Annotated[str, typer.Option("--table", metavar='"N NAME"', help="A published table it stands on, such as '1 form_age'.")] = "",
                  case: Annotated[str, typer.Option("--case", metavar="REF", help="The case it comes from: its names are looked for; nothing is kept.")] = "",
                  store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, language: Language = None) -> None:
    """Raise a finding from the work. What could lead to a person is refused, with how to mend it."""
    from safe_lib.findings import observing

    raised = observing.Raised(claim, group, ask, of, channel, "public" if public else "confidential", source, page, table)
    with open_desk(store, passphrase_file, person=person, language=language_of(language)) as desk:
        print(f"Finding {observing.observe(desk, raised, case)} is raised.")


@app.command("raised")
def raised(store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, as_json: AsJson = False) -> None:
    """What colleagues raised, for whoever makes a brief; as JSON in the form of the findings."""
    from safe_lib.findings import observing

    with open_desk(store, passphrase_file, person=person) as desk:
        found = observing.findings(desk)
    if as_json:
        say_json(list(observing.as_data(found)))
        return
    for one in found:
        print(printable(f"{one.number:>4}  {one.day}  {one.raised.claim}"))


@app.command("brief")
def brief(out: Out, format: Annotated[Literal["pdf", "docx", "html", "json", "yaml"], typer.Option("--format", help="pdf, docx, html, json or yaml.")] = "pdf",
          number: Annotated[list[int] | None, typer.Option("--finding", metavar="N", help="Only these findings.")] = None,
          store: StorePath = None, passphrase_file: PassphraseFile = None, person: PersonName = None, language: Language = None) -> None:
    """A policy brief of what was raised: claim, figures, what is asked of whom."""
    from safe_lib.report.findings_brief import brief_of

    with open_desk(store, passphrase_file, person=person, language=language_of(language)) as desk:
        content = brief_of(desk, format, number or ())
    _write(out, content)


@app.command("screen")
def screen(tool: Annotated[str, typer.Argument(metavar="TOOL", help="A tool whose figures are known; without it, they are listed.")] = "",
           sensitivity: Annotated[str, typer.Option("--sensitivity", metavar="SHARE", help="86.7, 80-95 or '13 of 15'.")] = "",
           specificity: Annotated[str, typer.Option("--specificity", metavar="SHARE", help="As above.")] = "",
           base: Annotated[str, typer.Option("--base", metavar="SHARE", help="The base rate: of how many is it true.")] = "",
           language: Language = None, as_json: AsJson = False) -> None:
    """What a positive and a negative screen mean at a base rate; this needs no store."""
    from dataclasses import asdict

    from safe_lib.catalogue import load_texts
    from safe_lib.engine.base_rates import predicted
    from safe_lib.findings.screens import rate, screens
    from safe_lib.findings.showing import screen_blocks
    from safe_lib.widgets.blocks import blocks_text

    known = screens()
    if not tool and not (sensitivity and specificity and base):
        say_json([asdict(one) for one in known.values()]) if as_json else print("\n".join(
            printable(f"{one.id:<22} {one.title} ({one.status})") for one in known.values()))
        return
    if tool and tool not in known:
        raise WrongUse(f"screen: there is no {tool}.\n  There are: {', '.join(known)}.")
    read = known.get(tool)
    if not base and (read is None or read.base is None):
        raise WrongUse("screen: no base rate is known for it.\n  Name one with --base.")
    rates = (rate(sensitivity) if sensitivity else read.sensitivity, rate(specificity) if specificity else read.specificity,  # type: ignore[union-attr]
             rate(base) if base else read.base)  # type: ignore[union-attr]
    found = predicted(*rates)  # type: ignore[arg-type]
    if as_json:
        say_json({"sensitivity": asdict(rates[0]), "specificity": asdict(rates[1]), "base": asdict(rates[2]), **asdict(found)})  # type: ignore[arg-type]
        return
    print(printable(blocks_text(screen_blocks(found, load_texts(language_of(language))))))
    if read is not None:
        print(printable(f"{read.source} ({read.status})"))


def _write(out: Path, content: bytes) -> None:
    """Write a new file that only its owner reads."""
    if out.exists():
        raise WrongUse("--out: there is a file with this name.\n  Choose another one.")
    out.touch(mode=0o600)
    out.write_bytes(content)
    print(f"{out.name}: written.")
