"""From an entry of the social map to a referral: what is passed on is shown, the person is asked, and the answer is kept.

Nothing is sent. What speaks against an organisation for the safety of the person stops the referral; what has to be
settled first needs a reason in words. The consent is for this organisation, this purpose and these very words.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from safe_lib import casework, disclosing, social_map
from safe_lib.casework import Desk, _may
from safe_lib.catalogue import load_texts
from safe_lib.catalogue.change_rules import names_a_case
from safe_lib.catalogue.organisation_checks import names_an_address
from safe_lib.catalogue.organisations import load_vocabulary
from safe_lib.coordination import referring
from safe_lib.disclosing import Asked
from safe_lib.engine import consents
from safe_lib.engine.matching import Fit, Reason
from safe_lib.model.assessment import Truth
from safe_lib.model.coordination import Referral
from safe_lib.model.disclosure import CONSENT, NO_BASIS, SHORTEST_REASON, Basis, Consent, State
from safe_lib.model.errors import WrongUse
from safe_lib.model.organisation import Organisation
from safe_lib.rights.consent_forms import FIRST
from safe_lib.social_map import Known

LONGEST: Final = 1000  # letters of what is passed on
_PRINT: Final = re.compile(r" \[[0-9A-F]{8}\]$")
IN_SCOPE: Final = 170  # letters of it that stand in the consent, with the print of the whole
STOPPED_BY: Final = frozenset({"authority", "authority_there", "there", "network"})  # reasons of safety: where one fails, nothing is passed on
# where one of these is open, it has to be said what was settled
SETTLED_FIRST: Final = frozenset({"authority", "authority_there", "authority_unknown", "authority_read", "there"})


@dataclass(frozen=True, slots=True)
class Offer:
    """One organisation beside one case: why it fits or not, what stops the referral, and on what it could rest."""

    ref: str
    organisation: Organisation
    services: tuple[str, ...]  # what it would be asked for
    fit: Fit
    usable: tuple[Consent, ...]  # consents for this organisation that count today
    before: tuple[Referral, ...]  # referrals to it that wait for something

    @property
    def entry(self) -> str:
        """The entry as a referral keeps it."""
        return f"{self.organisation.country} {self.organisation.id}"

    @property
    def stops(self) -> tuple[Reason, ...]:
        """Reasons for which nothing is passed on, whoever agrees."""
        return tuple(one for one in self.fit.reasons if one.truth is Truth.FAILS and one.key in STOPPED_BY)

    @property
    def to_weigh(self) -> tuple[Reason, ...]:
        """Reasons against it that have to be answered in words."""
        return tuple(one for one in self.fit.reasons if one not in self.stops
                     and (one.truth is Truth.FAILS or (one.truth is Truth.OPEN and one.key in SETTLED_FIRST)))


@dataclass(frozen=True, slots=True)
class Passing:
    """What is passed on, and why."""

    purpose: str
    words: str  # to the letter; see `as_passed`
    although: str = ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """On what it rests: what the person says now, a consent they gave before, or another basis with its reason."""

    now: str = ""  # given | refused; empty where it rests on something else
    language: str = ""  # in which the words were read to the person
    interpreter: bool = False
    how: str = "spoken"
    basis: Basis = NO_BASIS


def offer_of(desk: Desk, ref: str, one: Organisation, known: Known, need: str = "") -> Offer:
    """What there is to know before an organisation is asked for this person.

    Args:
        need: of the vocabulary; empty, or one it does not answer, asks for everything it offers.

    Raises:
        NotPermitted: only who may let something leave refers.
    """
    _may(desk, "disclose", ref)
    wanted = next((seen.services for seen in load_vocabulary().needs if seen.id == need), ())
    services = tuple(code for code in one.services if code in wanted) or one.services
    fit = social_map.fit_of(social_map.helpers_of(desk, ref, known), one, services)
    usable = tuple(said for said in disclosing.sharing(desk, ref).usable if consents.same(said.recipient, one.name))
    before = tuple(asked for asked in referring.referrals(desk, ref) if asked.waits and consents.same(asked.organisation, one.name))
    return Offer(ref, one, services, fit, usable, before)


def as_passed(words: str) -> str:
    """Words as they are shown, read to the person, kept and passed on: without empty lines and spaces at the ends."""
    return "\n".join(" ".join(line.split()) for line in words.splitlines() if line.strip())


def require_passable(desk: Desk, offer: Offer, passing: Passing) -> None:
    """Whether these words may be put before the person at all.

    Raises:
        WrongUse: a reason of safety stops it, nothing or too much is said, the words name the case or a house,
            or a reason that speaks against it is not answered.
    """
    texts = load_texts(desk.language)
    if offer.stops:
        raise WrongUse(texts("referral.wrong.stopped"))
    if not passing.words or not passing.purpose.strip():
        raise WrongUse(texts("referral.wrong.empty"))
    if len(passing.words) > LONGEST:
        raise WrongUse(texts("referral.wrong.long", most=LONGEST))
    if _names_the_case(desk, offer.ref, (passing.words, passing.purpose)):
        raise WrongUse(texts("referral.wrong.case"))
    if any(map(names_an_address, (passing.words, passing.purpose, passing.although))):
        raise WrongUse(texts("referral.wrong.address"))
    if offer.to_weigh and len(passing.although.strip()) < SHORTEST_REASON:
        raise WrongUse(texts("referral.wrong.although", least=SHORTEST_REASON))


def _names_the_case(desk: Desk, ref: str, said: Sequence[str]) -> bool:
    """Whether the reference of the case, or what it is called here, stands in words that leave."""
    named = frozenset(filter(None, (ref, casework.alias_of(desk, ref).strip())))
    return any(names_a_case(words, named) for words in said)


def scope_of(words: str) -> str:
    """What a consent says was agreed to: the beginning of the words, and a print by which the whole can be told from any other.

    >>> scope_of("Is there room for one woman?")
    'Is there room for one woman? [61EC1405]'
    """
    mark = hashlib.sha256(words.encode()).hexdigest()[:8].upper()
    line = " ".join(words.split())
    return f"{line if len(line) <= IN_SCOPE else line[:IN_SCOPE].rstrip() + ' …'} [{mark}]"


def pass_on(desk: Desk, offer: Offer, passing: Passing, agreement: Agreement) -> Referral | None:
    """Keep what the person said, and the referral if they agreed; None where they refused, which is kept as well.

    Raises:
        BasisRefused: the consent does not count, or there is no basis.
        WrongUse: as `require_passable`; the consent was for other words; or it was not said in which language the words were read.
    """
    require_passable(desk, offer, passing)
    basis = agreement.basis
    _require_same_words(desk, offer, passing, basis)
    if agreement.now:
        basis = Basis(CONSENT, _said_now(desk, offer, passing, agreement))
    if agreement.now == "refused":
        return None
    return referring.refer(desk, offer.ref, organisation=offer.organisation.name, purpose=passing.purpose, basis=basis, entry=offer.entry,
                           passed_on=passing.words, although=passing.although)


def _require_same_words(desk: Desk, offer: Offer, passing: Passing, basis: Basis) -> None:
    """A yes to some words, which the print in its scope tells, is no yes to others; one that was recorded in words of its own is compared by who refers."""
    said = next((one for one in offer.usable if basis.kind == CONSENT and one.id == basis.consent), None)
    if said is not None and not _is_for(said, passing.words):
        raise WrongUse(load_texts(desk.language)("referral.wrong.other_words"))


def _is_for(said: Consent, words: str) -> bool:
    """Whether a consent may carry these words: it names no words by their print, or these."""
    return _PRINT.search(said.scope) is None or said.scope == scope_of(words)


def carrying(offer: Offer, passing: Passing) -> tuple[Consent, ...]:
    """The earlier consents that can carry this: for the same purpose, and for no other words."""
    return tuple(one for one in offer.usable if consents.same(one.purpose, passing.purpose) and _is_for(one, passing.words))


def _said_now(desk: Desk, offer: Offer, passing: Passing, agreement: Agreement) -> str:
    state: State = "given" if agreement.now == "given" else "refused"
    asked = Asked(state, offer.organisation.name, passing.purpose, scope_of(passing.words), agreement.language, agreement.interpreter, form=FIRST,
                  how=agreement.how)
    return disclosing.record_consent(desk, offer.ref, asked).id


def kept(desk: Desk, ref: str, id: str) -> Referral | None:
    """One referral of a case."""
    return next((one for one in referring.referrals(desk, ref) if one.id == id), None)
