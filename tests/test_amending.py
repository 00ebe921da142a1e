"""One entry of a file is changed and nothing else: not a comment, not a blank line, not a quote."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safe_lib.catalogue import paths, written
from safe_lib.catalogue.amending import Amendment, amend, raised
from safe_lib.catalogue.lines import Page
from safe_lib.catalogue.listings import CLAIMS
from safe_lib.catalogue.reading import parse_yaml
from safe_lib.model.errors import CountryInfoError

PROFILES = sorted(paths.COUNTRY_INFO.glob("*/profile.yaml"))
NEW = {"says": "Twelve places: nine are taken, three are free.", "as_of": "2026-11-01", "review_by": "2027-01-01", "level": "weak", "note": "Said by two."}
LINE = {"version": "1.1.0", "date": "2026-11-26", "what": "renewed", "entry": "one", "change": "More places.", "by": "noor", "former": {"says": "Before."}}
HOSTILE = (
    ": {[", "- a", "? b", "#", " # no comment", "a #b", "a: b", "'", '"', "&a *a !!str x", "%YAML 1.2", "--- ", "...", "<script>alert(1)</script>",
    "{{7*7}}", "first\nsecond\r\nthird", "tab\there", "nul\0 and bell\a", "\x1b[31mred", "\u202eturned round\u202c", "\u200f\u0627\u0633\u0645",
    "a\u2028b\x85c", "\ufeffmark",
    "yes", "no", "null", "~", "true", "2026", "1.0", "0x1F", "1:30", "2026-11-26", "", " ", "  two  spaces  ", "x" * 200_000, "many words " * 20_000 + "end",
    "👩‍👩‍👧 𠮷 é e\u0301", "|\n literal", ">-", "@at `tick`", "[a, b]", "{a: b}", "key:", "trailing space ", "\\n not a break",
)


def entry_lines(lines: list[str], id: str) -> tuple[int, int]:
    """Where an entry of a shipped profile stands, found by looking at the text alone: from its dash to the next blank line."""
    first = lines.index(f"  - id: {id}\n")
    return first, next(number for number in range(first, len(lines)) if not lines[number].strip())


def fields_of(lines: list[str]) -> list[str]:
    """The lines of those fields that a renewal in these tests leaves as they are."""
    return [line for line in lines if line.split(":")[0].strip() in ("theme", "applies_to", "sources", "checked", "disagrees_with")]


def changed(raw: bytes, id: str, entry: Mapping[str, Any] | None, **more: Any) -> bytes:
    return amend(raw, "profile.yaml", Amendment("claims", id, entry, "1.1.0", LINE, order=CLAIMS.order, **more))


def value(raw: bytes) -> Any:
    return parse_yaml(raw, "profile.yaml").value


def lines_of(raw: bytes) -> list[str]:
    return raw.decode().splitlines(keepends=True)


def with_version(lines: list[str]) -> list[str]:
    return ["version: 1.1.0\n" if line == "version: 1.0.0\n" else line for line in lines]


# --- the shipped profiles


@pytest.mark.parametrize("file", PROFILES, ids=lambda file: file.parent.name)
def test_renewing_an_entry_changes_only_its_lines(file: Path) -> None:
    """What stands before and after it is the same, byte for byte, but for version and history: every claim of one file, every fifth of the others."""
    raw = file.read_bytes()
    before = lines_of(raw)
    claims = value(raw)["claims"]
    for claim in claims if file.parent.name == "XAA" else [*claims[::5], claims[-1]]:
        first, end = entry_lines(before, claim["id"])
        after = lines_of(changed(raw, claim["id"], {**claim, **NEW}))
        tail = before[end:]
        length = next(n for n in range(1, 40) if after[first + n:first + n + len(tail)] == tail)

        assert after[:first] == with_version(before[:first])
        assert "".join(after[first + length + len(tail):]).startswith("\n  - version: 1.1.0\n    date: 2026-11-26\n    what: renewed\n")
        assert fields_of(after[first:first + length]) == fields_of(before[first:end])


@pytest.mark.parametrize("file", PROFILES, ids=lambda file: file.parent.name)
def test_adding_and_taking_out_leave_the_other_entries_alone(file: Path) -> None:
    """A new claim stands with its theme; one that is taken out leaves the comments around it where they were."""
    raw = file.read_bytes()
    claims = value(raw)["claims"]
    before = lines_of(raw)
    for claim in {claims[0]["id"]: claims[0], claims[len(claims) // 2]["id"]: claims[len(claims) // 2], claims[-1]["id"]: claims[-1]}.values():
        added = lines_of(changed(raw, "one_more", {**claim, "id": "one_more"}, group="theme", heading="T99"))
        taken = lines_of(changed(raw, claim["id"], None))
        first, end = entry_lines(before, claim["id"])
        new, last = entry_lines(added, "one_more")

        assert with_version(before) == added[:new - 1] + added[last:len(before) + last - new + 1]
        assert value("".join(added).encode())["claims"][[one["id"] for one in claims if one["theme"] <= claim["theme"]].__len__()]["id"] == "one_more"
        assert [line for line in taken if line.strip()][:len([line for line in before if line.strip()]) - (end - first)] == [
            line for line in with_version([*before[:first], *before[end:]]) if line.strip()]
        assert [line for line in before if line.lstrip().startswith("#")] == [line for line in taken if line.lstrip().startswith("#")]


@pytest.mark.parametrize("file", PROFILES, ids=lambda file: file.parent.name)
def test_new_sources_stand_at_the_end_of_the_sources(file: Path) -> None:
    """Everything that was there is still there, in its order; only lines are added."""
    raw = file.read_bytes()
    claim = value(raw)["claims"][0]
    after = changed(raw, claim["id"], {**claim, "sources": [*claim["sources"], "new_2026"]}, sources={"new_2026": {"title": "A: b", "quotes": ["One, two"]}})
    left = iter(lines_of(after))

    assert list(value(after)["sources"]) == [*value(raw)["sources"], "new_2026"]
    assert all(line in left for line in lines_of(raw) if line != "version: 1.0.0\n" and not line.startswith("    sources: ["))  # a subsequence


# --- what may be written


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:12]))
def test_hostile_text_stays_text(text: str) -> None:
    """Whatever is typed is read back as it was typed, in a field, in a list, in a source and in the history, and changes nothing else."""
    raw = (paths.COUNTRY_INFO / "XAA" / "profile.yaml").read_bytes()
    claim = value(raw)["claims"][3]
    entry = {**claim, "says": text, "note": text, "applies_to": {"who": text, "where": text}, "sources": [text, "b"]}
    change = Amendment("claims", claim["id"], entry, "1.1.0", {**LINE, "change": text}, {"s1": {"title": text, "quotes": [text]}})
    after = value(amend(raw, "profile.yaml", change))

    assert after["claims"][3] == entry
    assert after["sources"]["s1"] == {"title": text, "quotes": [text]}
    assert after["history"][-1]["change"] == text
    assert after["claims"][:3] + after["claims"][4:] == value(raw)["claims"][:3] + value(raw)["claims"][4:]


@pytest.mark.parametrize("text", ["x" * 1_000_000, "many words " * 90_000 + "end", ": {[\n" * 250_000], ids=["a word", "words", "signs"])
def test_a_megabyte_of_text_stays_text(text: str) -> None:
    """As long as the file is not larger than a file may be."""
    claim = value(COMMENTED.encode())["claims"][0]

    assert value(changed(COMMENTED.encode(), "one", {**claim, "says": text}))["claims"][0] == {**claim, "says": text}


@pytest.mark.parametrize("text", ["\u202eabc", "a\u200bb", "a\nb", "\x07"])
def test_what_nobody_can_see_is_written_for_everybody_to_see(text: str) -> None:
    """A mark that turns the reading direction, or has no width, stands in the file as an escape."""
    shown = written.scalar(text)

    assert shown.isascii() and shown.isprintable() and "\\" in shown


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-10**12, 10**12) | st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    lambda parts: st.lists(parts, max_size=4) | st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), parts, max_size=4), max_leaves=12)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), VALUES, min_size=1, max_size=5))
def test_every_value_comes_back(fields: dict[str, Any]) -> None:
    """Maps in lists in maps, with any text: what is written is what is read."""
    text = "\n".join(("top:", *written.item(fields, 2), "named:", *written.named("id_1", fields, 2), ""))

    assert value(text.encode()) == {"top": [fields], "named": {"id_1": fields}}


# --- comments, and other ways to write a file

COMMENTED = """\
# Head.
version: 1.0.0  # of the file
claims:  # all of them

  # About one.
  - id: one  # its name
    says: Old words.  # why so
    # between two fields
    sources: [a,  # the first
              b]  # the second
    applies_to:
      # inside
      who: men
      where: '# no comment'
    note: >-  # folded
      Words that go on
      # and this is text

  # About two.
  - {id: two, says: Short.}  # flow
# At the edge.
sources:
  a: {title: A}
  b: {title: B}
history:
  - {version: 1.0.0, date: 2026-01-01, change: First., by: us}  # the first
# The end.
"""


def comments_of(raw: bytes) -> list[str]:
    page = Page(raw, "x.yaml")
    return sorted(comment.text for comment in page.comments(0, len(page.lines)))


@pytest.mark.parametrize("entry", [
    {"id": "one", "says": "New words."},
    {"id": "one", "says": "New words: many. " * 20, "sources": ["a"], "applies_to": {"who": "women"}, "note": "Short."},
    {"says": "Without its name first.", "id": "one", "level": None},
    {"id": "one"},
    None,
], ids=["one field", "every field", "new field", "fields gone", "entry gone"])
@pytest.mark.parametrize("which", ["one", "two"])
def test_no_comment_is_ever_lost(which: str, entry: dict[str, Any] | None) -> None:
    """Comments beside, above, below and inside what is changed are all there afterwards, each once."""
    wanted = None if entry is None else {**entry, "id": which}
    after = changed(COMMENTED.encode(), which, wanted)

    assert comments_of(after) == comments_of(COMMENTED.encode())
    assert "# and this is text" not in comments_of(COMMENTED.encode()) and "# no comment" not in comments_of(COMMENTED.encode())


def test_a_comment_beside_a_field_stays_beside_it() -> None:
    """On the same line where the new value has one line."""
    after = changed(COMMENTED.encode(), "one", {**value(COMMENTED.encode())["claims"][0], "says": "New words."}).decode()

    assert "    says: New words.  # why so\n    # between two fields\n" in after
    assert "version: 1.1.0  # of the file\n" in after


@pytest.mark.parametrize("text", [
    COMMENTED.replace("\n", "\r\n"),
    "\ufeff" + COMMENTED,
    COMMENTED.rstrip("\n"),
    COMMENTED.replace("# The end.\n", ""),
    COMMENTED.replace("# The end.\n", "").rstrip("\n"),
    "version: 1.0.0\nclaims: []  # none yet\n",
    "version: 1.0.0\nclaims:\n",
    "version: 1.0.0\nclaims:\nname: X",
    "version: 1.0.0\nclaims: []\nsources: {}\nhistory: []\n",
    "version: '1.0.0'\nclaims:\n- id: one\n  says: Not set in.\n- id: two\n  says: B\nother: 1\n",
    "version: 1.0.0\nclaims:\n    - id: one\n      says: |\n        Literal\n\n        text\n\n\nother: 'x'\n",
    "version: 1.0.0\nclaims:\n  - id: one\n    says:\n",
    "version: 1.0.0\nclaims:\n  - id: one\n    says: a plain\n      text that goes on\nother:\n  - 1\n",
    "version: 1.0.0\nclaims:\n  - says: first\n    id: one\n",
], ids=lambda text: repr(text[-24:]))
def test_files_of_other_form_are_amended_too(text: str) -> None:
    """Other line ends, a byte order mark, no last line end, no list yet, other indents: entries are added, changed and taken out."""
    raw = text.encode()
    ids = [entry["id"] for entry in value(raw).get("claims") or []]
    after = changed(raw, "new", {"id": "new", "says": "Added: here."}, sources={"n": {"title": "N"}})
    for id in (*ids, "new"):
        after = changed(after, id, {"id": id, "says": "Changed: now.", "note": "More."})
    gone = after
    for id in (*ids, "new"):
        gone = changed(gone, id, None)

    assert {entry["id"]: entry["says"] for entry in value(after)["claims"]} == dict.fromkeys([*ids, "new"], "Changed: now.")
    assert value(gone)["claims"] == [] and value(gone)["sources"]["n"] == {"title": "N"}
    assert [comment for comment in comments_of(raw) if comment not in comments_of(gone)] == []
    assert gone.startswith("\ufeff".encode()) is text.startswith("\ufeff")
    assert ("\r\n" in text) is (b"\r\n" in gone) and (("\r\n" in text) is (b"\n" not in gone.replace(b"\r\n", b"")))


@pytest.mark.parametrize(("text", "says"), [
    ("claims: []\n", "no version"), ("version: 1.0.0\n", "no list of claims"), ("version: 1.0.0\nclaims: [{id: one}]\n", "one dash a line"),
    ("version: 1.0.0\nclaims: {}\nclaims: []\n", "stands twice"), ("version: 1.0.0\nclaims:\n  -\n    id: one\n", "beside its dash"), ("- a\n", "not a map"),
    ("version: 1.0.0\nclaims: []\nsources: [a]\n", "one below the other"), ("version: 1.0.0\nclaims: []\nhistory: {}\n", None),
    ("version: 1.0.0\nclaims: &a []\nother: *a\n", "anchor"),
    ("{version: 1.0.0, claims: []}\n", "not a map"), ("version: 1.0.0\nclaims: [\n]\n", "cannot be amended"),
])
def test_what_cannot_be_amended_is_told(text: str, says: str | None) -> None:
    """With the way to mend it; nothing is written in a guess. An empty history in any form is begun."""
    if says is None:
        assert value(changed(text.encode(), "new", {"id": "new"}))["history"] == [LINE]
        return
    with pytest.raises(CountryInfoError, match=says) as told:
        changed(text.encode(), "new", {"id": "new"}, sources={"n": {"title": "N"}})

    assert told.value.repair


def test_an_entry_that_is_not_there_cannot_be_taken_out() -> None:
    with pytest.raises(CountryInfoError, match="no entry"):
        changed(COMMENTED.encode(), "three", None)


def test_other_lists_are_amended_in_the_same_way() -> None:
    """A file of organisations, as the social map will have it: no sources, entries by id, a mark of who looked last."""
    raw = (b"country: XAA\nversion: 0.4.9\norganisations:\n\n  # Lindava\n  - id: harbour_house\n    name: Harbour House  # since 2020\n"
           b"    verified: nobody yet\n")
    entry = {"id": "harbour_house", "name": "Harbour House", "verified": {"date": "2026-11-26", "by": "noor"}}
    after = amend(raw, "organisations.yaml", Amendment("organisations", "harbour_house", entry, raised("0.4.9", words_only=True), LINE))

    assert after.decode().startswith(
        "country: XAA\nversion: 0.4.10\norganisations:\n\n  # Lindava\n  - id: harbour_house\n    name: Harbour House  # since 2020\n"
        "    verified: {date: 2026-11-26, by: noor}\n\nhistory:\n  - version: 1.1.0\n")


@pytest.mark.parametrize("version", ["", "1.0", "1.0.x", "1.0.0.0", "-1.0.0", None])
def test_a_version_is_three_numbers(version: object) -> None:
    with pytest.raises(CountryInfoError, match="three numbers"):
        raised(version, words_only=False)
