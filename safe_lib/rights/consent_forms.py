"""What a consent is for, and how long it lasts; as data, in `consent_forms.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final, Literal

Lasts = Literal["months", "once", "closure", "withdrawn"]
LASTS: Final[tuple[Lasts, ...]] = ("months", "once", "closure", "withdrawn")
FIRST: Final = "CF-REFERRAL"  # what a consent is where nobody says otherwise


@dataclass(frozen=True, slots=True)
class ConsentForm:
    """One kind of consent."""

    id: str
    lasts: Lasts
    months: int = 0


@lru_cache(maxsize=1)
def consent_forms() -> Mapping[str, ConsentForm]:
    """Every kind by its id.

    Raises:
        ValueError: the file says of one that it lasts as nothing can.
    """
    import yaml

    text = (files("safe_lib.rights") / "consent_forms.yaml").read_text(encoding="utf-8")
    found = {one["id"]: ConsentForm(**one) for one in yaml.load(text, Loader=yaml.CSafeLoader)["forms"]}
    if any(one.lasts not in LASTS or (one.lasts == "months") != bool(one.months) for one in found.values()):
        raise ValueError("rights/consent_forms.yaml: lasts is one of " + ", ".join(LASTS) + "; months only with months.")
    return found
