"""An assessment in words for a terminal: the same blocks as on a page, without the drawings."""

from __future__ import annotations

from safe_lib.catalogue import load_texts
from safe_lib.engine import explain
from safe_lib.engine.explain import Explained
from safe_lib.model.answers import Answers
from safe_lib.model.assessment import Assessment
from safe_lib.model.document import Block, Bullets, Details, Facts, Heading, Picture, Table, Text
from safe_lib.model.instrument import Instrument
from safe_lib.model.texts import Texts
from safe_lib.widgets import views
from safe_lib.widgets.views import Blocks, Shown


def result_blocks(instrument: Instrument, found: Assessment, said: Answers, language: str, name: str = "") -> Blocks:
    """Outcome, next steps, dimensions or domains, hard stops, what holds and why, what is open, and what to keep in mind."""
    texts = load_texts(language)
    shown = Shown(instrument, found, explain(found, instrument, texts), said, texts)
    heading = f"{instrument.title}: {name}" if name else instrument.title
    parts: list[tuple[str, Blocks]] = [
        ("", views.outcome(shown)),
        ("cli.next_steps", views.next_steps(shown)),
        ("", _pattern(shown)),
        ("", (views.domains_table(shown),) if found.domains else ()),
        ("", _scores(shown)),
        ("", tuple(Text(block.summary, "quiet") if isinstance(block, Details) else block for block in views.hard_stops(shown))),
        ("cli.holds", _holding(shown)),
        ("cli.open_questions", views.open_questions(shown)),
        ("", views.caveats(shown)),
    ]
    blocks: list[Block] = [Heading(heading), _frame(instrument, found, texts)]
    for key, part in parts:
        blocks += [*([Heading(texts(key), 3)] if key and part else []), *part]
    return tuple(blocks)


def _frame(instrument: Instrument, found: Assessment, texts: Texts) -> Facts:
    kinds = {kind.id: kind.title for kind in instrument.scenarios}
    pairs = [(texts("cli.as_of"), found.date.isoformat()), (texts("views.version"), f"{found.version} ({found.hash})")]
    if found.scenario:
        pairs.append((texts("report.scenario"), kinds.get(found.scenario, found.scenario)))
    if found.country:
        pairs.append((texts("form.country"), found.country[0]))
    return Facts(tuple(pairs))


def _pattern(shown: Shown) -> Blocks:
    """The table behind the drawing of the dimensions, and both readings where the age is in doubt."""
    return tuple(block.table if isinstance(block, Picture) and block.table else block for block in views.pattern(shown))


def _scores(shown: Shown) -> Blocks:
    scores, texts = shown.assessment.scores, shown.texts
    if not scores:
        return ()
    titles = {group.id: group.title for group in shown.instrument.groups}
    rows = tuple((titles.get(id, id), "–" if score.mean is None else f"{score.mean:.2f}", f"{score.answered} / {score.asked}") for id, score in scores.items())
    return (Table(texts("cli.scores"), (texts("cli.topic"), texts("cli.mean"), texts("cli.answered")), rows),)


def _holding(shown: Shown) -> Blocks:
    """The rules, dimensions and stops that hold, each with its reason; domains stand in their own table."""
    lines = tuple(_line(finding) for finding in shown.explanation.findings if finding.truth == "holds" and finding.kind not in ("domain", "outcome"))
    return (Bullets(lines),) if lines else ()


def _line(finding: Explained) -> str:
    if finding.kind == "rule":  # its title is what to do
        return finding.because if finding.title in finding.because else f"{finding.because} → {finding.title}"
    return f"{finding.title}: {finding.because}"
