"""The key of a team's safety copies, in three shares of which any two bring it back (SLIP-39, Shamir's secret sharing).

The store keeps the public half only: it can make copies and cannot open one. The private half is in the shares and
nowhere else, each a line of words that three people keep on paper, in three places. One share says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from safe_lib.model.errors import WrongKey, WrongUse
from safe_lib.store.sealing import new_private, public_of

SHARES: Final = 3
NEEDED: Final = 2


@dataclass(frozen=True, slots=True)
class NewShares:
    """A new key: what the store keeps, and what goes to people, once."""

    public: bytes
    words: tuple[str, ...]

    def __repr__(self) -> str:
        """No words: this may end in a trace."""
        return "NewShares()"


def new_shares() -> NewShares:
    """A key by chance in three shares."""
    from shamir_mnemonic import generate_mnemonics

    private = new_private()
    (words,) = generate_mnemonics(1, [(NEEDED, SHARES)], private, iteration_exponent=0)  # no passphrase over it, so nothing to stretch
    return NewShares(public_of(private), tuple(words))


def joined_shares(words: Sequence[str]) -> bytes:
    """The private key that two shares give.

    Raises:
        WrongUse: there are fewer than two.
        WrongKey: a word is wrong, or they are not shares of one key; no word is repeated.
    """
    from shamir_mnemonic import MnemonicError, combine_mnemonics

    given = [" ".join(line.split()) for line in words]
    if len(set(given)) < NEEDED:
        raise WrongUse(f"shares: {NEEDED} different shares of {SHARES} are needed.\n  Give --share-file FILE for each (mode 600).")
    try:
        return bytes(combine_mnemonics(given[:NEEDED]))
    except (MnemonicError, ValueError):
        raise WrongKey("shares: these do not open the safety copy. Look whether every word is right, and whether both belong to it.") from None
