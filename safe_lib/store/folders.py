"""Where a person's own files are: the stores, outside the project and outside every folder that is shared."""

from __future__ import annotations

import os
from pathlib import Path


def data_folder() -> Path:
    """The folder for this user's data (XDG Base Directory specification); it may not exist yet."""
    named = os.environ.get("XDG_DATA_HOME", "")
    base = Path(named) if os.path.isabs(named) else Path.home() / ".local" / "share"
    return base / "safe-workbooks"


def default_store() -> Path:
    """The store of a command that names none."""
    return data_folder() / "store.safe"


def training_store() -> Path:
    """The store with invented persons that `serve` and `lab` make where there is none."""
    return data_folder() / "training.safe"


def passphrase_of(store: Path) -> Path:
    """Where the passphrase of a training store stands. A store with real persons has no such file."""
    return store.with_name(store.name + ".passphrase")
