"""The words of one language, by key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Texts:
    """Interface texts of one language; what is missing is taken from the fallback language.

    A text may hold `{fact}` places. Plain substitution only: texts are data, never code.
    """

    language: str
    direction: str  # ltr | rtl
    entries: Mapping[str, str]
    fallback: Mapping[str, str] = field(default_factory=dict)
    name: str = ""  # the language in its own words
    status: str = "reviewed"  # draft | reviewed

    def __call__(self, key: str, /, **facts: Any) -> str:
        """The text for a key, its places filled; the key itself where no language has it."""
        text = self.entries.get(key) or self.fallback.get(key) or key
        for name, value in facts.items():
            text = text.replace("{" + name + "}", str(value))
        return text

    def has(self, key: str) -> bool:
        """Some language has a text for this key."""
        return key in self.entries or key in self.fallback
