"""What came of a survey: counts, shares with intervals, order of bottlenecks, trends by country and sector, codes of open answers.

The unit is the respondent. `dont_know` is an answer of its own and no part of a share; what was not asked or not answered is
in no base. Whoever answered chose to, so no figure here says what causes what. Small groups are withheld everywhere, by the
one function `withheld`; a country with too few respondents is counted with its region, and a region with too few with others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Final

from safe_lib.engine.agreement import Agreement, cohen_kappa
from safe_lib.engine.shares import Interval, chi_square, cramers_v, wilson, withheld
from safe_lib.model.survey import DONT_KNOW, UNKNOWN, Question, Said, Survey
from safe_lib.store.surveys import Coding

if TYPE_CHECKING:
    import pandas as pd

FEWEST_TESTED: Final = 30  # respondents, for a difference between groups (analysis plan)
FEWEST_MEASURED: Final = 10  # respondents, for a median (rule D11)
SHUFFLES: Final = 1_999
SEED: Final = 20261127
CAP: Final = 0.95  # numbers above this quantile count as it
POINTS: Final = (3, 2, 1)  # of a rank
OTHERS: Final = "others"  # countries of several regions together
WHOLE_REGION: Final = "region:"
TARGET: Final = 0.70  # kappa of a code (analysis plan)


@dataclass(frozen=True, slots=True)
class Share:
    """How many gave an answer; `interval` is None where it is withheld or nobody was counted."""

    code: str
    words: str
    count: int | None  # None: withheld
    base: int
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class Counted:
    """The answers to one question, or to one row of a matrix."""

    place: str
    words: str
    base: int  # who answered, without those who do not know
    unknown: int | None  # who do not know; None: withheld
    shares: tuple[Share, ...]
    above: Share | None = None  # of a matrix: the answers that count together


@dataclass(frozen=True, slots=True)
class Ranked:
    """One option of a rank: points of all respondents, and how many put it first."""

    code: str
    words: str
    points: int | None
    first: Share


@dataclass(frozen=True, slots=True)
class Measured:
    """A number: quartiles of those who gave one; None where they are too few."""

    base: int
    unknown: int | None
    quartiles: tuple[float, float, float] | None


@dataclass(frozen=True, slots=True)
class Group:
    """Respondents who are shown together."""

    id: str
    words: str
    size: int


@dataclass(frozen=True, slots=True)
class Crossed:
    """One answer by groups, and how far the groups differ; no cause is meant."""

    place: str
    words: str
    groups: tuple[tuple[Group, Share], ...]
    effect: float | None  # Cramér's V, 0 to 1
    chance: float | None  # how often groups by chance differ as much; None for fewer than 30 respondents


@dataclass(frozen=True, slots=True)
class CodeCount:
    """One code of the codebook: how often it was given, and how far two colleagues agree on it."""

    code: str
    words: str
    answers: int | None
    agreement: Agreement


class Analysis:
    """All figures of one survey; each is worked out when it is asked for."""

    def __init__(self, survey: Survey, responses: Sequence[Said], smallest: int, others: str, codings: Sequence[Coding] = ()) -> None:
        """Take responses as they are.

        Args:
            smallest: respondents in the smallest group that is shown; never fewer than the survey says.
            others: how countries of several regions together are called.
        """
        self.survey, self.smallest, self.others, self.codings = survey, max(smallest, survey.smallest_group), others, codings
        self.responses = responses

    @cached_property
    def frame(self) -> pd.DataFrame:
        """One row for each respondent, one column for each place; a cell is a tuple of codes, or missing."""
        import pandas as pd

        places = list(self.survey.places)
        return pd.DataFrame([{place: tuple(said[place]) for place in places if said.get(place)} for said in self.responses], columns=places)

    def asked(self, place: str) -> Counted:
        """How often each answer to a question was given."""
        question = self.survey.places[place]
        column = self.frame[place].dropna()
        exploded = column.explode().value_counts()
        unknown = int(exploded.get(DONT_KNOW, 0)) if DONT_KNOW in question.options else 0
        base = len(column) - unknown
        codes = [code for code in question.options if code != DONT_KNOW]
        counts = [int(exploded.get(code, 0)) for code in codes]
        together = withheld([[*counts, unknown]], self.smallest) if question.kind != "multiple" else frozenset(
            (0, at) for at, count in enumerate(counts) if withheld([[count, base - count]], self.smallest))
        if base + unknown < self.smallest:
            together = frozenset((0, at) for at in range(len(codes) + 1))
        shares = tuple(self._share(code, question.options[code], count, base, hidden=(0, at) in together)
                       for at, (code, count) in enumerate(zip(codes, counts, strict=True)))
        told = None if (0, len(codes)) in together else unknown
        return Counted(place, words_of(question, place), base, told, shares, self._above(question, counts, codes, base))

    def _above(self, question: Question, counts: Sequence[int], codes: Sequence[str], base: int) -> Share | None:
        scale = self.survey.scales.get(question.scale)
        if scale is None or not scale.counted:
            return None
        count = sum(number for number, code in zip(counts, codes, strict=True) if code in scale.counted)
        words = ", ".join(scale.options[code] for code in scale.counted)
        return self._share("+".join(scale.counted), words, count, base, hidden=bool(withheld([[count, base - count]], self.smallest)))

    def _share(self, code: str, words: str, count: int, base: int, *, hidden: bool) -> Share:
        hidden = hidden or base < self.smallest
        return Share(code, words, None if hidden else count, base, None if hidden else wilson(count, base))

    def matrix(self, id: str) -> tuple[Counted, ...]:
        """The rows of a matrix, the largest share first; withheld ones last."""
        question = self.survey.question(id)
        rows = [self.asked(place) for place in question.places] if question else []
        return tuple(sorted(rows, key=lambda row: (row.above is None or row.above.interval is None,
                                                   -(row.above.interval.share if row.above and row.above.interval else 0.0))))

    def ranking(self, id: str) -> tuple[Ranked, ...]:
        """Options by points (3 for the first place, 2 and 1 for the next); with the share that put each first."""
        question = self.survey.question(id)
        if question is None:
            return ()
        orders = self.frame[id].dropna()
        named, points = Counter[str](), Counter[str]()
        firsts = Counter(order[0] for order in orders)
        for order in orders:
            named.update(order)
            points.update({code: most for code, most in zip(order, POINTS, strict=False)})  # noqa: C416
        hidden = withheld([[firsts[code] for code in question.options]], self.smallest)
        found = [Ranked(code, words, points[code] if named[code] >= self.smallest else None,
                        self._share(code, words, firsts[code], len(orders), hidden=(0, at) in hidden))
                 for at, (code, words) in enumerate(question.options.items())]
        return tuple(sorted(found, key=lambda one: (one.points is None, -(one.points or 0))))

    def measured(self, id: str) -> Measured:
        """Quartiles of a number; the highest twentieth counts as its lowest."""
        column = self.frame[id].dropna().map(lambda codes: codes[0])
        unknown = int((column == UNKNOWN).sum())
        numbers = column[column != UNKNOWN].astype(float)
        told = None if withheld([[unknown, len(numbers)]], self.smallest) else unknown
        if len(numbers) < max(FEWEST_MEASURED, self.smallest):
            return Measured(len(numbers), told, None)
        capped = numbers.clip(upper=numbers.quantile(CAP))
        low, middle, high = (float(capped.quantile(part)) for part in (0.25, 0.5, 0.75))
        return Measured(len(numbers), told, (low, middle, high))

    # By groups

    @cached_property
    def by_country(self) -> Mapping[int, Group]:
        """Respondent → the country, region or others they are shown with; every group is large enough."""
        return self._grouped(self.survey.country, self._wider)

    @cached_property
    def by_sector(self) -> Mapping[int, Group]:
        """Respondent → the sector they are shown with; small sectors are shown together."""
        return self._grouped(self.survey.sector, lambda code: (OTHERS, self.others))

    def _wider(self, code: str) -> tuple[str, str]:
        region = next((one for one in self.survey.regions if code in one.countries), None)
        return (f"{WHOLE_REGION}{region.id}", f"{region.title} ({self.others})") if region else (OTHERS, self.others)

    def _grouped(self, place: str, wider: object) -> Mapping[int, Group]:
        question = self.survey.question(place)
        if question is None:
            return {}
        said = {int(at): codes[0] for at, codes in self.frame[place].dropna().items()}
        names = dict(question.options)
        for step in (wider, lambda code: (OTHERS, self.others)):
            counts = Counter(said.values())
            for at, code in said.items():
                if counts[code] < self.smallest and code != OTHERS:
                    said[at], names[said[at]] = (found := step(code))[0], found[1]  # type: ignore[operator]
        counts = Counter(said.values())
        if 0 < counts[OTHERS] < self.smallest:  # who is left goes with the smallest group, or the rest would tell of them
            small = min((code for code in counts if code != OTHERS), key=lambda code: (counts[code], code), default=OTHERS)
            said = {at: OTHERS if code == small else code for at, code in said.items()}
        counts = Counter(said.values())
        return {at: Group(code, names.get(code, self.others), counts[code]) for at, code in said.items() if counts[code] >= self.smallest}

    def crossed(self, place: str, codes: Sequence[str], groups: Mapping[int, Group]) -> Crossed:
        """The share that gave one of these answers, in each group; largest group first."""
        question = self.survey.places[place]
        column = self.frame[place].dropna()
        column = column[column.map(lambda said: said != (DONT_KNOW,))]
        rows = {group: [0, 0] for group in sorted(set(groups.values()), key=lambda one: (-one.size, one.words))}
        for at, said in column.items():
            if (group := groups.get(int(at))) is not None:
                rows[group][0 if set(said) & set(codes) else 1] += 1
        table = list(rows.values())
        hidden = withheld(table, self.smallest)
        shares = tuple((group, self._share(group.id, group.words, yes, yes + no, hidden=(at, 0) in hidden or (at, 1) in hidden))
                       for at, (group, (yes, no)) in enumerate(rows.items()))
        full = [row for row in table if sum(row)]
        total = sum(map(sum, full))
        told = total >= FEWEST_TESTED and not hidden  # an effect over cells that are withheld would tell of them
        return Crossed(place, words_of(question, place), shares, cramers_v(full) if told else None, by_chance(full) if told else None)

    # Open answers

    def coded(self, places: Sequence[str]) -> tuple[CodeCount, ...]:
        """How often each code was given to open answers, and kappa of the two who coded most; codes that nobody gave are left out."""
        mine = [one for one in self.codings if one.place in places]
        given: dict[tuple[int, str], set[str]] = {}
        for one in mine:
            given.setdefault((one.answer, one.place), set()).update(one.codes)
        counts = Counter(code for codes in given.values() for code in codes)
        pairs = _two_readings(mine)
        found = [CodeCount(code.id, code.title, counts[code.id] if counts[code.id] >= self.smallest else None,
                           cohen_kappa([("yes" if code.id in one else "no", "yes" if code.id in other else "no") for one, other, _ in pairs],
                                       about=[who for _, _, who in pairs]))
                 for code in self.survey.codes if counts[code.id]]
        return tuple(sorted(found, key=lambda one: (one.answers is None, -(one.answers or 0), one.code)))


def words_of(question: Question, place: str) -> str:
    """What is asked at a place: of a matrix, its row."""
    return question.rows.get(place.partition(".")[2], question.ask)


def by_chance(table: Sequence[Sequence[int]]) -> float | None:
    """How often groups drawn by chance differ at least as much as these, from 1,999 drawings with a fixed seed.

    It needs no large numbers in each cell, so it serves where Fisher's exact test would and where chi-square would.

    Source:
        A. C. A. Hope (1968), A simplified Monte Carlo significance test procedure, J. R. Stat. Soc. B 30, 582-598.
    """
    import numpy as np

    rows = [sum(row) for row in table]
    columns = [sum(column) for column in zip(*table, strict=True)]
    if len(rows) < 2 or min(columns, default=0) == 0:
        return None
    seen, chance = chi_square(table), np.random.default_rng(SEED)
    drawn = chance.multivariate_hypergeometric(rows, columns[0], size=SHUFFLES)
    total, sizes = sum(rows), np.array(rows)
    expected = np.outer(sizes, columns) / total
    found = ((drawn - expected[:, 0]) ** 2 / expected[:, 0]).sum(axis=1) + ((sizes - drawn - expected[:, 1]) ** 2 / expected[:, 1]).sum(axis=1)
    return float((1 + (found >= seen - 1e-9).sum()) / (SHUFFLES + 1))


def _two_readings(codings: Sequence[Coding]) -> list[tuple[frozenset[str], frozenset[str], int]]:
    """The answers that both of the two coded who share most: the first's codes, the second's, and whose answer it is."""
    by: dict[str, dict[tuple[int, str], frozenset[str]]] = {}
    for one in codings:
        by.setdefault(one.coder, {})[one.answer, one.place] = frozenset(one.codes)
    pairs = [(first, second) for first, second in combinations(sorted(by), 2)]
    if not pairs:
        return []
    first, second = max(pairs, key=lambda pair: len(by[pair[0]].keys() & by[pair[1]].keys()))
    return [(by[first][key], by[second][key], key[0]) for key in sorted(by[first].keys() & by[second].keys())]
