"""Where the data files are: beside the package in a checkout, inside it in an installed wheel."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

OWN_COUNTRY_INFO: Final = "SAFE_COUNTRY_INFO"  # variable: a copy of `country_info` that an organisation keeps and amends; else the one that came along

PACKAGE = Path(__file__).resolve().parent.parent
_CHECKOUT = PACKAGE.parent
ROOT = _CHECKOUT if (_CHECKOUT / "workbooks").is_dir() and (_CHECKOUT / "country_info").is_dir() else PACKAGE / "_share"

INSTRUMENTS = PACKAGE / "instruments"
LOCALES = PACKAGE / "locales"
WORKBOOKS = ROOT / "workbooks"
COUNTRY_INFO = Path(os.environ[OWN_COUNTRY_INFO]).resolve() if os.environ.get(OWN_COUNTRY_INFO) else ROOT / "country_info"
TEMPLATES = ROOT / "templates"
