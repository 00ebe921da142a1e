"""Addresses of a shared computer say nothing, and lead to the same page (SEC-34)."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safe_lib.runtime.covering import NAME, PATH, Covers

COVERS = Covers()


def behind(address: str, covers: Covers = COVERS) -> str | None:
    """What stands behind a covered address, without its place in the page."""
    parts = urlsplit(address)
    assert parts.path == PATH
    return covers.uncover(parse_qs(parts.query)[NAME][0])


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="#?&=/"), min_size=1, max_size=200))
def test_sec_34_what_is_covered_comes_back_and_cannot_be_read(word: str) -> None:
    """Whatever the address; the same page always has the same cover, so that Back finds it."""
    address = f"/identification?case={word}&lang=nl"
    covered = COVERS.cover(address)

    assert behind(covered) == address
    assert COVERS.cover(address) == covered
    assert len(word) < 4 or word not in covered
    assert behind(covered, Covers()) is None  # another server, or this one after it was started anew


def test_sec_34_length_tells_little() -> None:
    """Every reference and every workbook of the suite takes the same room."""
    addresses = [f"/{name}?case=K7M-2042&lang=en" for name in ("unodc", "identification", "safe_return", "safety_report", "reintegration_followup")]

    assert len({len(COVERS.cover(address)) for address in addresses}) == 1


@pytest.mark.parametrize("address", ["/", "/?lang=en", "/login", "/login?lang=nl", "/left", "/leave", "/help?lang=en", "/assets/0123456789abcdef/frame.js", "https://example.org/x?y=1"])
def test_what_says_nothing_stays_as_it_is(address: str) -> None:
    """The start page, sign-in and the like; scripts; another server is none of ours."""
    assert COVERS.cover(address) == address


def test_sec_34_a_way_back_is_covered_too() -> None:
    """Through sign-in and through the page on leaving; with its place in the page, which names a question and nobody."""
    covered = COVERS.cover("/login?lang=en&next=%2Fidentification%3Fcase%3DK7M-2042%23DR01")
    back = parse_qs(urlsplit(covered).query)["next"][0]

    assert "K7M" not in covered
    assert (behind(back), urlsplit(back).fragment) == ("/identification?case=K7M-2042", "DR01")
    assert COVERS.cover(covered) == covered
    assert behind(COVERS.cover("/?lang=en&for=safe_return#cases")) == "/?lang=en&for=safe_return"


@pytest.mark.parametrize("token", ["", "abc", "A" * 5_000, "\u00e9", "====", "%00", "-" * 64])
def test_a_broken_cover_hides_nothing(token: str) -> None:
    """It is no address of ours, and nothing breaks."""
    assert COVERS.uncover(token) is None


def test_sec_34_every_link_of_a_page_is_covered_and_nothing_else() -> None:
    """Links to pages, also relative ones; places in the page, forms, scripts and words stay. Forms that ask for a page say in full where they lead."""
    html = ('<a class="ref" href="/identification?case=K7M-2042&amp;lang=en">K</a><a href="?case=K7M-2042&amp;set=x">L</a><a href="#DR01">M</a><a data-action="leave" href="/leave">N</a>'
            '<form class="tools" method="get" action="#map"></form><form method="get" action=""></form><form method="post" action="/cases"></form><p>href="/identification?case=K7M-2042"</p>')
    page = COVERS.cover_page(html, "/country_information")

    assert page.count(f'href="{PATH}?{NAME}=') == 2
    assert behind(page.split('href="')[2].split('"')[0]) == "/country_information?case=K7M-2042&set=x"
    assert '<a href="#DR01">' in page and 'href="/leave"' in page and '<p>href="/identification?case=K7M-2042"</p>' in page
    assert 'method="get" action="/country_information#map"' in page and 'method="get" action="/country_information"' in page and 'method="post" action="/cases"' in page
