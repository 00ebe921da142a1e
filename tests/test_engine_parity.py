"""Promises about papermill's engine `safe`: what comes out is what papermill's usual engine gives, without a socket."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nbformat
import pytest
from conftest import PHRASE
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from papermill.exceptions import PapermillExecutionError
from papermill.execute import execute_notebook

from safe_lib import casework
from safe_lib.casework import Desk
from safe_lib.catalogue import load_texts, paths
from safe_lib.model.document import Heading, Text
from safe_lib.report.engine import representation
from safe_lib.store import CHEAP, Store
from safe_lib.view import BLOCKS_TYPE, View

PYTHON = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python"}}
OPEN = """import sys
def look(event, given):
    if event in ("socket.connect", "socket.bind") and not isinstance(given[1], (str, bytes)):
        raise SystemExit("a network socket was used: " + event)
from papermill.execute import execute_notebook  # a library beneath it tries a bind when it is imported
sys.addaudithook(look)
"""

CELLS = (  # each pins down one thing that an engine can get wrong
    "import sys\nprint('one'); print('aside', file=sys.stderr); print('two')",
    "from IPython.display import HTML, Image, clear_output, display\n{'answer': 1}",
    "handle = display(HTML('<b>before</b>'), display_id='shown')\ndisplay({'a': 1}, HTML('<i>i</i>'))\n'last'",
    "handle.update(HTML('<b>after</b>'))\nprint('updated')",
    "display(HTML('<b>again</b>'), display_id='shown')",
    "import pandas\npandas.DataFrame({'a': [1, None], 'b': ['x', 'ü']})",
    "import ipywidgets\noutput = ipywidgets.Output()\nwith output:\n    print('inside'); display(HTML('<u>inside</u>'))\noutput",
    "with output:\n    print('more inside')\nprint('outside')",
    "output.clear_output()\nwith output:\n    print('anew')",
    "slider = ipywidgets.IntSlider(3, description='days')\nbox = ipywidgets.VBox([slider, ipywidgets.HTML('<b>w</b>')])\ndisplay(box)\nslider.value = 5",
    "print('gone', end=''); clear_output(wait=True); print('kept')\nsys.stdout.write('back\\b\\b and\\rforth')",
    "",
    "import asyncio\nawait asyncio.sleep(0)\n_",
    "%%html\n<p>magic</p>",
    "class Own:\n    def _repr_mimebundle_(self, **kwargs):\n        return {'text/plain': 'own', 'application/x-own+json': {'n': 1}}\nOwn()",
    "Image(data=b'\\x89PNG\\r\\n\\x1a\\n' + b'0' * 90, format='png')",
    "sum(range(3));",
)
FAILING = ("1 / 0", "input('never asked')", "def deeper():\n    return missing\ndeeper()", "for x in (1,:", "raise KeyboardInterrupt", "assert False, 'ü'")


def notebook(*sources: str, tags: dict[int, list[str]] | None = None) -> Any:
    cells = [new_code_cell(source, metadata={"tags": (tags or {}).get(place, [])}) for place, source in enumerate(sources)]
    return new_notebook(cells=[new_markdown_cell("# Trial"), *cells], metadata=PYTHON)


def ran(engine: str | None, made: Any, folder: Path) -> dict[str, Any]:
    """The notebook that an engine left, with what differs from run to run taken out."""
    source, target = folder / "in.ipynb", folder / f"out-{engine}.ipynb"
    nbformat.write(made, source)
    problem = _run(engine, source, target)
    said = json.loads(target.read_text(encoding="utf-8"))
    told = {"problem": (problem.ename, problem.evalue, problem.cell_index) if problem else None}
    return {**settled(said), **told}


def _run(engine: str | None, source: Path, target: Path, tries: int = 3) -> PapermillExecutionError | None:
    """On a busy machine the usual engine may wait for ever for a message that its kernel sent too early; then it is asked again."""
    try:
        execute_notebook(source, target, engine_name=engine, progress_bar=False, execution_timeout=20)
    except PapermillExecutionError as problem:
        return problem
    except (CellTimeoutError, RuntimeError):
        if engine is not None or tries == 1:
            raise
        return _run(engine, source, target, tries - 1)
    return None


def settled(said: dict[str, Any]) -> dict[str, Any]:
    """Without times; what a widget is stands in the place of its id, which is another one in each run."""
    for part in (said, *said["cells"]):
        part["metadata"].pop("papermill", None)
        part["metadata"].pop("execution", None)
        part.pop("id", None)
    states = said["metadata"].get("widgets", {}).pop("application/vnd.jupyter.widget-state+json", {}).get("state", {})
    widgets = sorted(_spelled_out(json.dumps(one), states) for one in states.values())
    return {**json.loads(_spelled_out(json.dumps(said), states)), "widgets": widgets}


def _spelled_out(text: str, states: dict[str, Any]) -> str:
    """A text with the state of each widget, and of the widgets inside it, for its id."""
    def state(found: re.Match[str]) -> str:
        return _spelled_out(json.dumps(states[found[1]]), states).replace("\\", "/").replace('"', "'") if found[1] in states else "unknown"

    return re.sub(r"(?:IPY_MODEL_)?([0-9a-f]{32})", state, text)


def assert_same(here: dict[str, Any], stock: dict[str, Any]) -> None:
    """Cell by cell first, so that a difference is short."""
    for mine, theirs in zip(here["cells"], stock["cells"], strict=True):
        assert mine == theirs
    assert here == stock


def test_outputs_are_those_of_the_usual_engine(tmp_path: Path) -> None:
    """Streams, results, display updates, tables, pictures, Output widgets, widget states, magics: the same, cell by cell."""
    made = notebook(*CELLS)
    here, stock = (ran(engine, made, tmp_path) for engine in ("safe", None))

    assert_same(here, stock)
    assert len(here["widgets"]) == 10  # with their layouts and styles
    assert any("anew" in one for one in here["widgets"]) and not any("more inside" in one for one in here["widgets"])


def test_errors_are_those_of_the_usual_engine(tmp_path: Path) -> None:
    """Cells that may fail go on with their traceback; the first that may not ends the run in papermill's own words."""
    made = notebook(*FAILING, "print('skipped')", "undefined", "print('never')", tags={**{n: ["raises-exception"] for n in range(6)}, 6: ["skip-execution"]})
    here, stock = (ran(engine, made, tmp_path) for engine in ("safe", None))

    assert_same(here, stock)
    assert here["problem"] == ("NameError", "name 'undefined' is not defined", 8)
    assert [cell.get("execution_count") for cell in here["cells"]][-1] is None


def test_no_network_socket_is_used(tmp_path: Path) -> None:
    """Not one is bound or connected, where the usual engine opens ten."""
    nbformat.write(notebook("1 + 1"), tmp_path / "in.ipynb")
    look = OPEN + f"made = execute_notebook({str(tmp_path / 'in.ipynb')!r}, None, engine_name=sys.argv[1] or None, progress_bar=False)\n"
    look += "print(made.cells[1].outputs[0].data['text/plain'])"
    safe, stock = (subprocess.run([sys.executable, "-c", look, engine], capture_output=True, text=True) for engine in ("safe", ""))

    assert safe.stdout.strip().endswith("2"), safe.stderr
    assert "a network socket was used" in stock.stderr


@pytest.mark.parametrize(("source", "problem"), [("import os; os._exit(3)", DeadKernelError), ("while True: pass", CellTimeoutError)])
def test_a_notebook_that_dies_or_hangs_is_told(source: str, problem: type[Exception], tmp_path: Path) -> None:
    """It takes nobody with it, and nothing of it is left."""
    nbformat.write(notebook(source), tmp_path / "in.ipynb")

    with pytest.raises(problem):
        execute_notebook(tmp_path / "in.ipynb", None, engine_name="safe", progress_bar=False, execution_timeout=1)


def test_a_notebook_leaves_nothing_in_the_process_that_ran_it(tmp_path: Path) -> None:
    """Variables, modules, the working folder and the shell stay in the child."""
    nbformat.write(notebook("import os, this_is_new\nos.chdir('/')\nos.environ['LEFT'] = '1'"), tmp_path / "in.ipynb")
    (tmp_path / "this_is_new.py").write_text("")
    look = OPEN + f"sys.path.insert(0, {str(tmp_path)!r})\nexecute_notebook({str(tmp_path / 'in.ipynb')!r}, None, engine_name='safe', progress_bar=False)\n"
    look += "import os; from IPython import get_ipython\nprint('this_is_new' in sys.modules, os.getcwd() == '/', 'LEFT' in os.environ, bool(get_ipython()))"
    said = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, cwd=tmp_path)

    assert said.stdout.split() == ["False"] * 4, said.stderr


@pytest.fixture
def training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A training store where papermill's own command finds it."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    home = tmp_path / "safe-workbooks"
    with Store.create(home / "training.safe", PHRASE, training=True, cost=CHEAP) as store:
        (home / "training.safe.passphrase").write_text(PHRASE, encoding="utf-8")
        store.new_case(ref="DEMO-001", by="noor", at=datetime(2026, 11, 21, tzinfo=UTC))
        yield store


def test_a_workbook_gives_the_same_in_every_way_of_running_it(training: Store, tmp_path: Path) -> None:
    """At a desk in this process, in a forked child, and with papermill's usual engine."""
    path = paths.WORKBOOKS / "safe_return.ipynb"
    given = {"case": "DEMO-001", "on": "2026-11-21", "language": "en", "mode": "lawyer"}
    forked, stock = (settled(json.loads(nbformat.writes(execute_notebook(path, None, engine_name=engine, progress_bar=False, parameters=given))))
                     for engine in ("safe", None))
    casework.work_at(Desk(training, "noor", "en", datetime(2026, 11, 21).date()))
    try:
        here = settled(json.loads(nbformat.writes(execute_notebook(path, None, engine_name="safe", progress_bar=False, parameters=given))))
    finally:
        casework.work_at(None)

    assert forked == stock
    assert here["cells"] == stock["cells"]
    assert "application/vnd.safe.blocks+json" in json.dumps(here)


def test_a_report_asks_for_blocks_alone() -> None:
    """They are those of the whole representation; what holds nothing, or has no blocks, leaves nothing."""
    said, nothing = (View("outcome", blocks, load_texts("en"), {}) for blocks in ((Heading("Outcome"), Text("Open.")), ()))

    assert json.loads(representation(said, BLOCKS_TYPE)[BLOCKS_TYPE]) == representation(said)[BLOCKS_TYPE]
    assert set(representation(said, BLOCKS_TYPE)) == {BLOCKS_TYPE} < set(representation(said))
    assert representation(nothing, BLOCKS_TYPE) == representation("a text", BLOCKS_TYPE) == {}
