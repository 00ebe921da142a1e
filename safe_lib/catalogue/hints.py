"""Reports worth reading on a country, where somebody has fetched the list: titles and links, not claims."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from safe_lib.catalogue import paths
from safe_lib.catalogue.figures import load_dataset, switched_off
from safe_lib.sources.files import read_hints
from safe_lib.sources.replacing import current
from safe_lib.sources.service import Hint

LIST: Final = "reliefweb_reports"


def hints_for(iso3: str, folder: Path | None = None) -> tuple[tuple[Hint, ...], str]:
    """The reports on one country, newest first, and the line to credit them by; nothing where no list was fetched or it is switched off.

    Raises:
        CountryInfoError: the list cannot be read, or is not the one its description is of.
    """
    datasets = (folder or paths.COUNTRY_INFO) / "_datasets"
    if not current(datasets, f"{LIST}/dataset.yaml").exists() or LIST in switched_off(datasets):
        return (), ""
    found = tuple(hint for hint in read_hints(datasets, LIST) if hint.iso3 == iso3)
    return found, load_dataset(datasets, LIST).credit if found else ""
