"""Notebooks in stored form: as small and as steady as a text file, so that a change in one shows what was changed.

Outputs are removed, counts cleared, cells numbered, metadata reduced to the kernel's name and the cells' tags. Cells
tagged `nbval-check-output` keep their plain text, made anew by running the notebook, and a count from 1: nbval refuses
an output without a count, and does not compare a cell without one.
"""

from __future__ import annotations

import json
import os
import secrets
import tempfile
from pathlib import Path
from typing import Any, Final

from safe_lib.model.errors import CatalogueError

CHECKED: Final = "nbval-check-output"
KERNEL: Final = {"display_name": "Python 3", "language": "python", "name": "python3"}  # papermill asks for the language
FORMAT: Final = (4, 5)  # the first with cell ids
LONGEST_CELL: Final = 120  # seconds

Notebook = dict[str, Any]


def tidy_file(path: Path, *, write: bool = True) -> bool:
    """Bring one notebook into stored form; whether it was otherwise.

    Args:
        path: the notebook.
        write: False changes nothing.

    Raises:
        CatalogueError: it is no notebook, or a checked one cannot be run.
    """
    try:
        raw = path.read_bytes()
    except OSError as problem:
        raise CatalogueError(str(path), 0, f"the notebook cannot be read ({problem.strerror}).", repair="Check the name and the rights.") from None
    new = tidied(raw, path)
    if new == raw:
        return False
    if write:
        _replace(path, new)
    return True


def tidied(raw: bytes, path: Path) -> bytes:
    """The stored form of a notebook. It is run only if a cell is checked; `path` says where, and names it in messages."""
    notebook = _parsed(raw, path)
    outputs = _made_anew(notebook, path) if any(_is_checked(cell) for cell in notebook["cells"]) else {}
    return in_form(notebook, outputs)


def in_form(notebook: Notebook, outputs: dict[int, list[dict[str, Any]]] | None = None) -> bytes:
    """A notebook in stored form; `outputs` maps the place of a checked cell to what it gave, None keeps what it has."""
    cells: list[dict[str, Any]] = []
    count = 0
    for place, cell in enumerate(notebook["cells"]):
        kept = cell.get("outputs", []) if outputs is None else outputs.get(place, [])
        shown = _as_text(kept) if _is_checked(cell) else []
        count += bool(shown)
        cells.append(_cell(cell, place + 1, shown, count))
    kernel = {**KERNEL, "name": notebook.get("metadata", {}).get("kernelspec", {}).get("name") or KERNEL["name"]}
    tidy = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": FORMAT[0], "nbformat_minor": FORMAT[1]}
    return (json.dumps(tidy, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _cell(cell: dict[str, Any], number: int, outputs: list[dict[str, Any]], count: int) -> dict[str, Any]:
    tags = cell.get("metadata", {}).get("tags") or []
    tidy = {"cell_type": cell["cell_type"], "id": f"c{number:02d}", "metadata": {"tags": tags} if tags else {}, "source": _lines(cell.get("source", ""))}
    if cell["cell_type"] != "code":
        return tidy
    numbered = [{**output, "execution_count": count} if output["output_type"] == "execute_result" else output for output in outputs]
    return {**tidy, "execution_count": count if outputs else None, "outputs": numbered}


def _as_text(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Printed lines and plain text; nothing else is compared, and nothing else is kept."""
    found: list[dict[str, Any]] = []
    for output in outputs:
        if output["output_type"] == "stream" and output.get("name") == "stdout":
            found.append({"name": "stdout", "output_type": "stream", "text": _lines(output["text"])})
        elif output["output_type"] in ("execute_result", "display_data") and "text/plain" in output.get("data", {}):
            found.append({"data": {"text/plain": _lines(output["data"]["text/plain"])}, "metadata": {}, "output_type": output["output_type"]})
    return found


def _lines(text: str | list[str]) -> list[str]:
    """As notebooks store a text: line by line, the last without an end."""
    return "".join(text).splitlines(keepends=True)


def _is_checked(cell: dict[str, Any]) -> bool:
    return cell["cell_type"] == "code" and CHECKED in (cell.get("metadata", {}).get("tags") or [])


def _parsed(raw: bytes, path: Path) -> Notebook:
    try:
        notebook = json.loads(raw)
        cells = notebook["cells"]
        sound = notebook["nbformat"] == FORMAT[0] and all(isinstance(cell, dict) and cell["cell_type"] in ("code", "markdown", "raw") for cell in cells)
    except (ValueError, KeyError, TypeError, RecursionError):
        sound = False
    if not sound:
        raise CatalogueError(path.name, 0, "this is not a notebook of format 4.", repair="Open and save it in JupyterLab, or restore it.")
    return dict(notebook)


def _made_anew(notebook: Notebook, path: Path) -> dict[int, list[dict[str, Any]]]:
    """Run the notebook where it lies; place of each checked cell → its outputs."""
    import nbformat

    run = nbformat.reads(in_form(notebook).decode(), as_version=FORMAT[0])
    _execute(run, path)
    return {place: [dict(output) for output in cell.get("outputs", [])] for place, cell in enumerate(run.cells) if _is_checked(cell)}


def _execute(run: Any, path: Path) -> None:
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    client = NotebookClient(run, timeout=LONGEST_CELL, kernel_name=run.metadata.kernelspec.name, resources={"metadata": {"path": str(path.resolve().parent)}})
    with tempfile.TemporaryDirectory(prefix="wb-") as folder:
        manager = client.create_kernel_manager()
        manager.transport, manager.ip = "ipc", f"{folder}/k"  # not over the network interface
        try:
            client.execute()
        except (CellExecutionError, CellTimeoutError, DeadKernelError, RuntimeError) as problem:
            name = getattr(problem, "ename", "") or type(problem).__name__
            raise CatalogueError(path.name, 0, f"the notebook cannot be run to its end ({name}).",
                                 repair="Open it with `safe lab` and look at the cell that stops.") from None


def _replace(path: Path, content: bytes) -> None:
    """Write the whole file or nothing, with the rights it had."""
    new = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        new.write_bytes(content)
        os.chmod(new, path.stat().st_mode & 0o777)
        new.replace(path)
    except OSError as problem:
        new.unlink(missing_ok=True)
        raise CatalogueError(str(path), 0, f"the notebook cannot be written ({problem.strerror}).",
                             repair="Check the rights and the room on the disk.") from None
