"""The house stands as it was drawn."""

import subprocess
import sys
from importlib import resources

from safe_lib.catalogue import paths


def test_imports_point_down_the_layers_and_the_engine_touches_nothing() -> None:
    """Both contracts of pyproject.toml are kept."""
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        cwd=paths.PACKAGE.parent,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_importing_the_suite_loads_neither_widgets_nor_papermill() -> None:
    """`import safe_lib` is light: what is heavy comes with the first view or report."""
    heavy = "{'ipywidgets', 'papermill', 'pandas', 'pydantic', 'sqlalchemy', 'voila'}"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, safe_lib; print(sorted({heavy} & set(sys.modules)))"], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"


def test_everything_is_strictly_typed() -> None:
    """mypy in its strict mode finds nothing."""
    done = subprocess.run(
        [sys.executable, "-m", "mypy"], cwd=paths.PACKAGE.parent, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout


def test_data_files_are_part_of_the_package() -> None:
    """Instruments and texts travel with the code."""
    root = resources.files("safe_lib")

    assert (root / "instruments" / "indicators").is_dir()
    assert (root / "locales" / "nl" / "language.yaml").is_file()


def test_the_code_is_tidy() -> None:
    """ruff finds nothing, and every public name says what it means."""
    done = subprocess.run([sys.executable, "-m", "ruff", "check", "."], cwd=paths.PACKAGE.parent, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout
