"""How far a colleague is with a course. What they answered opens with their own key alone; that they passed, and when, a coordinator may read."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from safe_lib.model.person import Gate, Member
from safe_lib.model.programme import COURSE_REPEATS
from safe_lib.store import audit, settings
from safe_lib.store.boxes import Holder
from safe_lib.store.programme import count_mark
from safe_lib.store.sealing import NotSealedSo, opened_by, sealed_to
from safe_lib.store.tables import LEARNING, PEOPLE, in_utc, whole

_MINE = select(LEARNING).where(LEARNING.c.person == bindparam("who"), LEARNING.c.learner == bindparam("name"), LEARNING.c.course == bindparam("about"))
_PASSED = (select(LEARNING.c.learner, LEARNING.c.version, LEARNING.c.passed)
           .where(LEARNING.c.course == bindparam("about"), LEARNING.c.passed.is_not(None)).order_by(LEARNING.c.learner, LEARNING.c.passed))
_MINE_PASSED = select(LEARNING.c.course, LEARNING.c.passed).where(LEARNING.c.person == bindparam("who"), LEARNING.c.passed.is_not(None))
_LAST = select(func.max(LEARNING.c.id))
_PUBLIC = select(PEOPLE.c.public).where(PEOPLE.c.id == bindparam("who"))
_ABOUT: Final = "learning"


@dataclass(frozen=True, slots=True)
class Learnt:
    """What is written after a step of a learner."""

    body: bytes
    version: str = ""  # of the course that was passed
    passed: date | None = None
    mark: tuple[int, int] | None = None  # right answers of how many, of the quiz that was passed; counted apart from who it was


class KeepsLearning:
    """The part of the store that knows how far somebody is with a course."""

    _holder: Holder
    _reading: Callable[[], AbstractContextManager[Connection]]
    _writing: Callable[[], AbstractContextManager[Connection]]

    def learning(self, learner: str, course: str) -> bytes | None:
        """How far the person at work is; None where they have not begun, or have another key since."""
        with self._reading() as connection:
            return self._opened(self._row(connection, learner, course), learner, course)

    def learn(self, learner: str, course: str, step: Callable[[bytes | None], Learnt], *, keep_from: datetime, by: str, at: datetime) -> bytes:
        """One step, in one go with what it starts from, so that two windows lose nothing of each other.

        Args:
            step: from what is kept to what is kept afterwards.
            keep_from: what nobody has touched since before this moment is taken out.
        """
        with self._writing() as connection:
            row = self._row(connection, learner, course)
            before = self._opened(row, learner, course)
            learnt = step(before)
            if learnt.body == before:
                return learnt.body
            public = connection.execute(_PUBLIC, {"who": self._holder.ring.person}).scalar_one()
            values: dict[str, Any] = {"version": learnt.version, "passed": learnt.passed, "sealed": sealed_to(public, learnt.body, _about(learner, course)),
                                      "by": whole(by), "at": in_utc(at)}
            if row is None:
                number = (connection.execute(_LAST).scalar() or 0) + 1
                connection.execute(insert(LEARNING), {"id": number, "person": self._holder.ring.person, "learner": whole(learner), "course": course, **values})
            else:
                connection.execute(update(LEARNING).where(LEARNING.c.id == row.id).values(**values))
            if learnt.passed is not None and (row is None or row.passed != learnt.passed):
                audit.add(connection, by=by, at=at, what="course.passed", detail=f"{learner} {course} {learnt.version}")
                if learnt.mark is not None and (row is None or row.passed is None or (learnt.passed - row.passed).days >= COURSE_REPEATS):
                    count_mark(connection, course, learnt.passed, *learnt.mark)
            connection.execute(delete(LEARNING).where(LEARNING.c.at < in_utc(keep_from)))
            return learnt.body

    def forget_learning(self, learner: str, course: str, *, by: str, at: datetime) -> bool:
        """Take out how far the person at work is; False where there was nothing."""
        with self._writing() as connection:
            row = self._row(connection, learner, course)
            if row is None:
                return False
            connection.execute(delete(LEARNING).where(LEARNING.c.id == row.id))
            audit.add(connection, by=by, at=at, what="course.forgotten", detail=f"{learner} {course}")
            return True

    def passed_course(self, course: str) -> tuple[tuple[str, str, date], ...]:
        """Who passed a course: learner, version, day; by name."""
        with self._reading() as connection:
            return tuple((row.learner, row.version, row.passed) for row in connection.execute(_PASSED, {"about": course}))

    def _row(self, connection: Connection, learner: str, course: str) -> Any:
        return connection.execute(_MINE, {"who": self._holder.ring.person, "name": learner, "about": course}).first()

    def _opened(self, row: Any, learner: str, course: str) -> bytes | None:
        try:
            return None if row is None else opened_by(self._holder.ring.private, row.sealed, _about(learner, course))
        except NotSealedSo:
            return None


def gate_of(connection: Connection, me: Member) -> Gate | None:
    """What somebody has passed, where real cases open only after the course. The batch account is nobody who could pass."""
    if settings.get(connection, "module_first") != "on" or me.roles == {"batch"}:
        return None
    passed = tuple((row.course, row.passed) for row in connection.execute(_MINE_PASSED, {"who": me.id}))
    return Gate(passed, int(settings.get(connection, "module_grace")))


def _about(learner: str, course: str) -> str:
    return f"{_ABOUT} {course} {learner}"
