"""An instrument as the files it is read from, and an instrument of an earlier day read from such files again."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from safe_lib.catalogue import paths
from safe_lib.catalogue.instruments import BANKS, instrument_files, load_instrument
from safe_lib.catalogue.reading import read_yaml
from safe_lib.model.errors import InstrumentError
from safe_lib.model.instrument import Instrument


def edition_of(id: str, root: Path | None = None) -> dict[str, str]:
    """The files of an instrument, its bank and the instruments that read its answers for another age: name → text."""
    base, files = root or paths.INSTRUMENTS, instrument_files(root)
    own = read_yaml(files[id], error=InstrumentError).value
    wanted = [files[id], *(files[other] for other in dict(own.get("readings") or {}).values() if other in files and other != id)]
    banks = {read_yaml(file, error=InstrumentError).value.get("uses") for file in wanted}
    wanted += [base / BANKS / f"{bank}.yaml" for bank in sorted(filter(None, banks)) if bank not in files]
    wanted += [files[bank] for bank in sorted(filter(None, banks)) if bank in files]
    return {file.relative_to(base).as_posix(): file.read_text(encoding="utf-8") for file in dict.fromkeys(wanted)}


def load_edition(id: str, files: Mapping[str, str]) -> Instrument:
    """The instrument that these files describe.

    Raises:
        InstrumentError: this version of the program cannot read it any more.
    """
    with tempfile.TemporaryDirectory() as temporary:  # general knowledge, nothing of a case
        root = Path(temporary)
        for name, text in files.items():
            place = root / name
            if not place.resolve().is_relative_to(root.resolve()):
                raise InstrumentError(id, 0, "this edition names a file outside itself.", repair="Take the store from the last safety copy.")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
        return load_instrument(id, root)
