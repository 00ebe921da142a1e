"""Promises about fetching figures again: correct, patient, resumable, silent about cases, and never half done."""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import publishers as play
import pytest
import yaml
from publishers import BROKEN, BROKEN_OFF, BUSY, CUT, GONE, WEB_PAGE, Asked, Figures, Play, Reply, playing, troubled
from small_datasets import DATASETS, FROM, SMALL

from safe_lib.catalogue import paths
from safe_lib.catalogue.countries import check_countries, load_country
from safe_lib.catalogue.figures import load_dataset
from safe_lib.model.errors import CountryInfoError, SafeError, WrongUse
from safe_lib.sources import acled, files, hapi, reliefweb, replacing
from safe_lib.sources.gleditsch_ward import BY_NUMBER
from safe_lib.sources.keys import read_keys
from safe_lib.sources.latest import read_plain
from safe_lib.sources.refresh import Errand, Result, refresh, steps_of
from safe_lib.sources.service import Keys

NOW = datetime(2026, 11, 26, 10, 30, tzinfo=UTC)
NUMBERS = {iso3: number for number, iso3 in BY_NUMBER.items() if number not in (345, 679, 680)}
VOICES = "wgi_voice_accountability"
VOICE = {VOICES: "GOV_WGI_VA.EST"}
COMMAND = [sys.executable, "-c", "from safe_lib.cli import main; main()"]


@pytest.fixture
def folder(small_datasets: Path) -> Path:
    """`_datasets` of a copy that a test may change."""
    return small_datasets / "_datasets"


@pytest.fixture
def pauses() -> list[float]:
    """The seconds that would have been waited."""
    return []


Run = Callable[..., Result]


@pytest.fixture
def run(folder: Path, pauses: list[float]) -> Run:
    """Fetch one dataset from a play; the result, and in `run.seen` what was asked."""
    def fetch(source: str, answers: Play, keys: Keys | None = None, *, accept: bool = False, now: datetime = NOW) -> Result:
        with playing(answers) as publisher:
            errand = Errand(folder, publisher.address, keys or Keys(), accept, lambda: now, pauses.append)
            (result,) = refresh(errand, source)
            fetch.seen = publisher.seen  # type: ignore[attr-defined]
        return result

    return fetch


def old(folder: Path, id: str) -> dict[tuple[str, str, int], float]:
    return dict(files.read_figures(folder, id, "figures"))


def state(folder: Path) -> dict[str, bytes]:
    """Every file that readers see."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file() and ".refresh" not in path.parts}


def only(figures: Figures, *indicators: str) -> dict[tuple[str, str, int], Any]:
    return {key: value for key, value in figures.items() if key[1] in indicators}


# --- what a good answer becomes


def test_world_bank_figures_come_by_country_without_regions(run: Run, folder: Path) -> None:
    """A renewed value, a new year and a new country arrive; the world and income groups are left out and named; null is no data."""
    figures = old(folder, "wb_wgi_dd")
    figures |= {("NGA", VOICES, 2023): -0.51, ("NGA", VOICES, 2024): -0.5, ("ESH", VOICES, 2024): 0.25}
    result = run("wb_wgi_dd", play.world_bank(figures, VOICE, page_size=250))

    assert (result.state, result.edition, result.left_out) == ("replaced", "2026-07-01", ("1W", "WLD"))
    (change,) = result.changes
    assert (change.added, change.removed, change.changed, change.newest_before, change.newest) == (2, 0, 1, 2023, 2024)
    assert old(folder, "wb_wgi_dd") == figures
    figure = load_country("NGA", folder.parent).figures[VOICES]
    assert (figure.value, figure.year) == (-0.5, 2024)
    assert [asked.value("page") for asked in run.seen] == ["1", "2", "3"]
    assert {(asked.value("source"), asked.value("date")) for asked in run.seen} == {("3", f"{FROM}:2026")}


def test_unhcr_figures_add_up_and_become_rates(run: Run, folder: Path) -> None:
    """New applications of all procedures are added, appeals are not; numbers may be texts; a rate is the count by population."""
    before = old(folder, "unhcr_rdf")
    counts = {key: value for key, value in before.items() if not key[1].endswith("_rate")}
    counts["AFG", "refugees_from", 2025] = 3_000_000
    result = run("unhcr", play.unhcr(counts, page_size=300))
    now = old(folder, "unhcr_rdf")

    assert (result.state, result.left_out) == ("replaced", ("XXA",))
    assert {key: value for key, value in now.items() if not key[1].endswith("_rate")} == counts
    population = old(folder, "wb_wdi")["AFG", "population", 2025]
    assert now["AFG", "refugees_from_rate", 2025] == pytest.approx(3_000_000 / population * 1000, rel=1e-5)
    assert now["NGA", "idps_conflict_rate", 2024] == pytest.approx(before["NGA", "idps_conflict_rate", 2024], rel=1e-4)
    assert all(dict(asked.query)["coo_all"] == "true" and asked.path.endswith("/") for asked in run.seen)


def test_ucdp_is_asked_for_the_newest_edition_there_is(run: Run, folder: Path) -> None:
    """An edition that is not out (404) gives way to the one before; next pages are followed; numbers become codes; zero stays zero."""
    figures = only(old(folder, "ucdp_ov251"), "conflict_deaths", "onesided_deaths", "nonstate_deaths")
    result = run("ucdp", play.ucdp(figures, NUMBERS, page_size=500, newest="25.1"))

    assert (result.state, result.edition) == ("same", "25.1") or result.changes
    assert [asked.path.rpartition("/")[2] for asked in run.seen][:3] == ["26.1", "25.1", "25.1"]
    now = old(folder, "ucdp_ov251")
    assert only(now, "conflict_deaths") == only(figures, "conflict_deaths")
    assert now["NLD", "conflict_deaths", 2024] == 0
    assert {"SRB", "YEM", "XKX"} <= {iso3 for iso3, _, _ in now}
    assert "Organized Violence 25.1" in load_dataset(folder, "ucdp_ov251").credit


def test_a_next_page_under_the_publishers_own_name_is_asked_where_we_ask(run: Run, folder: Path) -> None:
    """A server that plays the publisher may name pages by the publisher's address; no other server is asked for them."""
    figures = only(old(folder, "ucdp_ov251"), "conflict_deaths", "onesided_deaths", "nonstate_deaths")
    result = run("ucdp", play.ucdp(figures, NUMBERS, page_size=250, own="https://ucdpapi.pcr.uu.se"))

    assert result.state != "failed" and len(run.seen) > 2


def test_who_rows_by_sex_are_not_mixed(run: Run, folder: Path) -> None:
    """Of several rows for a country and year only the one for all people counts, by its number and not by its text."""
    figures = old(folder, "who_gho")
    figures["NGA", "nurses_midwives", 2020] = 15.5
    result = run("who_gho", play.who(figures, "HWF_0006"))

    assert (result.state, result.edition, result.left_out) == ("replaced", "2026-04-25", ("AFR",))
    assert old(folder, "who_gho") == figures


def test_hapi_gives_dimensions_and_never_the_overall_index(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Full pages are followed by further ones; numbers as texts and signs for no data are understood; who asks says who they are."""
    monkeypatch.setattr(hapi, "LIMIT", 2)
    rows = [play.risk("NGA", 6.3, "6.1"), play.risk("ALB", "2.5", 4.4), play.risk("SDN", 8.1, "-"), play.risk("WLD", 1, 1)]
    refused = run("hapi", play.hapi(rows, needs=True))
    result = run("hapi", play.hapi(rows, needs=True), Keys("desk@shelter.example"))

    assert refused.state == "failed" and "contact: desk@shelter.example" in refused.repair
    assert (result.state, result.countries, result.left_out) == ("replaced", 3, ("WLD",))
    assert set(old(folder, "hapi_inform")) == {("NGA", "inform_vulnerability", 2026), ("NGA", "inform_coping", 2026), ("ALB", "inform_vulnerability", 2026),
                                               ("ALB", "inform_coping", 2026), ("SDN", "inform_vulnerability", 2026)}
    assert load_country("NGA", folder.parent).figures["inform_coping"].value == 6.1
    assert load_country("SDN", folder.parent).figures["inform_coping"].value is None
    assert [asked.value("offset") for asked in run.seen] == ["0", "2", "4"]


@pytest.mark.parametrize("order", ["freq unit citizen sex age decision geo time", "time decision geo citizen freq age sex unit"])
def test_eurostat_cubes_are_read_by_name_whatever_their_order(run: Run, folder: Path, order: str) -> None:
    """The share of positive decisions by citizenship, where there were a hundred; `:` is no data; Greece and Kosovo have their own codes."""
    counts = {("NG", "TOTAL", "2024"): 1000, ("NG", "TOTAL_POS", "2024"): 250, ("XK", "TOTAL", "2024"): 200, ("XK", "TOTAL_POS", "2024"): 10,
              ("AL", "TOTAL", "2024"): 95, ("AL", "TOTAL_POS", "2024"): 5, ("EL", "TOTAL", "2024"): 300, ("TOTAL", "TOTAL", "2024"): 9000}
    result = run("eurostat", play.eurostat(counts, order.split()))

    assert (result.state, result.edition, result.left_out) == ("replaced", "2026-06-20", ())
    assert (folder / "eurostat_asylum" / "outcomes.csv").read_text() == (
        "iso3,outcome,value,year,source\nNGA,eu_recognition_rate,25,2024,eurostat_asylum\nXKX,eu_recognition_rate,5,2024,eurostat_asylum\n")
    assert "eu_recognition_rate" not in load_country("NGA", folder.parent).figures


def test_eurostat_reads_the_total_of_a_dimension_it_did_not_ask_for(run: Run, folder: Path) -> None:
    """A new dimension with a total is read by its total; one without cannot be read and is told."""
    counts = {("NG", "TOTAL", "2024"): 1000, ("NG", "TOTAL_POS", "2024"): 250}
    read = run("eurostat", play.eurostat(counts, extra={"applicant": ["FIRST", "TOTAL"]}))
    told = run("eurostat", play.eurostat(counts, extra={"applicant": ["FIRST", "REPEAT"]}))

    assert read.state == "replaced" and ",25," in (folder / "eurostat_asylum" / "outcomes.csv").read_text()
    assert told.state == "failed" and '"applicant" divides the values in a way that is not known here' in told.problem


def test_reliefweb_gives_titles_and_links_and_no_text(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest reports of each country, once; reports on many countries and records without a title are passed over."""
    monkeypatch.setattr(reliefweb, "LIMIT", 3)
    reports = [play.report("Second", "2026-03-01", "NGA", "NER"), play.report("Newest", "2026-10-01", "NGA", url="https://reliefweb.int/node/2"),
               {"url": "https://reliefweb.int/node/3"}, play.report("On everybody", "2026-05-01", "NGA", "NER", "MLI", "TCD", "CMR", "BEN"),
               play.report("Newest", "2026-10-01", "NGA", url="https://reliefweb.int/node/2")]
    result = run("reliefweb", play.reliefweb(reports, approved="our-name"), Keys(entries={"reliefweb": {"appname": "our-name"}}))
    hints = files.read_hints(folder, "reliefweb_reports")

    assert (result.state, result.values, result.countries) == ("replaced", 3, 2)
    assert [(hint.iso3, hint.day, hint.title) for hint in hints] == [
        ("NER", "2026-03-01", "Second"), ("NGA", "2026-10-01", "Newest"), ("NGA", "2026-03-01", "Second")]
    assert json.loads(run.seen[0].body)["fields"]["include"] == list(reliefweb.FIELDS)


def test_reports_stand_beside_a_country_as_hints_and_never_as_claims(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`safe country` lists titles and links with the note that nobody has looked at them; no theme changes; a switch takes them away."""
    from safe_lib.catalogue import load_texts
    from safe_lib.widgets.blocks import blocks_text
    from safe_lib.widgets.reading_hints import reading_hints_blocks

    monkeypatch.setattr(paths, "COUNTRY_INFO", folder.parent)
    assert reading_hints_blocks("NGA", load_texts()) == ()
    before = load_country("NGA", folder.parent)
    run("reliefweb", play.reliefweb([play.report("A report", "2026-10-01", "NGA"), play.report("Undated", "soon", "NGA", url="https://reliefweb.int/node/9")]))
    told = blocks_text(reading_hints_blocks("NGA", load_texts()))

    assert "A report (AGENCY, 2026-10-01): https://reliefweb.int/node/1" in told and "Undated (AGENCY, no date)" in told
    assert "Nobody here has looked at what they say" in told and "Titles and links from ReliefWeb (OCHA), fetched 2026-11-26." in told
    assert "Niemand hier heeft bekeken" in blocks_text(reading_hints_blocks("NGA", load_texts("nl")))
    assert load_country("NGA", folder.parent).hash == before.hash
    assert reading_hints_blocks("ALB", load_texts()) == ()
    (folder / "switched_off.yaml").write_text("switched_off: [reliefweb_reports]\n")
    assert reading_hints_blocks("NGA", load_texts()) == ()


def test_acled_rows_become_counts_and_a_token_that_ends_is_renewed(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The token ends in the middle of the pages: it is renewed and no page is lost; an event that comes twice counts once; no row is kept."""
    monkeypatch.setattr(acled, "LIMIT", 4)
    events = [play.event(f"NGA{number}", "566", civilians="Civilian targeting" if number < 2 else "") for number in range(7)]
    events += [play.event("NGA6", 566), play.event("ALB1", 8.0, "Demonstrations"), play.event("ALB2", 8), play.event("KOS1", 0)]
    keys = Keys(entries={"acled": {"username": "desk", "password": "two words"}})
    result = run("acled", play.acled(events, "desk", "two words", lasts=2), keys)

    assert (result.state, result.left_out) == ("replaced", ("0",))
    figures = old(folder, "acled_counts")
    assert only(figures, "acled_events", "acled_civilian_events") == {
        ("NGA", "acled_events", 2025): 7, ("NGA", "acled_civilian_events", 2025): 2, ("ALB", "acled_events", 2025): 1}
    assert ("NGA", "acled_events_rate", 2025) in figures
    assert sum(asked.path == "/oauth/token" for asked in run.seen) == 2
    assert not any("NGA6" in path.read_text(errors="replace") for path in folder.rglob("*") if path.is_file())


def test_an_empty_answer_is_told_in_the_form_of_each_service(run: Run, folder: Path) -> None:
    """No rows are no figures: what is here stays, and the reason stands beside it."""
    before = state(folder)
    empties: dict[str, Play] = {
        "wb_wgi_dd": play.always(Reply([{"page": 0, "pages": 0, "per_page": 20000, "total": 0, "sourceid": "3", "lastupdated": "2026-07-01"}, None])),
        "unhcr": play.unhcr({}), "ucdp": play.ucdp({}, NUMBERS), "who_gho": play.always(Reply({"@odata.context": "…", "value": []})),
        "hapi": play.hapi([]), "reliefweb": play.reliefweb([]), "acled": play.acled([]),
    }
    results = {source: run(source, answers) for source, answers in empties.items() if source not in ("reliefweb", "unhcr")}

    assert {result.state for result in results.values()} == {"failed"}
    assert all("no values" in result.problem for result in results.values())
    assert state(folder) == before


# --- patience


@pytest.mark.parametrize("trouble", [BROKEN, CUT, WEB_PAGE, BROKEN_OFF, Reply(raw=b""), Reply(raw=b'{"page": NaN}'), Reply(raw=b"[" * 100_000)])
def test_what_may_pass_is_asked_again(run: Run, folder: Path, pauses: list[float], trouble: Reply) -> None:
    """A broken server, half an answer or a web page in its place: asked again after a growing pause, then used."""
    figures = old(folder, "wb_wgi_dd")
    result = run("wb_wgi_dd", troubled(play.world_bank(figures, VOICE), trouble, trouble, trouble))

    assert result.state == "same"
    assert pauses == [2.0, 4.0, 8.0]


def test_four_times_are_enough(run: Run, folder: Path, pauses: list[float]) -> None:
    """After four tries it is told in words, the old figures stay, and other datasets of the same server are not asked for."""
    before = state(folder)
    with playing(play.always(WEB_PAGE)) as publisher:
        results = refresh(Errand(folder, publisher.address, now=lambda: NOW, pause=pauses.append), "world_bank")

    assert [result.state for result in results] == ["failed", "failed"]
    assert results[0].problem == "World Bank, SP.POP.TOTL, page 1: the answer is a web page instead of data. Asked 4 times."
    assert results[1].problem == "World Bank did not answer before, so it was not asked again."
    assert len(publisher.seen) == 4
    assert state(folder) == before


def test_a_server_says_how_long_to_wait(run: Run, folder: Path, pauses: list[float]) -> None:
    """Retry-After is kept to; a server that asks for an hour is left alone."""
    figures = old(folder, "wb_wgi_dd")
    result = run("wb_wgi_dd", troubled(play.world_bank(figures, VOICE), BUSY))
    later = run("wb_wgi_dd", troubled(play.world_bank(figures, VOICE), Reply(status=429, headers={"Retry-After": "3600"})))

    assert result.state == "same" and pauses == [7.0]
    assert later.state == "failed" and "come back in 60 minutes" in later.problem


def test_a_burst_is_answered_with_400_by_ucdp_alone(run: Run, folder: Path, pauses: list[float]) -> None:
    """UCDP says 400 to bursts of requests: asked again. Any other 4xx is final."""
    figures = only(old(folder, "ucdp_ov251"), "conflict_deaths", "onesided_deaths", "nonstate_deaths")
    passed = run("ucdp", troubled(play.ucdp(figures, NUMBERS), Reply(status=400)))
    final = run("wb_wgi_dd", play.always(Reply(status=400)))

    assert passed.state != "failed" and pauses == [2.0]
    assert final.state == "failed" and len(run.seen) == 1


@pytest.mark.parametrize(("source", "answers", "said"), [
    ("ucdp", play.ucdp({}, {}, token="secret"), "Write it into the key file: `ucdp: {token: …}`"),
    ("ucdp", play.always(Reply(status=403)), "The token is not accepted"),
    ("acled", play.acled([], name="somebody"), "`acled: {username: …, password: …}`"),
    ("acled", play.acled([], may_read=False), "This account may not read events"),
    ("reliefweb", play.reliefweb([], approved="our-name"), "`reliefweb: {appname: …}`"),
    ("reliefweb", play.always(GONE), "This version of the service has ended"),
    ("eurostat", play.always(Reply({"error": [{"status": 413, "label": "EXTRACTION_TOO_BIG"}]}, status=413)), "Ask for fewer years"),
    ("eurostat", play.always(Reply({"warning": {"status": 413, "label": "ASYNCHRONOUS_RESPONSE"}})), "Ask for fewer years"),
    ("wb_wgi_dd", play.world_bank({}, {}), "Check the codes"),
    ("ucdp", play.always(play.NOT_THERE), "Tell who looks after the program"),
])
def test_a_refusal_says_what_to_do(run: Run, folder: Path, source: str, answers: Play, said: str) -> None:
    """401, 403, 404, 410, 413 and an error with status 200 are final, and each is told with its remedy."""
    before = state(folder)
    result = run(source, answers)

    assert result.state == "failed" and said in result.repair
    assert len(run.seen) <= 3
    assert state(folder) == before


def test_a_sign_in_that_fails_is_told_without_the_password(run: Run) -> None:
    """A wrong password is a wrong password; it stands in no message."""
    result = run("acled", play.acled([], "desk", "right"), Keys(entries={"acled": {"username": "desk", "password": "not-the-right-one"}}))

    assert result.state == "failed" and "not-the-right-one" not in repr(result)
    assert "`acled: {username: …, password: …}`" in result.repair


# --- breaking off and going on


def test_a_page_that_was_read_is_never_asked_for_again(folder: Path) -> None:
    """On the same server a second run starts at the page on which the first one broke off, even if its last line was cut."""
    figures = old(folder, "wb_wgi_dd") | {("NGA", VOICES, 2024): -0.5}
    with playing(troubled(play.world_bank(figures, VOICE, page_size=100), None, None, None, Reply(status=400))) as publisher:
        errand = Errand(folder, publisher.address, now=lambda: NOW)
        refresh(errand, "wb_wgi_dd")
        journal = folder / ".refresh" / "wb_wgi_dd.jsonl"
        journal.write_bytes(journal.read_bytes()[:-40])  # killed while it wrote its third page
        refresh(errand, "wb_wgi_dd")
        pages = [asked.value("page") for asked in publisher.seen]

    assert pages == ["1", "2", "3", "4", "3", "4", "5", "6"]
    assert old(folder, "wb_wgi_dd") == figures
    assert not (folder / ".refresh").exists()


def test_a_journal_of_another_day_is_not_gone_on_with(folder: Path) -> None:
    """Publishers renew their figures: pages of yesterday and of today are never mixed."""
    figures = old(folder, "wb_wgi_dd")
    with playing(troubled(play.world_bank(figures, VOICE, page_size=100), None, Reply(status=400))) as publisher:
        refresh(Errand(folder, publisher.address, now=lambda: NOW), "wb_wgi_dd")
        refresh(Errand(folder, publisher.address, now=lambda: NOW.replace(day=27)), "wb_wgi_dd")

    assert [asked.value("page") for asked in publisher.seen][2] == "1"


def test_an_edition_renewed_while_it_is_read_is_refused(run: Run, folder: Path) -> None:
    """Half of July and half of October is no edition."""
    figures = old(folder, "wb_wgi_dd")
    later = play.world_bank(figures, VOICE, page_size=100, updated="2026-10-01")
    first = play.world_bank(figures, VOICE, page_size=100)
    result = run("wb_wgi_dd", lambda asked: first(asked) if asked.value("page") == "1" else later(asked))

    assert result.state == "failed" and "renewed the list while it was read" in result.problem


def test_a_refresh_killed_in_the_middle_leaves_the_old_figures_and_can_be_resumed(folder: Path, tmp_path: Path) -> None:
    """kill -9 between two pages: every file is as before and a country opens; the same command then goes on and ends."""
    figures = old(folder, "wb_wgi_dd") | {("NGA", VOICES, 2024): -0.5}
    good, reached, released = play.world_bank(figures, VOICE, page_size=100), threading.Event(), threading.Event()

    def held(asked: Asked) -> Reply:
        if asked.value("page") == "3" and not reached.is_set():
            reached.set()
            released.wait(20)
        return good(asked)

    before = state(folder)
    with playing(held) as publisher:
        words = [*COMMAND, "refresh", "wb_wgi_dd", "--from", publisher.address, "--into", str(folder.parent), "--json"]
        environment = {**os.environ, "PYTHONPATH": str(paths.PACKAGE.parent), "XDG_DATA_HOME": str(tmp_path)}
        process = subprocess.Popen(words, env=environment, stdout=subprocess.PIPE)
        assert reached.wait(30)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        released.set()
        assert state(folder) == before
        assert load_country("NGA", folder.parent).figures[VOICES].year == 2023
        done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["sources"][0]["state"] == "replaced"
    assert [asked.value("page") for asked in publisher.seen][3] == "3"
    assert old(folder, "wb_wgi_dd") == figures


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("step", range(9))
def test_wherever_it_is_killed_there_is_one_whole_edition(folder: Path, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """Killed before any of the steps by which four files are replaced, readers see the old edition or the new one, whole."""
    figures = old(folder, "wb_wgi_dd") | {("NGA", VOICES, 2024): -0.5}
    old_credit, steps = load_dataset(folder, "wb_wgi_dd").credit, iter(range(1_000))

    def counted(act: Callable[..., Any]) -> Callable[..., Any]:
        def perform(*arguments: Any, **others: Any) -> Any:
            if next(steps) == step:
                raise Killed
            return act(*arguments, **others)

        return perform

    with playing(play.world_bank(figures, VOICE)) as publisher, monkeypatch.context() as patch:
        patch.setattr(replacing, "write_through", counted(replacing.write_through))
        patch.setattr(Path, "rename", counted(Path.rename))
        patch.setattr(Path, "replace", counted(Path.replace))
        with pytest.raises(Killed):
            refresh(Errand(folder, publisher.address, now=lambda: NOW), "wb_wgi_dd")

    year = load_country("NGA", folder.parent).figures[VOICES].year
    assert year == (2023 if step < 5 else 2024)
    assert (load_dataset(folder, "wb_wgi_dd").credit == old_credit) == (step < 5)
    assert check_countries(folder.parent) == ()
    replacing.settle(folder)
    assert load_country("NGA", folder.parent).figures[VOICES].year == year
    assert not (folder / ".refresh" / "ready").exists()


def test_two_refreshes_do_not_run_at_once(folder: Path) -> None:
    """The second one is told to wait."""
    with replacing.alone(folder), pytest.raises(WrongUse, match="another refresh is running"):
        refresh(Errand(folder, "http://127.0.0.1:9", now=lambda: NOW, pause=lambda seconds: None), "unhcr")


def test_every_step_is_counted(folder: Path) -> None:
    """A progress bar ends when the work ends: one step for each list and one for each dataset."""
    steps: list[None] = []
    with playing(play.world_bank({**old(folder, "wb_wgi_dd"), **old(folder, "wb_wdi")}, {**VOICE, "population": "SP.POP.TOTL"})) as publisher:
        errand = Errand(folder, publisher.address, now=lambda: NOW, step=lambda: steps.append(None))
        expected = steps_of(errand, "world_bank")
        results = refresh(errand, "world_bank")

    assert {result.state for result in results} == {"same"}
    assert len(steps) == expected == 4


# --- checked before it takes the place of the old


def voices(folder: Path, change: Callable[[tuple[str, str, int], float], float | None]) -> Play:
    """The figures that are here, with some of them changed or left out."""
    changed = {key: change(key, value) for key, value in old(folder, "wb_wgi_dd").items()}
    return play.world_bank({key: value for key, value in changed.items() if value is not None}, VOICE)


@pytest.mark.parametrize(("change", "said"), [
    (lambda key, value: None if key[0] < "C" else value, "has lost"),
    (lambda key, value: None if key[2] == 2023 else value, "ends in 2022; the edition that is here goes to 2023"),
    (lambda key, value: value * 20 + 50, "changed by more than a quarter"),
    (lambda key, value: -value, "countries stand in another order"),
])
def test_an_unlikely_change_waits_for_a_person(run: Run, folder: Path, change: Callable[[tuple[str, str, int], float], float | None], said: str) -> None:
    """Countries lost, older figures, another unit, another order: the old edition stays until somebody has looked and accepts."""
    before = state(folder)
    refused = run("wb_wgi_dd", voices(folder, change))

    assert refused.state == "failed" and said in refused.problem and "--accept" in refused.repair
    assert state(folder) == before
    accepted = run("wb_wgi_dd", voices(folder, change), accept=True)
    assert accepted.state == "replaced"


def test_what_cannot_be_meant_is_refused_for_good(run: Run, folder: Path) -> None:
    """A value outside its scale or of a year to come is refused, whatever a person accepts."""
    counts = {key: value for key, value in old(folder, "unhcr_rdf").items() if not key[1].endswith("_rate")}
    negative = run("unhcr", play.unhcr({**counts, ("AFG", "refugees_from", 2025): -5}), accept=True)
    figures = old(folder, "wb_wgi_dd") | {("NGA", VOICES, 2031): 0.1}
    future = run("wb_wgi_dd", play.world_bank(figures, VOICE), accept=True)

    assert negative.state == future.state == "failed"
    assert "refugees_from of AFG in 2025 is -5, outside its scale of 0 to any" in negative.problem
    assert "2031, a year that is still to come" in future.problem


def test_the_description_says_what_is_here_now(run: Run, folder: Path) -> None:
    """Publisher, edition, credit, day, the exact address without secrets and the hash are those of the new edition; the rest stays."""
    run("wb_wgi_dd", play.world_bank(old(folder, "wb_wgi_dd"), VOICE), Keys("desk@shelter.example", {"world_bank": {"token": "not-asked-for"}}))
    text = (folder / "wb_wgi_dd" / "dataset.yaml").read_text(encoding="utf-8")
    about = yaml.safe_load(text)

    assert (about["edition"], str(about["retrieved"]), about["retrieved_at"]) == ("update of 2026-07-01", "2026-11-26", "2026-11-26 10:30:00 UTC")
    assert about["credit"] == "World Bank, Worldwide Governance Indicators, update of 2026-07-01, CC BY 4.0."
    assert about["requests"] == [f"http://{run.seen[0].headers['Host']}/v2/country/all/indicator/GOV_WGI_VA.EST"
                                 f"?format=json&source=3&date={FROM}%3A2026&per_page=20000&page=1"]
    assert about["refresh"]["codes"] == VOICE and "# How the publisher is asked." in text
    assert "2021 is the last year" not in text
    assert check_countries(folder.parent) == ()
    assert "update of 2026-07-01" in (folder / "NOTICE").read_text(encoding="utf-8")


def test_notes_of_a_copy_end_with_the_copy() -> None:
    """A note such as “2021 is the last year of this copy” belongs to the dataset, so that it goes when the copy goes."""
    notes = {id: read_plain(DATASETS / id / "dataset.yaml")["notes"] for id in ("wb_wgi_qog", "gapminder_net", "wb_wdi_ddf")}

    assert load_country("NGA").figures["wgi_rule_of_law"].note == notes["wb_wgi_qog"]["wgi_rule_of_law"]
    assert "2021 is the last year" not in (DATASETS / "indicators.yaml").read_text(encoding="utf-8")


# --- answers that mean harm, or that nobody expected


def bank(*rows: Any, head: Any = None) -> Reply:
    """An answer of the World Bank with these rows."""
    return Reply([head or {"page": 1, "pages": 1, "per_page": 20000, "total": len(rows), "sourceid": "3", "lastupdated": "2026-07-01"}, list(rows)])


def row(**changes: Any) -> dict[str, Any]:
    """One row of the World Bank, with some fields changed; ... takes a field out."""
    good = {"indicator": {"id": "GOV_WGI_VA.EST", "value": "Voice"}, "country": {"id": "NG", "value": "Nigeria"}, "countryiso3code": "NGA",
            "date": "2023", "value": 1.5}
    return {name: value for name, value in {**good, **changes}.items() if value is not ...}


@pytest.mark.parametrize(("answer", "said"), [
    (bank(row(value={"a": 1})), 'row 1: the field "value" is not a number'),
    (bank(row(value=True)), 'row 1: the field "value" is not a number'),
    (bank(row(value="about 2")), 'row 1: the field "value" is not a number'),
    (bank(row(value="1e999")), 'row 1: the field "value" is not a number'),
    (bank(row(), row(date="2023Q4")), 'row 2: the field "date" is not a year'),
    (bank(row(date=1492)), 'row 1: the field "date" is not a year'),
    (bank(row(countryiso3code=7)), 'row 1: the field "countryiso3code" is not a text'),
    (bank(row(countryiso3code=..., countryIso3Code="NGA")), 'the field "countryiso3code" is missing. There is "countryIso3Code"; that may be its new name.'),
    (bank(row(value=..., obs_value=2)), 'row 1: the field "value" is missing. There is "obs_value"; that may be its new name.'),
    (bank(row(indicator={"name": "x"})), 'row 1: the field "indicator.id" is missing'),
    (bank(row(indicator={"id": "NY.GDP"})), 'there are values of another indicator, "NY.GDP"'),
    (bank(row(country={"id": "NG", "value": "<script>alert(1)</script>"})), 'row 1, field "value": there is markup or a control character in the text'),
    (bank(row(**{"<b>": 1})), 'row 1, field "a name": there is markup'),
    (bank(row(note="javascript:alert(1)")), 'there is markup'),
    (bank(row(note="\u202etxt.exe")), 'there is markup or a control character'),
    (bank(row(note="x" * 5_001)), "the text is longer than 5,000 characters"),
    (bank(7), "row 1 is a number instead of an object"),
    (bank([]), "row 1 is a list instead of an object"),
    (bank(row(), row(value=2.5)), "came twice, as 1.5 and as 2.5"),
    (bank(row(), head={"page": 1, "pages": "many"}), 'the field "pages" is not a number'),
    (bank(row(), head={"page": 3, "pages": 3}), "page 3 of 3 came instead"),
    (Reply({"page": 1}), "not the list of two parts"),
    (Reply([{"page": 1, "pages": 1}, {"a": 1}]), "the answer holds an object where a list of rows was agreed"),
    (Reply([{"page": 1, "pages": 1}, "rows"]), "the answer holds a text where a list of rows was agreed"),
    (Reply(status=204, raw=b""), "status 204, which was not agreed"),
    (Reply(status=302, headers={"Location": "https://elsewhere.example.org/v2"}), 'the server sends to another one, "elsewhere.example.org"; it is not asked.'),
    (Reply(status=302, headers={"Location": "file:///etc/passwd"}), "the server sends to another one"),
    (Reply(status=302, headers={"Location": "/again"}), "the server sends from one address to the next without end"),
    (Reply(raw=b'[{"page":1,"pages":1},[' + b",".join([b"{}"] * 1_000_000) + b"]]"), "the page has 1,000,000 rows; more than 20,000 cannot be meant"),
    (Reply(raw=b'[{"page":1,"pages":1},["' + b"x" * 33_000_000 + b'"]]'), "the answer is larger than 32 MB"),
    (Reply(raw=json.dumps([{"page": 1, "pages": 1}, [{**row(), "deep": eval("[" * 60 + "]" * 60)}]]).encode()), "row 1 is nested more than 20 levels deep"),
])
def test_a_hostile_answer_is_refused_in_words(run: Run, folder: Path, answer: Reply, said: str) -> None:
    """Wrong types, renamed fields, markup in names, a million rows, redirects to other servers: told, and nothing is used."""
    before = state(folder)
    result = run("wb_wgi_dd", play.always(answer))

    assert result.state == "failed" and said in result.problem
    assert result.problem.startswith(("World Bank, GOV_WGI_VA.EST, page 1: ", "wb_wgi_dd: "))
    assert "<script" not in result.problem + result.repair
    assert state(folder) == before


def test_a_packed_answer_is_measured_unpacked(run: Run, folder: Path) -> None:
    """A small answer that unpacks to something huge is left when it is too large, not when the memory is full."""
    bomb = Reply(raw=gzip.compress(b"[" + b" " * 40_000_000 + b"]"), headers={"Content-Encoding": "gzip"})
    result = run("wb_wgi_dd", play.always(bomb))

    assert len(bomb.content) < 100_000
    assert result.state == "failed" and "larger than 32 MB" in result.problem


def test_pages_without_end_are_left(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same page again and again, or ever new ones: there is an end to patience."""
    monkeypatch.setattr("safe_lib.sources.refresh.MOST_PAGES", 20)

    def endless(asked: Asked) -> Reply:
        page = int(asked.value("page"))
        return bank(row(date=str(1990 + page)), head={"page": page, "pages": 10**9, "lastupdated": "2026-07-01"})

    deaths = {"cumulative_total_deaths_in_orgvio_best_cy": 1, "os_total_deaths_best_cy": 0, "ns_total_deaths_best_cy": 0}
    round_about = {"NextPageUrl": "/api/organizedviolencecy/26.1?page=1", "Result": [{"country_id_cy": 475, "year_cy": 2024, **deaths}]}
    same = run("ucdp", play.always(Reply(round_about)))
    new = run("wb_wgi_dd", endless)

    assert same.state == "failed" and "the same page came again" in same.problem
    assert new.state == "failed" and "more than 20 pages; it seems to have no end" in new.problem
    assert len(run.seen) == 20


@pytest.mark.parametrize("following", ["https://elsewhere.example.org/api/organizedviolencecy/26.1?page=1", "http://127.0.0.1:1/api", "file:///etc/passwd", "http://x:y"])
def test_a_next_page_on_another_server_is_not_asked(run: Run, folder: Path, following: str) -> None:
    """The next page is on the same server or it is not read."""
    result = run("ucdp", play.always(Reply({"NextPageUrl": following, "Result": []})))

    assert result.state == "failed" and "on another server; it is not asked" in result.problem
    assert len(run.seen) == 1


@pytest.mark.parametrize(("source", "answer", "said"), [
    ("unhcr", Reply({"page": 1, "maxPages": 1, "items": [{"year": 2024, "coo_iso": "-", "refugees": 1, "asylum_seekers": 1, "idps": 1, "returned_refugees": 1,
                                                         "returned_idps": 1}]}), "the rows are sums over all countries of origin"),
    ("unhcr", Reply({"page": 2, "maxPages": 2, "items": []}), "page 2 came instead"),
    ("ucdp", Reply({"NextPageUrl": None, "Results": []}), 'the field "Result" is missing. There is "Results"'),
    ("who_gho", Reply({"value": [{"IndicatorCode": "MH_6", "SpatialDimType": "COUNTRY", "SpatialDim": "NGA", "TimeDim": 2020, "NumericValue": 1}]}),
     'values of another indicator, "MH_6"'),
    ("hapi", Reply({"data": [{**play.risk("NGA", 1, 1), "reference_period_start": "soon"}]}), '"soon" is not the first day of a period'),
    ("hapi", Reply({"data": [play.risk("NGA", 11, 1)]}), "outside its scale of 0 to 10"),
    ("reliefweb", Reply({"totalCount": 1, "data": [{"fields": play.report("A report", "2026-01-01", "NGA", url="https://elsewhere.example.org/1")}]}),
     'a link leads to "elsewhere.example.org" instead of reliefweb.int'),
    ("reliefweb", Reply({"totalCount": 1, "data": [{"fields": play.report("<img src=x onerror=alert(1)>", "2026-01-01", "NGA")}]}), "there is markup"),
    ("acled", Reply({"status": 200, "success": False, "data": []}), "the service says that it did not work"),
    ("acled", Reply({"status": 200, "success": True, "data": [play.event("", 566)]}), 'an event of "NGA" has no number'),
    ("eurostat", Reply({"id": ["citizen", "decision", "time"], "size": [10**6, 2, 10**6], "dimension": {}, "value": {}}), "more than 500,000 cells"),
    ("eurostat", Reply({"id": ["citizen", "decision", "time"], "size": [1, 2, 1], "dimension": {"citizen": {"category": {"index": {"NG": 5}}}}, "value": {}}),
     'the categories of the dimension "citizen" do not fit its size'),
    ("eurostat", Reply({"id": ["citizen", "decision", "time"], "size": [1, 1, 1], "value": {"7": 1}, "dimension": {
        "citizen": {"category": {"index": {"NG": 0}}}, "decision": {"category": {"index": {"TOTAL": 0}}}, "time": {"category": {"index": ["2024"]}}}}),
     "a value outside the cube"),
])
def test_each_service_refuses_what_it_cannot_read(run: Run, folder: Path, source: str, answer: Reply, said: str) -> None:
    """Sums instead of rows, other indicators, links to elsewhere, cubes that do not fit: told in words."""
    before = state(folder)
    result = run(source, play.always(answer))

    assert result.state == "failed" and said in result.problem
    assert state(folder) == before


def test_an_answer_that_drips_is_left(folder: Path) -> None:
    """A server that sends a byte now and then is left after five minutes, however often it shows a sign of life."""
    from safe_lib.sources.reader import Reader, origin_of
    from safe_lib.sources.service import Dressing, Place, Request
    from safe_lib.sources.world_bank import SERVICE

    ticks = iter([0.0, 301.0])
    with (playing(play.always(bank(row()))) as publisher,
          Reader(SERVICE, origin_of(SERVICE, publisher.address), clock=lambda: next(ticks)) as reader,
          pytest.raises(SafeError, match="takes longer than 5 minutes")):
        reader.ask(Request("/"), Dressing(), Place("World Bank", "x"))


# --- what is sent out


ALLOWED = re.compile(r"""
    format|json|JSON|source|\d{1,2}|date|\d{4}:\d{4}|per_page|20000|page|\d+ | yearFrom|yearTo|\d{4}|coo_all|true|cf_type|ISO|limit |
    pagesize|\$filter|TimeDim\ ge\ \d{4} | output_format|offset|app_identifier|[A-Za-z0-9+/=]{20,} | lang|EN|geo|EU27_2020|sex|T|age|TOTAL|decision|TOTAL_POS|
    sinceTimePeriod | appname|our-name | _format|event_date|\d{4}-01-01\|\d{4}-12-31|event_date_where|BETWEEN|fields|[a-z_|]+
""", re.VERBOSE)
ALLOWED_PATHS = re.compile(r"/(v2/country/all/indicator/[A-Z0-9_.]+|population/v1/[a-z-]+/|api/[a-z]+/\d\d\.1|api/[A-Z0-9_]+"
                           r"|api/v2/coordination-context/national-risk|eurostat/api/dissemination/statistics/1\.0/data/[a-z_]+|v2/reports|api/acled/read|oauth/token)")
ALLOWED_HEADERS = {"host", "accept", "accept-encoding", "connection", "user-agent", "content-type", "content-length", "authorization", "x-ucdp-access-token"}


def test_only_codes_of_countries_and_indicators_are_sent_out(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every request of every service holds codes, years and pages; tokens go in headers or forms; nothing of a case can be in it."""
    keys = Keys("desk@shelter.example", {"ucdp": {"token": "t" * 20}, "acled": {"username": "desk", "password": "word"}, "reliefweb": {"appname": "our-name"}})
    figures = only(old(folder, "ucdp_ov251"), "conflict_deaths", "onesided_deaths", "nonstate_deaths")
    counts = {key: value for key, value in old(folder, "unhcr_rdf").items() if not key[1].endswith("_rate")}
    seen: list[Asked] = []
    for source, answers in (
        ("wb_wgi_dd", play.world_bank(old(folder, "wb_wgi_dd"), VOICE, page_size=500)), ("unhcr", play.unhcr(counts)), ("ucdp", play.ucdp(figures, NUMBERS)),
        ("who_gho", play.who(old(folder, "who_gho"), "HWF_0006")), ("hapi", play.hapi([play.risk("NGA", 1, 1)])),
        ("eurostat", play.eurostat({("NG", "TOTAL", "2024"): 1000, ("NG", "TOTAL_POS", "2024"): 250})),
        ("reliefweb", play.reliefweb([play.report("A report", "2026-10-01", "NGA")])), ("acled", play.acled([play.event("NGA1", 566)], "desk", "word")),
    ):
        assert run(source, answers, keys).state != "failed"
        seen += run.seen

    assert {asked.path for asked in seen if not ALLOWED_PATHS.fullmatch(asked.path)} == set()
    assert {word for asked in seen for pair in asked.query for word in pair if not ALLOWED.fullmatch(word)} == set()
    assert {name.lower() for asked in seen for name in asked.headers} <= ALLOWED_HEADERS
    bodies = {asked.body for asked in seen if asked.body}
    assert all(body.startswith(('{"query":{"value":"\\"human trafficking\\"', "username=desk")) for body in bodies)
    assert {asked.headers["User-Agent"] for asked in seen} == {f"SAFE-Workbooks/{_version()} (desk@shelter.example)"}
    kept = "".join(path.read_text(errors="replace") for path in folder.rglob("*") if path.is_file() and path.suffix != ".gz")
    assert not any(secret in kept for secret in ("t" * 20, "token-1", "app_identifier", "appname", "our-name", "desk@shelter.example"))


def _version() -> str:
    from safe_lib.version import __version__

    return __version__


def test_keys_come_from_a_private_file_alone(tmp_path: Path) -> None:
    """A key file that others may read is refused, and no message repeats what stands in it."""
    file = tmp_path / "keys.yaml"
    file.write_text("contact: desk@shelter.example\nucdp: {token: abc-def}\nacled: {username: desk, password: 'two words'}\n")
    file.chmod(0o644)
    with pytest.raises(WrongUse, match="chmod 600"):
        read_keys(file)
    file.chmod(0o600)
    keys = read_keys(file)

    assert (keys.contact, keys.of("ucdp", "token"), keys.of("acled", "password")) == ("desk@shelter.example", "abc-def", "two words")
    assert keys.of("hapi", "token") == ""
    assert "abc-def" not in repr(keys)
    assert read_keys(tmp_path / "none.yaml") == Keys()


@pytest.mark.parametrize("text", [
    "ucdp: abc-def", "ucdp: {token: 'abc def'}", "contact: 'a b'", "ucdp: {token: [abc-def]}", "- abc-def", "{", 'ucdp: {token: "abc\\ndef"}'])
def test_a_key_file_that_cannot_be_meant_is_wrong_use(tmp_path: Path, text: str) -> None:
    """Told in words, without the secret."""
    file = tmp_path / "keys.yaml"
    file.write_text(text)
    file.chmod(0o600)

    with pytest.raises(WrongUse) as refused:
        read_keys(file)
    assert "abc" not in str(refused.value)


def test_secrets_go_to_their_publisher_or_to_this_machine_alone() -> None:
    """A server elsewhere that plays a publisher is asked without tokens, and only with encryption."""
    from safe_lib.sources.reader import origin_of
    from safe_lib.sources.ucdp import SERVICE

    assert origin_of(SERVICE, "http://127.0.0.1:8000/ucdp/").address == "http://127.0.0.1:8000/ucdp"
    assert origin_of(SERVICE, "http://[::1]:8000").is_here and origin_of(SERVICE, "http://localhost:8000").is_here
    elsewhere = origin_of(SERVICE, "https://mirror.example.org")
    assert elsewhere.own and not elsewhere.is_here
    for address in ("http://mirror.example.org", "ftp://127.0.0.1", "127.0.0.1:8000", "https://name:word@mirror.example.org", "http://127.0.0.1:x"):
        with pytest.raises(WrongUse, match="--from"):
            origin_of(SERVICE, address)


# --- the command


@pytest.fixture
def safe(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., tuple[int, str, str]]]:
    """Run `safe refresh` on the copy; exit code and both outputs."""
    from safe_lib.cli.app import run as run_command

    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))

    def command(*words: str) -> tuple[int, str, str]:
        code = run_command(["refresh", *words, "--into", str(folder.parent)])
        said = capsys.readouterr()
        return code, said.out, said.err

    yield command


def test_the_command_tells_what_changed(safe: Callable[..., tuple[int, str, str]], folder: Path) -> None:
    """In words and as JSON; exit 0 when done, 10 when what came cannot be used, 2 for wrong use."""
    figures = old(folder, "wb_wgi_dd") | {("NGA", VOICES, 2024): -0.5}
    with playing(play.world_bank(figures, VOICE)) as publisher:
        code, words, _ = safe("wb_wgi_dd", "--from", publisher.address)
        _, as_json, _ = safe("wb_wgi_dd", "--from", publisher.address, "--json")
    with playing(play.always(Reply([]))) as publisher:
        failed, told, _ = safe("wb_wgi_dd", "--from", publisher.address)

    assert code == 0 and "wb_wgi_dd: new edition" in words
    assert "wgi_voice_accountability: 1 new; 197 countries (were 197), to 2024 (was 2023)" in words
    assert json.loads(as_json)["sources"][0] | {"left_out": []} == {
        "dataset": "wb_wgi_dd", "service": "world_bank", "state": "same", "edition": "2026-07-01", "values": len(figures), "countries": 197, "changes": [],
        "left_out": [], "problem": "", "repair": ""}
    assert failed == 10 and "the answer is not the list of two parts that was agreed" in told
    assert safe("nowhere")[0] == safe("who", "--year", "2024")[0] == safe("--from", "nowhere")[0] == 2


def test_the_list_says_when_each_was_last_retrieved(safe: Callable[..., tuple[int, str, str]], folder: Path) -> None:
    """Every dataset with its publisher, edition, day, way of fetching and terms; those not shipped were never retrieved."""
    (folder / "switched_off.yaml").write_text("switched_off: [who_gho]\n")
    listed = {row["dataset"]: row for row in json.loads(safe("--list", "--json")[1])["sources"]}

    assert listed["unhcr_rdf"] == {"dataset": "unhcr_rdf", "fetched_by": "unhcr", "publisher": "UNHCR", "terms": "open",
                                   "edition": "release 2025.12 (end of 2025), June 2026", "retrieved": "2026-11-21", "off": False}
    assert listed["who_gho"]["off"] is True
    assert listed["equaldex_copy"]["retrieved"] is None and listed["equaldex_copy"]["terms"] == "unclear"
    assert "reliefweb_reports" in safe("--list")[1]


def test_a_dataset_that_is_not_here_is_fetched_only_when_named(folder: Path) -> None:
    """Without a name, `safe refresh` asks for what is here; optional lists need their name."""
    from safe_lib.sources.feeds import chosen, described

    assert {one.id for one in chosen(described(folder), None)} == set(SMALL)
    assert [one.id for one in chosen(described(folder), "who")] == ["who_gho"]
    with pytest.raises(WrongUse, match="--file"):
        chosen(described(folder), "equaldex_copy")


def test_a_broken_description_is_told_and_nothing_is_fetched(folder: Path) -> None:
    """A service that does not exist is named with its repair."""
    file = folder / "who_gho" / "dataset.yaml"
    file.write_text(file.read_text().replace("service: who_gho", "service: who_knows"))

    with pytest.raises(CountryInfoError, match="names no service that there is"):
        refresh(Errand(folder), "unhcr")
    assert issubclass(CountryInfoError, SafeError)
