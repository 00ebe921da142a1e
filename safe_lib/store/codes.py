"""The second factor: one-time codes (RFC 6238), and recovery codes for when the telephone is gone.

The secret of the codes is sealed to the person, so nobody else can look it up, the administrator neither. Recovery
codes are kept as hashes and count once; they stay valid when somebody gets a new passphrase, and are then the only way in.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Final

import pyotp
from sqlalchemy import Connection, select, update

from safe_lib.model.errors import NotPermitted
from safe_lib.store import audit, boxes
from safe_lib.store.sealing import NotSealedSo, opened_by, public_of, sealed_to
from safe_lib.store.tables import PEOPLE

STEP: Final = 30  # seconds
RECOVERY_CODES: Final = 10
_SIGNS: Final = "23456789ABCDEFGHJKLMNPQRSTVWXYZ"
ABOUT: Final = "secret of the codes"


def new_secret() -> str:
    """A secret by chance, 160 bits in base 32, as authenticator programs take it."""
    return pyotp.random_base32()


def address_of(secret: str, user: str) -> str:
    """What the picture for the telephone says; neutral, because it stays on the telephone."""
    return pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=user, issuer_name="Workbook")


def turn_on(connection: Connection, secret: str, code: str, *, by: str, at: datetime) -> tuple[str, ...]:
    """Turn codes on for the person at work, who shows with one that the telephone has them; the recovery codes, seen this once.

    Raises:
        NotPermitted: the code is not one of this secret, now.
    """
    step = _step_of(secret, code, at, after=0)
    if step is None:
        raise NotPermitted("code: this is not the code of now.\n  Look at the clock of the telephone, and try the next code.")
    made = tuple(_recovery_code() for _ in range(RECOVERY_CODES))
    ring = boxes.holder_of(connection).ring
    connection.execute(update(PEOPLE).where(PEOPLE.c.id == ring.person).values(
        code=sealed_to(public_of(ring.private), secret.encode(), ABOUT), code_used=step, recovery=" ".join(_hashed(one) for one in made)))
    audit.add(connection, by=by, at=at, what="code.on", detail=ring.user)
    return made


def turn_off(connection: Connection, code: str, *, by: str, at: datetime) -> None:
    """Turn codes off, with one last code.

    Raises:
        NotPermitted: the code is wrong.
    """
    if not accept(connection, code, by=by, at=at):
        raise NotPermitted("code: this is not the code of now.\n  Try the next code, or a recovery code.")
    ring = boxes.holder_of(connection).ring
    connection.execute(update(PEOPLE).where(PEOPLE.c.id == ring.person).values(code=None, recovery=""))
    audit.add(connection, by=by, at=at, what="code.off", detail=ring.user)


def accept(connection: Connection, code: str, *, by: str, at: datetime) -> bool:
    """Whether the person at work gave the code of now, or an unused recovery code; each counts once."""
    ring = boxes.holder_of(connection).ring
    row = connection.execute(select(PEOPLE.c.code, PEOPLE.c.code_used, PEOPLE.c.recovery).where(PEOPLE.c.id == ring.person)).one()
    mine = update(PEOPLE).where(PEOPLE.c.id == ring.person)
    step = _step_of(_secret(ring.private, row.code), code, at, after=row.code_used)
    if step is not None:
        connection.execute(mine.values(code_used=step))
        return True
    kept = row.recovery.split()
    used = next((one for one in kept if hmac.compare_digest(one, _hashed(code))), None)
    if used is None:
        return False
    connection.execute(mine.values(recovery=" ".join(one for one in kept if one != used)))
    audit.add(connection, by=by, at=at, what="code.recovery", detail=f"{ring.user}: {len(kept) - 1} left")
    return True


def _secret(private: bytes, sealed: bytes | None) -> str:
    try:
        return opened_by(private, sealed, ABOUT).decode() if sealed else ""
    except NotSealedSo:  # after a new passphrase: only recovery codes are left
        return ""


def _step_of(secret: str, code: str, at: datetime, *, after: int) -> int | None:
    """The time step whose code this is: now, the one before or after; never one that was used, nor an earlier one."""
    given = "".join(code.split())
    if not secret or len(given) != 6:
        return None
    totp = pyotp.TOTP(secret, interval=STEP)
    for shift in (-1, 0, 1):
        moment = at + timedelta(seconds=shift * STEP)
        step = int(moment.timestamp()) // STEP
        if step > after and hmac.compare_digest(totp.at(moment), given):
            return step
    return None


def _recovery_code() -> str:
    signs = "".join(secrets.choice(_SIGNS) for _ in range(16))  # 79 bits
    return "-".join(signs[place:place + 4] for place in range(0, 16, 4))


def _hashed(code: str) -> str:
    """A hash without a salt is enough for 79 bits by chance."""
    plain = "".join(sign for sign in code.upper() if sign.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()[:40]
