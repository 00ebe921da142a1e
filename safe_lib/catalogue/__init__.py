"""Reads and checks the YAML that holds everything we know in general. Names are loaded when first used: some need pydantic."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from safe_lib.catalogue.instruments import instrument_files, load_instrument, load_instruments
    from safe_lib.catalogue.texts import load_texts, translated, translation_status
    from safe_lib.catalogue.wording import languages

_HOME = {
    "instrument_files": "instruments", "load_instrument": "instruments", "load_instruments": "instruments",
    "languages": "wording", "load_texts": "texts", "translated": "texts", "translation_status": "texts",
}

__all__ = ["instrument_files", "languages", "load_instrument", "load_instruments", "load_texts", "translated", "translation_status"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"safe_lib.catalogue has no name {name!r}.")
    return getattr(import_module(f"safe_lib.catalogue.{_HOME[name]}"), name)
