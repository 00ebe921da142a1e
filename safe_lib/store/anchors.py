"""Where the audit trail ended when a coordinator last looked, noted for them in `<store>.anchors` (SEC-55).

The chain of hashes finds whatever is changed, and cannot find that its end is missing. So each coordinator's program notes
the last line at every sign-in, sealed with that coordinator's own key, and compares at the next. Nobody else can write such
a note. Whoever takes the whole file away, or puts an older one back, leaves only the notes on paper.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from contextlib import suppress
from pathlib import Path
from typing import Final

from safe_lib.model.anchor import Anchor, anchor_of
from safe_lib.model.errors import SafeError, StoreError
from safe_lib.store.keys import alone, replace_private
from safe_lib.store.sealing import derived, locked, unlocked
from safe_lib.store.slots import KeyRing
from safe_lib.store.trouble import told
from safe_lib.store.vault import vault_file

ABOUT: Final = b"anchor of the audit trail"
MOST: Final = 1000  # notes; the oldest fall out
LARGEST: Final = 1_000_000  # bytes


def anchors_file(path: Path) -> Path:
    """Where the anchors of a store stand."""
    return path.with_name(path.name + ".anchors")


def noted(path: Path, ring: KeyRing) -> Anchor | None:
    """What was noted for this person; None where nothing was, or somebody else wrote there."""
    sealed = _read(path).get(_name(ring), "")
    with suppress(SafeError, ValueError):
        return anchor_of(unlocked(derived(ring.private, "anchor"), b64decode(sealed), ABOUT).decode())
    return None


def note(path: Path, ring: KeyRing, anchor: Anchor) -> None:
    """Note it for this person; a disk that is full or may not be written keeps the note from before."""
    with suppress(StoreError), told(path), alone(vault_file(path)):
        name, said = _name(ring), _read(path)
        said.pop(name, None)
        said[name] = b64encode(locked(derived(ring.private, "anchor"), str(anchor).encode(), ABOUT)).decode()
        replace_private(anchors_file(path), json.dumps(dict(list(said.items())[-MOST:])).encode())


def _name(ring: KeyRing) -> str:
    """A name in the file that tells nobody's."""
    return derived(ring.private, "name of an anchor")[:8].hex()


def _read(path: Path) -> dict[str, str]:
    try:
        with anchors_file(path).open("rb") as file:
            said = json.loads(file.read(LARGEST))
        return {str(name): str(sealed) for name, sealed in said.items()}
    except (OSError, ValueError, AttributeError):
        return {}
