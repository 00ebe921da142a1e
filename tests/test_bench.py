"""Promises about measuring: one run, drawn forms that are never alike, and a figure beside what is wanted."""

from __future__ import annotations

import json
from itertools import islice

import pytest

from safe_lib.catalogue import load_instrument
from safe_lib.engine import assess
from safe_lib.runtime import bench
from safe_lib.runtime.benches import kernels


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """One instrument, few forms, one start."""
    monkeypatch.setattr(bench, "ASSESSED", {"ilo_adult_labour": 2})
    monkeypatch.setattr(bench, "READ", {"search all claims": 100})
    monkeypatch.setattr(bench, "STARTED", {"import safe_lib": ("-c", "import safe_lib"), "no such thing": ("-c", "raise SystemExit(1)")})
    monkeypatch.setattr(bench, "FORMS", 6)
    monkeypatch.setattr(bench, "STARTS", 1)
    monkeypatch.setattr(bench, "READINGS", 2)


@pytest.mark.usefixtures("short")
def test_everything_measured_stands_beside_what_is_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    """The ratio is the median through what is wanted; a command that does not run has no figure."""
    assert bench.main("engine", as_json=True) == 0
    assessed, read, started, failed = json.loads(capsys.readouterr().out)["measured"]

    assert assessed["ratio"] == pytest.approx(assessed["median"] / assessed["wanted"], abs=0.01)
    assert (assessed["runs"], assessed["wanted"], started["wanted"]) == (6, 2, 200)
    assert assessed["first"] > 0 and assessed["reading"] > 0 and started["median"] > 0
    assert (read["what"], read["runs"]) == ("search all claims", bench.READINGS)
    assert 0 < read["median"] <= read["first"]
    assert (failed["median"], failed["ratio"], failed["runs"]) == (None, None, 0)


@pytest.mark.usefixtures("short")
def test_the_table_has_a_line_for_each(capsys: pytest.CaptureFixture[str]) -> None:
    """Ratios first; a dash where there is no figure."""
    assert bench.main() == 0
    head, assessed, read, _, failed = capsys.readouterr().out.splitlines()

    assert head.split()[:3] == ["ratio", "median", "wanted"]
    assert assessed.endswith("assess ilo_adult_labour")
    assert read.endswith("search all claims")
    assert failed.split()[:2] == ["–", "–"]


def test_drawn_forms_can_be_meant_and_are_never_alike() -> None:
    """Every form is one the engine takes; the same seed draws the same forms."""
    instrument = load_instrument("safe_return")
    drawn = list(islice(bench.forms(instrument, 1), 30))

    assert drawn == list(islice(bench.forms(instrument, 1), 30))
    assert drawn != list(islice(bench.forms(instrument, 2), 30))
    assert len({str(form) for form in drawn}) == 30
    assert {assess(instrument, form, on=bench.ON).instrument for form in drawn} == {"safe_return"}


def test_what_cannot_be_measured_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence, and exit 2."""
    assert bench.main("anything") == 2

    said = capsys.readouterr()
    assert said.out == ""
    assert "anything" in said.err


def test_looking_again_is_measured_on_a_store_made_for_it(capsys: pytest.CaptureFixture[str]) -> None:
    """What depends and everything, today and a year later; the same differs either way, and depending is less work."""
    assert bench.main("reassess", True, cases=3, store=None, passphrase_file=None) == 0
    found = json.loads(capsys.readouterr().out)
    today, later, alone, everything = found["measured"]

    assert {one["cases"] for one in found["measured"]} == {3}
    assert later["differing"] == alone["differing"] == everything["differing"] > 0
    assert today["computed"] <= later["computed"] < everything["computed"] == everything["kept"]
    assert all(one["ratio"] > 0 for one in found["measured"])


def test_kernels_of_both_kinds_are_measured(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """One at a time and two at once: time and memory of each, and the ratio before them."""
    monkeypatch.setattr(kernels, "WARM_UP", 0)
    assert bench.main("kernels", rounds=1, visitors=2) == 0
    head, *lines = capsys.readouterr().out.splitlines()

    assert head.split()[0] == "stock:ours"
    assert [line.rpartition("  ")[2] for line in lines] == [
        "kernel ready with the suite imported, s", "its own memory (USS), MiB", "its memory with its part of what is shared (PSS), MiB",
        "2 kernels at once, last one ready, s", "memory of each of 2 with its part of what is shared (PSS), MiB"]
    assert all(float(line.split()[0]) > 0 for line in lines)


def test_findings_are_gathered_and_checked_and_nothing_is_published(capsys: pytest.CaptureFixture[str]) -> None:
    """Both steps are measured on every case, and all the usual tables are checked together."""
    assert bench.main("findings", True, cases=3, store=None, passphrase_file=None) == 0
    gathered, checked, both = json.loads(capsys.readouterr().out)["measured"]

    assert gathered["cases"] == checked["cases"] == both["cases"] == 3
    assert checked["tables"] == 9 and checked["withheld"] > 0
    assert both["seconds"] >= gathered["seconds"] > 0
