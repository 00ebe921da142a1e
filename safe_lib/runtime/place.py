"""Where the server listens, with which certificate, and what it asks of the system for that."""

from __future__ import annotations

import ssl
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from safe_lib.model.errors import WrongUse
from safe_lib.runtime.behind import Hub

HERE: Final = "127.0.0.1"
PORT: Final = 8866
FILES: Final = 10_240  # open files; what macOS allows at most


@dataclass(frozen=True, slots=True)
class Place:
    """Where the server listens, and with which certificate."""

    host: str = HERE
    port: int = PORT
    certificate: Path | None = None
    key: Path | None = None
    hub: Hub | None = None  # whose proxy people come through

    @property
    def beyond(self) -> bool:
        """Other machines can reach it."""
        try:
            return not ip_address(self.host).is_loopback
        except ValueError:
            return self.host != "localhost"

    def require_safe(self) -> None:
        """Refuse to be reached by others in the clear (SEC-24).

        Raises:
            WrongUse: another address without a certificate, or a certificate that cannot be read.
        """
        if (self.certificate is None) != (self.key is None):
            raise WrongUse("safe serve: a certificate needs its key.\n  Give both --certificate FILE and --key FILE.")
        if self.beyond and self.certificate is None:
            raise WrongUse(f"safe serve: {self.host} can be reached by other machines, and what goes there could be read on the way.\n"
                           "  Give --certificate FILE and --key FILE, or leave --host away.")

    def tls(self) -> ssl.SSLContext | None:
        """TLS 1.3 with this certificate; None without one."""
        if self.certificate is None:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        try:
            context.load_cert_chain(self.certificate, self.key)
        except (OSError, ssl.SSLError):
            raise WrongUse(f"safe serve: {self.certificate} and its key cannot be used.\n"
                           "  Check that they belong together and that you may read them.") from None
        return context


def allow_many_files() -> None:
    """As many open files as the system lets this program have: a page takes some thirty, and 1,024 would end at the 35th visitor."""
    with suppress(ImportError, ValueError, OSError):  # Windows has no such limit; elsewhere it may be fixed
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft < FILES:
            resource.setrlimit(resource.RLIMIT_NOFILE, (FILES if hard == resource.RLIM_INFINITY else min(FILES, hard), hard))
