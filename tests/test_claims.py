"""Promises about the claims on real countries: how many there are, how old, from whom, and who disagrees."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from safe_lib.catalogue import paths
from safe_lib.catalogue.countries import check_countries, list_countries, load_country
from safe_lib.catalogue.reading import read_yaml
from safe_lib.engine.country import country_view, is_circular, origins, theme_view
from safe_lib.model.country import Claim, Country

ON = date(2026, 11, 21)
CLAIMS = {"NGA": 54, "ALB": 42, "VNM": 41, "BGR": 28, "MKD": 25, "UKR": 26, "MDA": 25, "MAR": 28}  # of the desk study
STILL_CURRENT = {"vnm_stigma_not_persecution"}  # until 28 February 2027
REAL = sorted(entry.iso3 for entry in list_countries() if entry.has_claims and not entry.invented)


@pytest.fixture(scope="module")
def countries() -> dict[str, Country]:
    return {iso3: load_country(iso3) for iso3 in REAL}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the country information that a test may spoil."""
    return shutil.copytree(paths.COUNTRY_INFO, tmp_path / "country_info")


def spoil(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def named(country: Country, id: str) -> Claim:
    return next(claim for claim in country.claims if claim.id == id)


def months_between(earlier: date, later: date) -> int:
    whole = (later.year - earlier.year) * 12 + later.month - earlier.month
    return whole + (later.day > earlier.day)


# --- all of them


def test_every_sourced_claim_is_there(countries: dict[str, Country]) -> None:
    """The desk study brought 269 claims on eight countries; none was lost on the way."""
    assert {iso3: len(countries[iso3].claims) for iso3 in CLAIMS} == CLAIMS
    assert sum(CLAIMS.values()) == 269


@pytest.mark.parametrize("iso3", REAL)
def test_a_claim_can_be_looked_up(countries: dict[str, Country], iso3: str) -> None:
    """Every source has an address and the day it was read, and every source is used: by a claim, by what one said before, or by a text that quotes it."""
    country = countries[iso3]
    before = [line.get("former") or {} for line in read_yaml(paths.COUNTRY_INFO / iso3 / "profile.yaml").value.get("history") or []]
    cited = {id for claim in country.claims for id in claim.sources} | {id for former in before for id in former.get("sources") or ()}
    quoted = {id for source in country.sources.values() for id in source.quotes}

    assert country.sources.keys() <= cited | quoted
    assert all(source.url and source.retrieved for source in country.sources.values())


@pytest.mark.parametrize("iso3", REAL)
def test_nobody_has_checked_what_nobody_has_checked(countries: dict[str, Country], iso3: str) -> None:
    """No professional has reviewed these claims; they say so until one has."""
    assert all(claim.checked == "" for claim in countries[iso3].claims)


# --- their age


@pytest.mark.parametrize("iso3", REAL)
def test_review_dates_are_not_stretched(countries: dict[str, Country], iso3: str) -> None:
    """A claim is good for the months of its theme at most, counted from the day it was true; a longer time has its reason beside it."""
    country = countries[iso3]
    longer = [claim for claim in country.claims if months_between(claim.as_of, claim.review_by) > country.themes[claim.theme].months]

    assert not [claim.id for claim in longer if not claim.note]
    assert not [claim.id for claim in country.claims if claim.as_of > ON]


def test_what_is_outdated_counts_as_unknown(countries: dict[str, Country]) -> None:
    """On 21 November 2026 all but one of the 269 are past their review date: their themes have no level."""
    found = [(countries[iso3], claim) for iso3 in CLAIMS for claim in countries[iso3].claims]
    outdated = [claim for _, claim in found if claim.is_outdated(ON)]
    statuses = {(country.iso3, claim.theme): theme_view(country, claim.theme, ON) for country, claim in found}

    assert {claim.id for _, claim in found} - {claim.id for claim in outdated} == STILL_CURRENT
    assert len(outdated) == 268
    assert {place for place, view in statuses.items() if view.status != "outdated"} == {("VNM", "T11")}
    assert not [place for place, view in statuses.items() if view.level is not None]


def test_a_theme_without_a_claim_is_missing_and_a_recollection_is_none(countries: dict[str, Country]) -> None:
    """What was not found is told with the day of the search; what was only recalled informs nothing."""
    morocco = theme_view(countries["MAR"], "T02", ON)
    recalled = read_yaml(paths.COUNTRY_INFO / "MAR" / "profile.yaml").value["recalled"]

    assert (morocco.status, morocco.claims) == ("missing", ())
    assert morocco.not_found == ("reprisals; searched 21 November 2026.",)
    assert recalled
    assert not {one["says"] for one in recalled} & {claim.says for claim in countries["MAR"].claims}


# --- who says it


@pytest.mark.parametrize(("iso3", "id", "voices"), [
    ("MKD", "mkd_investigations_2024", {"us department of state"}),  # the news agency repeats the report
    ("MDA", "mda_victims_2020_25", {"council of europe"}),
    ("BGR", "bgr_compensation_fund_asked", {"greta"}),  # a report that was not read itself
    ("UKR", "ukr_casualties_2025", {"ohchr"}),
    ("NGA", "nga_naptip_shelter_capacity", {"netherlands ministry of foreign affairs"}),  # who drafted the report
    ("NGA", "nga_shelters_closed", {"human rights watch", "united nations human rights council"}),
])
def test_a_source_that_repeats_another_counts_once(countries: dict[str, Country], iso3: str, id: str, voices: set[str]) -> None:
    """Who quotes is no second voice; independent sources are."""
    country = countries[iso3]

    assert origins([named(country, id)], country.sources) == voices


def test_most_claims_rest_on_one_voice(countries: dict[str, Country]) -> None:
    """Nine of the 269 have two independent voices; the others are shown as single source."""
    views = [country_view(countries[iso3], ON) for iso3 in CLAIMS]
    single = [claim["single_source"] for view in views for theme in view["themes"].values() for claim in theme["claims"]]

    assert (len(single), single.count(False)) == (269, 9)


@pytest.mark.parametrize("iso3", REAL)
def test_no_claim_goes_round_in_a_ring(countries: dict[str, Country], iso3: str) -> None:
    """Behind every claim stands an original, or a text whose own source is not known to be another one."""
    assert not [claim.id for claim in countries[iso3].claims if is_circular([claim], countries[iso3].sources)]


def test_a_ring_of_quotations_is_found(folder: Path) -> None:
    """Were the agency to quote the organisation that quotes it, the claim would be marked: no original, one voice."""
    spoil(folder, "NGA/profile.yaml", "    url: https://news.trust.org/item/20180312190223-tzj4d/\n",
          "    url: https://news.trust.org/item/20180312190223-tzj4d/\n    quotes: freedom_united_2018\n")
    nigeria = load_country("NGA", folder)
    debt = named(nigeria, "nga_debt_thousands")

    assert set(debt.sources) == {"freedom_united_2018", "trf_2018"}
    assert is_circular([debt], nigeria.sources)
    assert len(origins([debt], nigeria.sources)) == 1
    assert theme_view(nigeria, "T03", date(2018, 12, 1)).circular
    assert not theme_view(load_country("NGA"), "T03", date(2018, 12, 1)).circular


# --- who disagrees


def test_a_disagreement_opens_the_theme(countries: dict[str, Country]) -> None:
    """While both were current, neither side gave the level, whether or not the sides are graded; both are shown."""
    relocation = theme_view(countries["NGA"], "T14", date(2021, 6, 1))
    protection = theme_view(countries["ALB"], "T05", date(2024, 8, 1))

    assert (relocation.status, relocation.level) == ("conflicting", None)
    assert {"nga_indigeneity_lagos", "nga_indigeneity_not_in_cities"} <= {claim.id for claim in relocation.claims}
    assert not named(countries["NGA"], "nga_indigeneity_lagos").level
    assert (protection.status, protection.level) == ("conflicting", None)


def test_a_disagreement_is_gone_with_the_last_current_side(countries: dict[str, Country]) -> None:
    """When one side is past its review date the other stands alone; when both are, the theme is outdated."""
    protection = countries["ALB"], "T05"

    assert theme_view(*protection, date(2024, 12, 15)).level == "partial"
    assert theme_view(*protection, ON).status == "outdated"


@pytest.mark.parametrize("iso3", CLAIMS)
def test_both_sides_of_a_disagreement_are_kept(countries: dict[str, Country], iso3: str) -> None:
    """A claim that is contradicted names the other side too, so that nobody reads one without the other."""
    claims = {claim.id: claim for claim in countries[iso3].claims}

    assert not [(one.id, other) for one in claims.values() for other in one.disagrees_with if one.id not in claims[other].disagrees_with]


def test_real_profiles_have_no_problems() -> None:
    """Every profile can be read as written."""
    assert REAL
    assert check_countries() == ()
