"""Where the data files are: beside the package in a checkout, inside it in an installed wheel."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
_CHECKOUT = PACKAGE.parent
ROOT = _CHECKOUT if (_CHECKOUT / "workbooks").is_dir() and (_CHECKOUT / "country_info").is_dir() else PACKAGE / "_share"

INSTRUMENTS = PACKAGE / "instruments"
LOCALES = PACKAGE / "locales"
WORKBOOKS = ROOT / "workbooks"
COUNTRY_INFO = ROOT / "country_info"
TEMPLATES = ROOT / "templates"
