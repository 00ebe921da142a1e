"""Reads and checks the YAML that holds everything we know in general."""

from safe_lib.catalogue.instruments import instrument_files, load_instrument, load_instruments
from safe_lib.catalogue.texts import languages, load_texts, translated, translation_status

__all__ = ["instrument_files", "languages", "load_instrument", "load_instruments", "load_texts", "translated", "translation_status"]
