"""Promises about the server behind JupyterHub: everything below one path, people's words untouched, nobody in the clear."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

import pytest
from tornado.httputil import HTTPHeaders, ResponseStartLine

from safe_lib.catalogue import paths
from safe_lib.cli.app import run
from safe_lib.model.errors import WrongUse
from safe_lib.runtime.behind import LISTEN, PREFIX, PUBLIC, Hub, _Connection, hub_here, outward
from safe_lib.runtime.suite import Suite
from safe_lib.widgets.form import Form
from safe_lib.widgets.prefix import VARIABLE, below

HUB = Hub("127.0.0.1", 18888, "/user/noor/", "https://hub.example.org")
PAGE = ('<!doctype html><html data-base="/"><head><script src="/assets/0123456789abcdef/frame.js"></script></head><body>'
        '<a class="ref" href="/identification?case=DEMO-001">×</a><form method="post" action="/login"><input name="next" value="/claims"></form>'
        '<a href="//elsewhere.example/">no</a><a href="#main">no</a><button data-from="/names?case=DEMO-001">×</button></body></html>')
BELOW = ('<!doctype html><html data-base="/user/noor/"><head><script src="/user/noor/assets/0123456789abcdef/frame.js"></script></head><body>'
         '<a class="ref" href="/user/noor/identification?case=DEMO-001">×</a><form method="post" action="/user/noor/login"><input name="next" value="/claims">'
         '</form><a href="//elsewhere.example/">no</a><a href="#main">no</a><button data-from="/user/noor/names?case=DEMO-001">×</button></body></html>')


def test_addresses_of_a_page_lead_below_the_path() -> None:
    """Links, forms, scripts and what scripts read; where to go after signing in is a path of the suite and stays one."""
    assert below(PAGE, "/user/noor/") == BELOW and below(PAGE, "/") == PAGE


@pytest.mark.parametrize("words", ['see href="/home" on the paper', "<a href='/x'>", '"/user" said ="/no', "/claims"])
def test_words_of_people_stay_as_they_are(words: str) -> None:
    """In a text, in a field and in an attribute."""
    page = f'<p>{escape(words)}</p><textarea>{escape(words)}</textarea><div data-note="{escape(words)}">×</div>'

    assert below(page, "/user/noor/") == page


@pytest.mark.parametrize("size", [1, 7, 64, 10_000])
def test_a_page_that_comes_in_pieces_is_the_same(size: int) -> None:
    """A tag that is cut in two waits for its other half; what is no page passes untouched."""
    body = PAGE.encode()
    pieces = [body[at:at + size] for at in range(0, len(body), size)]
    for kind, whole in (("text/html; charset=utf-8", BELOW), ("application/json", PAGE)):
        one, headers = outward(HUB)(None), HTTPHeaders({"Content-Type": kind, "Content-Length": str(len(body))})
        _, headers, first = one.transform_first_chunk(200, headers, pieces[0], len(pieces) == 1)
        sent = first + b"".join(one.transform_chunk(piece, place == len(pieces)) for place, piece in enumerate(pieces[1:], start=2))

        assert sent.decode() == whole
        assert headers.get("Content-Length") in (None, str(len(sent)))


def test_paths_come_in_and_go_out() -> None:
    """What is not below the path is not there; a way on and a cookie lead below it."""
    assert [HUB.inside(path) for path in ("/user/noor/", "/user/noor", "/user/noor/login", "/login", "/user/noorx/login")] == ["/", "/", "/login", "/.", "/."]
    sent: list[HTTPHeaders] = []

    class Line:
        def write_headers(self, start_line: Any, headers: HTTPHeaders, chunk: bytes | None) -> None:
            sent.append(headers)

    headers = HTTPHeaders({"Location": "/login?next=%2F"})
    headers.add("Set-Cookie", "session=x; HttpOnly; Path=/; SameSite=Strict")
    headers.add("Set-Cookie", "lang=nl; Path=/")
    _Connection(Line(), HUB).write_headers(ResponseStartLine("", 302, ""), headers)

    assert sent[0]["Location"] == "/user/noor/login?next=%2F"
    assert sent[0].get_list("Set-Cookie") == ["session=x; HttpOnly; Path=/user/noor/; SameSite=Strict", "lang=nl; Path=/user/noor/"]


def test_what_a_kernel_sends_leads_below_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes by its own line and not through the server's pages."""
    heard: list[Any] = []
    monkeypatch.setattr("anywidget.AnyWidget.send", lambda self, content, buffers=None: heard.append(content))
    form = Form.__new__(Form)
    monkeypatch.setenv(VARIABLE, "/user/noor/")
    form.send({"type": "views", "html": {"outcome": '<a href="/person?case=DEMO-001">×</a>'}})
    form.send({"type": "what_if", "html": '<a href="/claims">×</a>'})
    form.send({"type": "saved", "seq": 1})

    assert heard == [{"type": "views", "html": {"outcome": '<a href="/user/noor/person?case=DEMO-001">×</a>'}},
                     {"type": "what_if", "html": '<a href="/user/noor/claims">×</a>'}, {"type": "saved", "seq": 1}]


SAID = {LISTEN: "http://127.0.0.1:18888/user/noor/", PREFIX: "/user/noor/", PUBLIC: "https://hub.example.org/user/noor/"}


@pytest.mark.parametrize(("changed", "problem"), [
    ({LISTEN: ""}, "did not start"), ({PREFIX: ""}, "did not start"), ({PUBLIC: ""}, "in the clear"), ({PUBLIC: "http://hub.example.org/"}, "in the clear")])
def test_without_jupyterhub_or_tls_it_does_not_start(monkeypatch: pytest.MonkeyPatch, changed: dict[str, str], problem: str) -> None:
    """Said in a sentence; on this machine alone it may be tried in the clear."""
    for name, value in {**SAID, **changed}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(WrongUse, match=problem):
        hub_here()
    for name, value in SAID.items():
        monkeypatch.setenv(name, value)

    assert hub_here() == HUB and hub_here().secure
    monkeypatch.setenv(PUBLIC, "http://127.0.0.1:8000/user/noor/")
    assert not hub_here().secure


def test_the_cookie_is_for_one_path_and_for_tls(tmp_path: Path) -> None:
    """`__Host-` is for the top of a host; below a path it is `__Secure-`."""
    assert Suite(tmp_path / "none", secure=True, hub=HUB).cookie == "__Secure-session"
    assert Suite(tmp_path / "none", secure=True).cookie == "__Host-session"


def test_the_configuration_is_where_the_command_says(capsys: pytest.CaptureFixture[str]) -> None:
    """And it is a program that starts ours and nothing of a notebook server's."""
    assert run(["hub"]) == 0
    place = Path(capsys.readouterr().out.strip())
    said = place.read_text()

    assert place == paths.TEMPLATES / "hub" / "jupyterhub_config.py" and compile(said, str(place), "exec")
    assert "--behind-hub" in said and "singleuser" not in said


def test_a_store_is_not_made_behind_a_hub(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The first person of a store proves that they sit at its machine; through a proxy everybody would seem to."""
    for name, value in SAID.items():
        monkeypatch.setenv(name, value)

    assert run(["serve", "--behind-hub", "--new"]) == 2 and "on its own machine" in capsys.readouterr().err
