"""What was written down about the help in one case: hand-overs, contacts, referrals, second looks; the newest first."""

from __future__ import annotations

from safe_lib.casework import Desk
from safe_lib.coordination import contacts, handing_over, referring, second_look
from safe_lib.model.coordination import Contact, Referral, SecondLook
from safe_lib.model.document import Block, Heading, Quote, Table, Text
from safe_lib.model.texts import Texts
from safe_lib.widgets.pages import date_in_words


def log_blocks(desk: Desk, ref: str, texts: Texts) -> tuple[Block, ...]:
    """The lists of a case that have something in them.

    Raises:
        NotPermitted, CaseNotFound: as everywhere.
    """
    blocks = (*_hand_overs(desk, ref, texts), *_contacts(contacts.contacts(desk, ref), texts), *_referrals(referring.referrals(desk, ref), texts),
              *_looks(second_look.looks(desk, ref), texts))
    return (Heading(texts("coord.log_of", ref=ref), 3), *(blocks or (Text(texts("coord.none.log"), "quiet"),)))


def _hand_overs(desk: Desk, ref: str, texts: Texts) -> tuple[Block, ...]:
    """The words of whoever handed the case over: what the next colleague needs first."""
    return tuple(Quote(one.words, texts("coord.handed_over", giver=one.giver, taker=one.taker, day=date_in_words(one.day, texts, "medium")))
                 for one in reversed(handing_over.hand_overs(desk, ref)))


def _contacts(found: tuple[Contact, ...], texts: Texts) -> tuple[Block, ...]:
    rows = tuple((date_in_words(one.day, texts, "medium"), texts(f"coord.contact.{one.kind}"), texts(f"coord.channel.{one.channel}"), str(one.minutes),
                  texts("coord.yes" if one.interpreter else "coord.no"), one.by) for one in sorted(found, key=lambda one: one.day, reverse=True))
    heads = tuple(texts(key) for key in ("coord.column.day", "coord.contact_is", "coord.channel_is", "coord.minutes", "coord.interpreter", "coord.closing.by"))
    return (Table(texts("coord.caption.contacts"), heads, rows),) if rows else ()


def _referrals(found: tuple[Referral, ...], texts: Texts) -> tuple[Block, ...]:
    rows = tuple((one.organisation, one.purpose, date_in_words(one.asked_on, texts, "medium"), texts(f"coord.answer.{one.state}"), _came_of(one, texts),
                  one.passed_on or texts("referral.not_written")) for one in reversed(found))
    heads = tuple(texts(key) for key in ("coord.column.organisation", "coord.purpose", "coord.column.asked_on", "coord.column.answer", "referral.came_of",
                                         "referral.passed_on"))
    return (Table(texts("coord.caption.all_referrals"), heads, rows),) if rows else ()


def _came_of(one: Referral, texts: Texts) -> str:
    """What it said, when the person was there, and the outcome."""
    seen = texts("referral.seen_on", day=date_in_words(one.seen_on, texts, "medium")) if one.seen_on else ""
    outcome = texts(f"referral.outcome.{one.outcome}") if one.outcome else ""
    return "; ".join(filter(None, (one.words, seen, outcome, one.outcome_words))) or "–"


def _looks(found: tuple[SecondLook, ...], texts: Texts) -> tuple[Block, ...]:
    rows = tuple((date_in_words(one.drawn_on, texts, "medium"), texts(f"coord.look.{one.result}"), one.words or "–", one.looked_by or "–")
                 for one in reversed(found))
    heads = tuple(texts(key) for key in ("coord.column.drawn_on", "coord.look_is", "coord.look_words", "coord.closing.by"))
    return (Table(texts("coord.caption.all_looks"), heads, rows),) if rows else ()
