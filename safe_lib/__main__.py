"""`python3 -m safe_lib COMMAND`: sets everything up with the standard library alone, then is the `safe` command.

In a checkout it makes `.venv` beside `pyproject.toml`, installs the project with the versions of
`safe_lib/constraints.txt`, and runs itself again inside. In an installed wheel there is nothing to set up.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
CHECKOUT = PACKAGE.parent
ENVIRONMENT = CHECKOUT / ".venv"
STAMP = ENVIRONMENT / "safe-installed"
OLDEST = (3, 11)


def main() -> None:
    """Set up if needed, then run the command."""
    if sys.version_info < OLDEST:
        sys.exit(f"python: this is Python {sys.version.split()[0]}, and SAFE Workbooks needs {OLDEST[0]}.{OLDEST[1]} or newer.\n"
                 "  Install a newer Python and use it for the same command.")
    if (CHECKOUT / "pyproject.toml").is_file() and Path(sys.prefix).resolve() != ENVIRONMENT.resolve():
        set_up("lab,test" if "test" in sys.argv[1:2] or is_ready("lab,test") else "lab")
        os.execv(python(), [str(python()), "-m", "safe_lib", *sys.argv[1:]])
    from safe_lib.cli import main as run

    run()


def python() -> Path:
    """The interpreter of the environment."""
    return ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def wanted(extras: str) -> str:
    """What the environment must have been made from."""
    digest = hashlib.sha256(f"{extras} {sys.version}".encode())
    for name in ("pyproject.toml", "safe_lib/constraints.txt"):
        digest.update((CHECKOUT / name).read_bytes())
    return digest.hexdigest()


def is_ready(extras: str) -> bool:
    """The environment was made from these very files."""
    return python().is_file() and STAMP.is_file() and STAMP.read_text() == wanted(extras)


def set_up(extras: str) -> None:
    """Make the environment and install into it, unless that was done already."""
    if is_ready(extras):
        return
    print(f"Setting up {ENVIRONMENT.name} (once; a few minutes) …", file=sys.stderr, flush=True)
    if not python().is_file():
        run([sys.executable, "-m", "venv", str(ENVIRONMENT)], "The environment could not be made.",
            "On Debian and Ubuntu, install the package python3-venv.")
    run([str(python()), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--editable", f"{CHECKOUT}[{extras}]",
         "--constraint", str(PACKAGE / "constraints.txt")], "The packages could not be installed.",
        "Check the connection to your package index, then run the same command again; what is there already is kept.")
    STAMP.write_text(wanted(extras))


def run(command: list[str], problem: str, repair: str) -> None:
    """Run one step; a failure is told in a sentence."""
    if subprocess.run(command, check=False, stdout=sys.stderr).returncode:
        sys.exit(f"set-up: {problem}\n  {repair}")


if __name__ == "__main__":
    main()
