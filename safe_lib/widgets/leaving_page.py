"""The page on leaving: what Leave does, what it cannot do, and what helps besides (SEC-36).

It stands before the work on a shared computer, and is reached from the foot of every page, signed in or not. After the
pattern “Exit a page quickly” of the GOV.UK design system: people are told before they may need it.
"""

from __future__ import annotations

from html import escape
from typing import Final

from safe_lib.model.texts import Texts
from safe_lib.widgets.shell import SIGN_IN, Frame, address, icon, page_shell

DOES: Final = ("blank", "keys", "saved", "locked", "back")
CANNOT: Final = ("addresses", "network", "programs", "files", "account", "people")
HELPS: Final = ("private", "close", "passphrase", "elsewhere", "danger")
SHARED: Final = ("addresses", "mask", "lock", "files")


def leaving_page(frame: Frame, then: str = "") -> str:
    """What leaving does and does not.

    Args:
        frame: what surrounds the page.
        then: where to go on to; empty: to the start page, or to sign-in.
    """
    texts = frame.texts
    on = then or address(frame, frame.base_url if frame.signed_in else frame.base_url + SIGN_IN)
    here = _part(texts, "shared", SHARED, "i-lock") if frame.shared else ""
    body = (
        f'<div class="plain-page stack"><h1>{escape(texts("leaving.title"))}</h1><p class="lead">{escape(texts("leaving.lead"))}</p>\n'
        f'{_part(texts, "does", DOES, "i-tick")}{here}{_part(texts, "cannot", CANNOT, "i-warn")}{_part(texts, "helps", HELPS, "i-tick")}'
        f'<p><a class="btn" href="{escape(on)}">{escape(texts("leaving.go_on"))}</a></p></div>\n'
    )
    return page_shell(frame, body)


def _part(texts: Texts, name: str, points: tuple[str, ...], sign: str) -> str:
    lines = "".join(f"<li>{icon(sign)}<span>{escape(texts(f'leaving.{name}.{point}'))}</span></li>" for point in points)
    return (f'<section class="card stack-s" aria-labelledby="{name}-title"><h2 id="{name}-title">{escape(texts(f"leaving.{name}"))}</h2>'
            f'<ul class="ticks">{lines}</ul></section>\n')
