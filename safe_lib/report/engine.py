"""papermill's engine `safe`: no kernel to start, no sockets, and nothing kept on disk.

Where this process holds a desk, a workbook of the suite runs here and now: its cells hold single expressions and
assignments, and each value is asked for its own representation, as a notebook would. Another notebook is refused then:
it would run with everything that this process may do (SEC-43).

Without a desk, as with papermill's own command, any notebook runs in a forked child, with the rights of whoever typed
the command and nothing of the suite's; its outputs are those of papermill's usual engine.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import os
from functools import lru_cache
from types import CodeType
from typing import Any, Final

import nbformat
from papermill.engines import Engine

from safe_lib.casework import desk_here
from safe_lib.catalogue.prose import read_notebook, source_of, workbook_names, workbook_path
from safe_lib.model.errors import WrongUse
from safe_lib.rights.handover import VARIABLE
from safe_lib.rights.jobs import PARAMETERS

Compiled = tuple[CodeType, CodeType | None]
EXAMPLE: Final = "example"  # the tag of a cell that shows an invented person, in no report


class SafeEngine(Engine):  # type: ignore[misc]
    """Runs a workbook here and now, another notebook in a child that holds nothing."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, only: str = "", aside: list[Any] | None = None, **kwargs: Any) -> None:
        """Run every cell in order; an error stops the run and is told by papermill.

        Args:
            only: the one representation of each value that is wanted, as JSON, for a run that nobody reads as a notebook; examples are left out.
            aside: takes the cells out of the notebook once they have run; papermill would copy, check and write them out before it learns that
                nobody wants them on paper.

        Raises:
            WrongUse: a desk is at hand, and this is not a workbook of the suite as it stands in its folder.
        """
        if desk_here() is not None or VARIABLE in os.environ:
            require_workbook(nb_man.nb)
            run_workbook(nb_man, only, aside)
        else:
            from safe_lib.report.forked import run_forked
            from safe_lib.report.kernel import run_cells

            run_forked(nb_man, lambda managed: run_cells(managed, kernel_name, **kwargs))


def run_workbook(nb_man: Any, only: str = "", aside: list[Any] | None = None) -> None:
    """Run the cells of a workbook in this process; where they are put aside, nobody asks when each began and ended."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    count = 0
    for place, cell in enumerate(nb_man.nb.cells):
        if cell.cell_type != "code" or (only and EXAMPLE in cell.metadata.get("tags", [])):
            continue
        count += 1
        compiled = (_parsed if PARAMETERS in cell.metadata.get("tags", []) else _parsed_once)(cell.source)
        if aside is None:
            nb_man.cell_start(cell, place)
        cell.outputs = run_cell(compiled, namespace, count, only)
        cell.execution_count = count
        if aside is None:
            nb_man.cell_complete(cell, cell_index=place)
    if aside is not None:
        aside[:], nb_man.nb.cells = nb_man.nb.cells, []


def require_workbook(notebook: Any) -> None:
    """The code of a notebook is that of a workbook of the suite, whatever it is called and wherever it comes from.

    Raises:
        WrongUse: it is not.
    """
    if code_of(notebook) not in [_code(name, stamp_of_workbook(name)) for name in workbook_names()]:
        raise WrongUse("papermill: the engine `safe` runs the workbooks of the suite and no other notebook.\n"
                       "  Put your notebook into the folder workbooks, or run it with papermill's usual engine and your own rights.")


@lru_cache(maxsize=64)
def _code(name: str, _stamp: tuple[int, int]) -> list[str]:
    return code_of(read_notebook(name))


def stamp_of_workbook(name: str) -> tuple[int, int]:
    """When the file of a workbook was written, and its size: another stamp, another file."""
    found = workbook_path(name).stat()
    return found.st_mtime_ns, found.st_size


def code_of(notebook: Any) -> list[str]:
    """The code of a notebook, cell by cell, without the parameters that papermill has put into it."""
    return [source_of(cell) for cell in notebook["cells"] if cell["cell_type"] == "code" and PARAMETERS not in cell["metadata"].get("tags", [])]


def run_cell(compiled: Compiled, namespace: dict[str, Any], count: int, only: str = "") -> list[Any]:
    """Run one cell; its outputs as a notebook stores them."""
    statements, last = compiled
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(statements, namespace)  # noqa: S102  (the suite's own notebooks; foreign ones are never run)
        value = eval(last, namespace) if last is not None else None  # noqa: S307
    outputs = []
    if said.getvalue():
        outputs.append(nbformat.v4.new_output("stream", name="stdout", text=said.getvalue()))
    if value is not None:
        outputs.append(_result(representation(value, only), count))
    return outputs


def _parsed(source: str) -> Compiled:
    """The statements of a cell, and the expression at its end whose value it shows."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    shown = compile(ast.Expression(last.value), "<cell>", "eval") if isinstance(last, ast.Expr) else None
    return compile(tree, "<cell>", "exec"), shown


_parsed_once: Final = lru_cache(maxsize=512)(_parsed)  # cells of workbooks, the same for every case; never what papermill puts in


def _result(data: dict[str, Any], count: int) -> Any:
    """What a cell gives, in the form that nbformat's `new_output` makes; that one checks it against the whole schema each time."""
    return nbformat.from_dict({"output_type": "execute_result", "metadata": {}, "data": data, "execution_count": count})


def representation(value: Any, only: str = "") -> dict[str, Any]:
    """A value as a notebook shows it, or the one representation of it that is wanted: as one text, which papermill hands on as it is."""
    made = getattr(value, "_repr_mimebundle_", None)
    if only:
        wanted = made(include={only}) if callable(made) else {}
        return {only: json.dumps(wanted[only], ensure_ascii=False)} if wanted.get(only) else {}  # what is empty says nothing
    bundle = made() if callable(made) else None
    if isinstance(bundle, tuple):
        bundle = bundle[0]
    return dict(bundle) if bundle else {"text/plain": repr(value)}
