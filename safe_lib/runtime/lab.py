"""JupyterLab on the workbooks, for analysts: the same notebooks, with the training store and invented persons only."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from safe_lib.catalogue.paths import TEMPLATES, WORKBOOKS
from safe_lib.model.errors import WrongUse
from safe_lib.rights.handover import VARIABLE, Visit
from safe_lib.runtime.visits import Handover
from safe_lib.store import Store, derive_key
from safe_lib.store.folders import passphrase_of
from safe_lib.store.passphrase import read_passphrase

PORT: Final = 8888
ANALYST: Final = "analyst"
# JupyterLab would ask its makers for news, PyPI for a newer version, and offer to install extensions; what asks on the
# screen is taken out by `templates/lab/labconfig/page_config.json`.
QUIET: Final = (
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",
)


class TrainingHandover(Handover):
    """Gives the training store to every kernel of this user: which one asks does not matter, nobody in it exists."""

    def __init__(self, visit: Visit) -> None:
        """Answer every kernel with this visit."""
        self.visit = visit
        super().__init__()

    def _taken(self, pid: int) -> Visit | None:
        return self.visit


def lab(store: Path, port: int = PORT, *, browser: bool = True) -> int:
    """Run JupyterLab until it is stopped; its exit code.

    Args:
        store: a training store with its passphrase beside it.
        port: on this machine only.
        browser: whether to open one.

    Raises:
        WrongUse: JupyterLab is not installed, or the store holds real persons.
    """
    if importlib.util.find_spec("jupyterlab") is None:
        raise WrongUse("safe lab: JupyterLab is not installed.\n  Install it: pip install 'safe-workbooks[lab]'.")
    handover = TrainingHandover(training_visit(store))
    command = [sys.executable, "-m", "jupyterlab", "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", f"--ServerApp.root_dir={WORKBOOKS}", *QUIET]
    chosen = [*([] if browser else ["--no-browser"]), *(["--allow-root"] if os.geteuid() == 0 else [])]  # root: the user of a container
    env = {**os.environ, VARIABLE: handover.path, "JUPYTER_CONFIG_PATH": str(TEMPLATES / "lab")}
    try:
        return subprocess.run([*command, *chosen], env=env, check=False).returncode
    except KeyboardInterrupt:
        return 0


def training_visit(store: Path) -> Visit:
    """What kernels in the lab get: the training store, no case chosen.

    Raises:
        WrongUse: the store holds real persons; they are worked on with `safe serve` alone.
    """
    key = derive_key(store, read_passphrase(passphrase_of(store)))
    with Store.open_with_key(store, key) as opened:
        if not opened.training:
            raise WrongUse(f"{store}: this is not a training store.\n  Work with real persons through `safe serve`.")
    return Visit(str(store), key.hex(), ANALYST, "own", "en", workbook="", case="")
