"""All that is kept of one person, read at once, for the person themselves (GDPR Art. 15): every version of everything.

`TOLD` names the tables whose content is told, `NOT_TOLD` those that hold none, each with why; a test holds both to the tables there are.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final

from sqlalchemy import Connection

from safe_lib.model.case import Everything
from safe_lib.store import answers, audit, boxes, cases, papers, reports, retention

TOLD: Final = frozenset({"cases", "identities", "answers", "papers", "assessments", "reports", "disclosures", "extensions", "audit", "case_keys", "glass"})
NOT_TOLD: Final = {
    "batch": "under which key a batch made which report; the report itself is told",
    "counted": "in which groups of published figures the case was counted: codes of answers and papers, which are told themselves",
    "grounds": "fingerprints of instruments and country information that a result rests on, and the result, which is told with the assessment",
    "past_keys": "keys", "assignments": "who works on a case is told by who holds its key", "exclusions": "staff who may never see the case",
    "opinions": "what a colleague has not finished answering, sealed to them; once they are done it is told as a paper",
    "hours": "how long staff worked; each entry has its line in the trail, which is told",
    "notices": "what staff were told, which stands in the trail", "tombstones": "only of cases that are erased",
}


class TellsAll:
    """The part of the store that tells everything of one case."""

    _reading: Callable[[], AbstractContextManager[Connection]]

    def everything(self, ref: str) -> Everything:
        """Every version of everything that is kept of one person; CaseNotFound where there is no such case for who asks."""
        with self._reading() as connection:
            box = boxes.box_of(connection, ref)
            return Everything(
                cases.get(connection, ref), cases.identities(connection, box), answers.of_case(connection, box), papers.of_case(connection, box),
                papers.all_kept(connection, box), reports.of_case(connection, ref), reports.disclosures(connection, ref), retention.of_case(connection, box),
                audit.lines(connection, ref), boxes.holders(connection, ref))

