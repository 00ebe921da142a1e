"""Where a person's own files are: the stores, outside the project and outside every folder that is shared."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

SCHEME: Final = "postgresql://"  # begins the address of a store that a database server keeps (`server`)


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


_SERVICES: Final = (  # part of a folder's name → who copies what lies below it to other computers
    ("dropbox", "Dropbox"), ("onedrive", "OneDrive"), ("google drive", "Google Drive"), ("googledrive", "Google Drive"), ("my drive", "Google Drive"),
    ("icloud", "iCloud"), ("mobile documents", "iCloud"), ("com~apple~clouddocs", "iCloud"), ("cloudstorage", "a cloud service"),
    ("nextcloud", "Nextcloud"), ("owncloud", "ownCloud"), ("syncthing", "Syncthing"), ("pcloud", "pCloud"), ("box sync", "Box"), ("megasync", "MEGA"),
    ("seafile", "Seafile"),
)
_MARKS: Final = (  # a file or folder that such a service leaves at the top of what it copies
    (".dropbox", "Dropbox"), (".dropbox.cache", "Dropbox"), (".stfolder", "Syncthing"), (".sync_*.db", "Nextcloud"), ("._sync_*.db", "Nextcloud"),
    (".owncloudsync.log", "ownCloud"), (".tmp.driveupload", "Google Drive"),
)


def copying_service(place: Path) -> str | None:
    """The name of a service that copies this folder to other computers; None where nothing looks like one.

    It is a guess from names and marks, to warn with: a service that leaves neither is not found.
    """
    for folder in (place.absolute(), *place.absolute().parents):
        for part, name in _SERVICES:
            if folder.name.casefold().startswith(part):
                return name
        for mark, name in _MARKS:
            if folder != Path.home() and next(folder.glob(mark), None) is not None:
                return name
    return None
