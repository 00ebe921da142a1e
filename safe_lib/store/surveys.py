"""Surveys among professionals: links, responses, and how open answers were coded.

Each link has a key of its own in two halves, one in the database and one in the vault, as a case has: when a link is erased,
no copy of the database that was ever made says any more what was answered by it.
"""

from __future__ import annotations

import secrets
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from safe_lib.model.errors import WrongUse
from safe_lib.store import audit, postbox
from safe_lib.store.boxes import Holder
from safe_lib.store.sealing import Box, derived, new_key, new_private, public_of
from safe_lib.store.tables import SURVEY_ANSWERS, SURVEY_CODINGS, SURVEY_LINKS, in_utc, whole

BY_LINK: Final = "link"
_LINKS = select(SURVEY_LINKS).order_by(SURVEY_LINKS.c.id)
_LINK = select(SURVEY_LINKS).where(SURVEY_LINKS.c.id == bindparam("number"))
_COUNTS = select(SURVEY_ANSWERS.c.link, func.count()).group_by(SURVEY_ANSWERS.c.link)
_ANSWERS = select(SURVEY_ANSWERS).where(SURVEY_ANSWERS.c.link == bindparam("number")).order_by(SURVEY_ANSWERS.c.id)
_MARKS = select(SURVEY_ANSWERS.c.mark).where(SURVEY_ANSWERS.c.link == bindparam("number"))
_CODINGS = (select(SURVEY_CODINGS, SURVEY_ANSWERS.c.link).join(SURVEY_ANSWERS, SURVEY_ANSWERS.c.id == SURVEY_CODINGS.c.answer)
            .where(SURVEY_ANSWERS.c.link == bindparam("number")).order_by(SURVEY_CODINGS.c.id))


@dataclass(frozen=True, slots=True)
class Link:
    """A link by which a survey is answered."""

    id: int
    survey: str
    version: str
    until: date  # the last day
    closed: date | None
    by: str
    answers: int = 0  # in the store
    waiting: int = 0  # in the letter box


@dataclass(frozen=True, slots=True)
class Response:
    """One response; who gave it is not known."""

    id: int
    link: int
    source: str  # link | paper | file
    received: date
    said: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Arrived:
    """A response on its way into the store; the same `known_by` comes in once."""

    known_by: str
    said: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Coding:
    """Which codes one colleague gave to one open answer."""

    answer: int
    place: str
    coder: str
    codes: tuple[str, ...]


class KeepsSurveys:
    """The part of the store that keeps surveys."""

    path: Path
    _holder: Holder
    _reading: Callable[[], AbstractContextManager[Connection]]
    _writing: Callable[[], AbstractContextManager[Connection]]

    def open_survey(self, survey: str, version: str, until: date, *, by: str, at: datetime) -> tuple[Link, str]:
        """A new link and the token it ends with, which is told this once."""
        token, private = postbox.new_token(), new_private()
        with self._writing() as connection:
            id = (connection.execute(select(func.max(SURVEY_LINKS.c.id))).scalar() or 0) + 1
            number, half = self._holder.vault.add(), new_key()
            box = _box(id, self._holder.vault.half(number), half)
            connection.execute(insert(SURVEY_LINKS), {
                "id": id, "survey": survey, "version": version, "until": until, "closed": None, "vault": number, "half": half,
                "sealed": box.seal("survey_links", (id,), private), "by": whole(by), "at": in_utc(at)})
            audit.add(connection, by=by, at=at, what="survey.opened", detail=f"{id} {survey} {version}")
        slot = postbox.Slot(id, survey, version, until.isoformat(), b64encode(public_of(private)).decode())
        postbox.put_up(self.path, token, slot)
        return Link(id, survey, version, until, None, by), token

    def close_survey(self, id: int, on: date, *, by: str, at: datetime) -> None:
        """The link works no more; what was answered stays."""
        with self._writing() as connection:
            self._link_row(connection, id)
            connection.execute(update(SURVEY_LINKS).where(SURVEY_LINKS.c.id == id).values(closed=on))
            audit.add(connection, by=by, at=at, what="survey.closed", detail=str(id))
        postbox.take_down(self.path, id)

    def erase_survey(self, id: int, *, by: str, at: datetime) -> int:
        """Take out a link with everything that was answered by it, in every copy too; how many responses there were."""
        with self._writing() as connection:
            row = self._link_row(connection, id)
            mine = select(SURVEY_ANSWERS.c.id).where(SURVEY_ANSWERS.c.link == id)
            connection.execute(delete(SURVEY_CODINGS).where(SURVEY_CODINGS.c.answer.in_(mine)))
            count = connection.execute(delete(SURVEY_ANSWERS).where(SURVEY_ANSWERS.c.link == id)).rowcount
            connection.execute(delete(SURVEY_LINKS).where(SURVEY_LINKS.c.id == id))
            audit.add(connection, by=by, at=at, what="survey.erased", detail=f"{id} {row.survey}")
        self._holder.vault.erase(row.vault)
        postbox.take_down(self.path, id, forget=True)
        return int(count)

    def survey_links(self) -> tuple[Link, ...]:
        """Every link with how many responses there are."""
        with self._reading() as connection:
            counts = {link: count for link, count in connection.execute(_COUNTS)}  # noqa: C416
            rows = list(connection.execute(_LINKS))
        return tuple(Link(row.id, row.survey, row.version, row.until, row.closed, row.by, counts.get(row.id, 0), postbox.waiting(self.path, row.id))
                     for row in rows)

    def add_responses(self, id: int, source: str, arrived: Iterable[Arrived], on: date, *, by: str, at: datetime) -> tuple[str, ...]:
        """Keep responses, each once; what came in that was not there before, by what it is known by."""
        with self._writing() as connection:
            added = self._add_responses(connection, id, source, arrived, on, by)
            if added:
                audit.add(connection, by=by, at=at, what="survey.answers", detail=f"{id} {source} {len(added)}")
            return added

    def _add_responses(self, connection: Connection, id: int, source: str, arrived: Iterable[Arrived], on: date, by: str) -> tuple[str, ...]:
        box = self._link_box(self._link_row(connection, id))
        known, added, rows = set(connection.execute(_MARKS, {"number": id}).scalars()), [], []
        last = connection.execute(select(func.max(SURVEY_ANSWERS.c.id))).scalar() or 0
        for one in arrived:
            mark = box.mark("response", one.known_by)
            if mark in known:
                continue
            known.add(mark)
            added.append(one.known_by)
            body = {place: list(codes) for place, codes in one.said.items()}
            rows.append({"id": last + len(added), "link": id, "source": source, "mark": mark, "received": on, "by": whole(by),
                         "sealed": box.seal_words("survey_answers", (id, mark), body)})
        if rows:
            connection.execute(insert(SURVEY_ANSWERS), rows)
        return tuple(added)

    def fetch_letters(self, id: int, on: date, *, by: str, at: datetime) -> int:
        """Empty the letter box of a link into the store; how many came in. A letter in a wrong form was put in by no form of ours, and goes."""
        with self._reading() as connection:
            row = self._link_row(connection, id)
            private = self._link_box(row).open("survey_links", (id,), row.sealed)
        found = list(postbox.letters(self.path, id, private))
        if not found:
            return 0
        arrived = [Arrived(str(one["number"]), one["said"]) for one in found]
        # By chance in order: the order in which people answered is not kept.
        secrets.SystemRandom().shuffle(arrived)
        added = self.add_responses(id, BY_LINK, arrived, on, by=by, at=at)
        postbox.emptied(self.path, id, private, frozenset(one.known_by for one in arrived))
        return len(added)

    def responses(self, id: int) -> tuple[Response, ...]:
        """Every response that came by a link."""
        with self._reading() as connection:
            box = self._link_box(self._link_row(connection, id))
            rows = list(connection.execute(_ANSWERS, {"number": id}))
        return tuple(Response(row.id, id, row.source, row.received, _said(box.open_words("survey_answers", (id, row.mark), row.sealed))) for row in rows)

    def code_answer(self, coding: Coding, link: int, *, at: datetime) -> None:
        """Keep how somebody coded an open answer; coding it again replaces one's own."""
        with self._writing() as connection:
            box = self._link_box(self._link_row(connection, link))
            mine = (SURVEY_CODINGS.c.answer == coding.answer, SURVEY_CODINGS.c.place == coding.place, SURVEY_CODINGS.c.by == coding.coder)
            connection.execute(delete(SURVEY_CODINGS).where(*mine))
            id = (connection.execute(select(func.max(SURVEY_CODINGS.c.id))).scalar() or 0) + 1
            connection.execute(insert(SURVEY_CODINGS), {
                "id": id, "answer": coding.answer, "place": coding.place, "by": whole(coding.coder), "at": in_utc(at),
                "sealed": box.seal_words("survey_codings", (coding.answer, coding.place, coding.coder), list(coding.codes))})

    def codings(self, link: int) -> tuple[Coding, ...]:
        """How the open answers of a link were coded, by whom."""
        with self._reading() as connection:
            box = self._link_box(self._link_row(connection, link))
            rows = list(connection.execute(_CODINGS, {"number": link}))
        return tuple(Coding(row.answer, row.place, row.by, tuple(box.open_words("survey_codings", (row.answer, row.place, row.by), row.sealed)))
                     for row in rows)

    def _link_row(self, connection: Connection, id: int) -> Any:
        row = connection.execute(_LINK, {"number": id}).first()
        if row is None:
            raise WrongUse(f"survey: there is no link {id}.\n  `safe survey list` names those there are.")
        return row

    def _link_box(self, row: Any) -> Box:
        return _box(row.id, self._holder.vault.half(row.vault), row.half)


def _box(id: int, one: bytes, other: bytes) -> Box:
    return Box(f"survey {id}", 1, derived(one + other, f"answers of survey {id}"))


def _said(body: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    return {place: tuple(codes) for place, codes in body.items()}
