"""Small faults put into the engine one at a time, to see whether the fast tests notice.

    python -m tests.mutation.mutate --sample 400 --seed 1

A mutant is one changed place in one file of `safe_lib/engine`: another comparison, `or` for `and`, `+` for `-`, another
constant, `return None`, a turned condition. For each mutant a child process is forked, the changed module is put in
place of the real one while it is imported, and `tests/test_engine_fast.py` runs until its first failure. Files on disk
are never changed.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from types import CodeType, ModuleType
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
ENGINE: Final = ROOT / "safe_lib" / "engine"
TESTS: Final = ("tests/test_engine_fast.py",)
PREPARED: Final = ("pytest", "_pytest.assertion.rewrite", "_pytest.fixtures", "_pytest.python", "yaml", "safe_lib.model.errors", "safe_lib.model.plan",
                   "safe_lib.model.document", "safe_lib.model.texts", "safe_lib.model.instrument", "safe_lib.model.assessment", "safe_lib.model.country")
SLOWER: Final = 8  # times the unchanged run, after which a mutant counts as killed: it no longer ends
MEMORY: Final = 2 << 30  # bytes a mutant may take

Change = Callable[[Any], None]  # in place, on the node it was made for


@dataclass(frozen=True, slots=True)
class Mutant:
    """One changed place: the `change`th change of the `node`th place of a file."""

    path: Path
    node: int
    change: int
    line: int
    says: str

    def code(self) -> CodeType:
        """The whole module with the change in it."""
        tree = ast.parse(self.path.read_text(encoding="utf-8"))
        place = list(_places(tree))[self.node]
        _changes(place)[self.change][1](place)
        return compile(ast.fix_missing_locations(tree), str(self.path), "exec")

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line}: {self.says:<34} {_lines(self.path)[self.line - 1].strip()[:110]}"


@cache
def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def mutants() -> list[Mutant]:
    """Every mutant of the engine, in the order of files and lines."""
    found = []
    for path in sorted(ENGINE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for number, node in enumerate(_places(tree)):
            found += [Mutant(path, number, change, _line(node), says) for change, (says, _) in enumerate(_changes(node))]
    return found


# What is changed, and what is left alone because no answer could come out otherwise.

SKIPPED: Final = ("annotation", "returns", "decorator_list", "type_comment")


def _places(node: ast.AST) -> Iterator[Any]:
    if (isinstance(node, ast.Assign) and _is_name_only(node)) or (isinstance(node, ast.keyword) and node.arg == "strict"):
        return
    if hasattr(node, "lineno") or isinstance(node, ast.comprehension):
        yield node
    for name, value in ast.iter_fields(node):
        if name in SKIPPED:
            continue
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, ast.AST) and not _is_text_for_readers(part):
                yield from _places(part)


def _line(node: Any) -> int:
    line: int = node.target.lineno if isinstance(node, ast.comprehension) else node.lineno
    return line


def _is_text_for_readers(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_name_only(node: ast.Assign) -> bool:
    """`__all__`, and names for types."""
    named = node.targets[0]
    return isinstance(named, ast.Name) and (named.id == "__all__" or (named.id[0].isupper() and not named.id.isupper()))


SWAPPED: Final[dict[type[ast.AST], tuple[type[ast.AST], ...]]] = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
    ast.And: (ast.Or,), ast.Or: (ast.And,),
    ast.Add: (ast.Sub,), ast.Sub: (ast.Add,), ast.Mult: (ast.Div,), ast.Div: (ast.Mult,), ast.BitOr: (ast.BitAnd,), ast.BitAnd: (ast.BitOr,),
}


def _changes(node: Any) -> list[tuple[str, Change]]:
    if isinstance(node, ast.Compare):
        return [(f"{_word(old)} → {new.__name__}", _set_op(place, new)) for place, old in enumerate(node.ops) for new in SWAPPED.get(type(old), ())]
    if isinstance(node, ast.BoolOp | ast.BinOp | ast.AugAssign):
        return [(f"{_word(node.op)} → {new.__name__}", _set("op", new())) for new in SWAPPED.get(type(node.op), ())]
    if isinstance(node, ast.UnaryOp):
        turned = ("not left out", _set("operand", ast.UnaryOp(ast.Not(), node.operand)))
        return [turned if isinstance(node.op, ast.Not) else ("sign turned", _set("op", ast.UAdd()))]
    if isinstance(node, ast.Constant):
        return [(f"{node.value!r:.20} → {other!r:.20}", _set("value", other)) for other in _others(node.value)]
    if isinstance(node, ast.Return):
        return [] if node.value is None or _is_none(node.value) else [("return None", _set("value", ast.Constant(None)))]
    if isinstance(node, ast.If | ast.While):
        return [("condition turned", _set("test", ast.UnaryOp(ast.Not(), node.test)))]
    if isinstance(node, ast.IfExp):
        return [("always the first", _set("test", ast.Constant(True))), ("always the second", _set("test", ast.Constant(False)))]
    if isinstance(node, ast.comprehension):
        return [("filter left out", _without(place)) for place, _ in enumerate(node.ifs)]
    return []


def _others(value: object) -> tuple[object, ...]:
    if isinstance(value, bool):
        return (not value,)
    if isinstance(value, int):
        return (value + 1, value - 1)
    if isinstance(value, str):
        return (f"{value}x",)
    return ()


def _word(node: ast.AST) -> str:
    return type(node).__name__


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _set(field: str, value: Any) -> Change:
    return lambda node: setattr(node, field, value)


def _set_op(place: int, new: type[ast.AST]) -> Change:
    def change(node: Any) -> None:
        node.ops[place] = new()

    return change


def _without(place: int) -> Change:
    def change(node: Any) -> None:
        del node.ifs[place]

    return change


# One mutant at work.

class _InPlace(importlib.machinery.SourceFileLoader):
    """Loads one module from given code instead of its file."""

    def __init__(self, name: str, path: str, code: CodeType) -> None:
        super().__init__(name, path)
        self.code = code

    def get_code(self, fullname: str) -> CodeType:
        return self.code


class _Finder(importlib.abc.MetaPathFinder):
    """Finds the mutant before the real module is found."""

    def __init__(self, mutant: Mutant) -> None:
        parts = mutant.path.relative_to(ROOT).with_suffix("").parts
        self.name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        self.mutant, self.is_package = mutant, parts[-1] == "__init__"

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> importlib.machinery.ModuleSpec | None:
        if fullname != self.name:
            return None
        file = str(self.mutant.path)
        places = [str(self.mutant.path.parent)] if self.is_package else None
        return importlib.util.spec_from_file_location(fullname, file, loader=_InPlace(fullname, file, self.mutant.code()), submodule_search_locations=places)


def run(mutant: Mutant | None, seconds: float) -> str:
    """What the tests say of a mutant: `killed`, `out of time` or `survived`. Without one: of the engine as it is."""
    child = os.fork()
    if child == 0:
        _run_and_leave(mutant, seconds)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return "survived" if os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0 else "killed"
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "out of time"


def _run_and_leave(mutant: Mutant | None, seconds: float) -> None:
    code = 70
    try:
        silent = os.open(os.devnull, os.O_WRONLY)
        if mutant is not None:
            os.dup2(silent, 1)
            os.dup2(silent, 2)
            sys.meta_path.insert(0, _Finder(mutant))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 1))
        import pytest

        code = int(pytest.main(["-x", "-q", "--no-header", "--no-summary", "--rootdir", str(ROOT), *(str(ROOT / test) for test in TESTS)]))
    finally:
        os._exit(code)


def main() -> int:
    """Try a sample of the mutants and tell how many the tests noticed; 1 if fewer than `--at-least`."""
    asked = _arguments()
    os.environ.update(PYTEST_DISABLE_PLUGIN_AUTOLOAD="1", PYTEST_ADDOPTS="-p no:cacheprovider --noconftest")
    os.chdir(ROOT)
    os.nice(10)
    every = [mutant for mutant in mutants() if asked.file in str(mutant.path)]
    tried = sorted(Random(asked.seed).sample(every, min(asked.sample, len(every))), key=lambda mutant: (mutant.path, mutant.line, mutant.node))
    for name in PREPARED:
        importlib.import_module(name)
    start = time.monotonic()
    if run(None, 600) != "survived":
        print("mutate: the tests fail on the engine as it is. Mend that first.", file=sys.stderr)
        return 2
    unchanged = time.monotonic() - start
    found = [(mutant, run(mutant, 2 + SLOWER * unchanged)) for mutant in tried]
    return _tell(found, len(every), unchanged, time.monotonic() - start, asked.at_least)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation.mutate", description="Small faults in the engine: do the fast tests notice?")
    parser.add_argument("--sample", type=int, default=400, metavar="N", help="mutants to try (400)")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="which ones (1)")
    parser.add_argument("--file", default="", metavar="PART", help="only files whose path holds this")
    parser.add_argument("--at-least", type=float, default=85, metavar="PERCENT", help="share that must be noticed (85)")
    return parser.parse_args()


def _tell(found: list[tuple[Mutant, str]], every: int, unchanged: float, seconds: float, at_least: float) -> int:
    survivors = [mutant for mutant, said in found if said == "survived"]
    files = Counter(mutant.path for mutant, _ in found)
    lived = Counter(mutant.path for mutant in survivors)
    for path in sorted(files):
        print(f"{files[path] - lived[path]:>4} of {files[path]:>4} noticed  {path.relative_to(ROOT)}")
    print("\nNot noticed:", *survivors, sep="\n  ")
    share = 100 * (1 - len(survivors) / len(found))
    slow = sum(said == "out of time" for _, said in found)
    print(f"\n{len(found) - len(survivors)} of {len(found)} mutants noticed, {share:.1f} % ({slow} of them by the time limit), out of {every} possible ones; "
          f"{seconds:.0f} s, {unchanged:.1f} s for the unchanged engine.")
    return 0 if share >= at_least else 1


if __name__ == "__main__":
    sys.exit(main())
