"""Colleagues as the person is told of them: by their role, never by a name (they have rights too; GDPR Art. 15(4))."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from safe_lib.catalogue import load_texts
from safe_lib.model.person import ROLES
from safe_lib.model.texts import Texts
from safe_lib.store import Store


@dataclass(frozen=True, slots=True)
class Colleagues:
    """User name → role, in words."""

    roles: Mapping[str, str]
    other: str  # for a name that is no account any more

    @classmethod
    def of(cls, store: Store, language: str) -> Colleagues:
        """Everybody there is or was."""
        texts = load_texts(language)
        return cls({one.user: _role(one.roles, texts) for one in store.people()}, texts("rights.a_colleague"))

    def role(self, user: str) -> str:
        """The role of a colleague."""
        return self.roles.get(user, self.other)


def _role(roles: frozenset[str], texts: Texts) -> str:
    return ", ".join(texts(f"people.role.{role}") for role in ROLES if role in roles) or texts("rights.a_colleague")
