"""The marks, headers and limits that scripts, other programs and attackers meet (contract, section 5; SEC-25 to SEC-29)."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.sync_api import BrowserContext, Response
from websockets.exceptions import InvalidStatus

from browser.running import PATTERN, Running
from browser.visitor import Visitor, text_of_pdf
from browser.wire import Questions, cookie_line, line_to, message, raw, replies, signed_in, started_kernel
from safe_lib.catalogue import load_instrument
from safe_lib.runtime import serve

pytestmark = pytest.mark.browser

SET = "ilo_adult_labour"
OPEN = {"unknown", "not_asked", "declined", "unsafe_to_ask"}
STRICT = {"x-content-type-options": "nosniff", "cross-origin-opener-policy": "same-origin", "cross-origin-resource-policy": "same-origin"}
POLICY = ("default-src 'none'", "script-src 'self'", "style-src 'self'", "object-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'")
Visit = Callable[..., Visitor]


@pytest.fixture(scope="module")
def noor(server: Running) -> Iterator[httpx.Client]:
    with signed_in(server) as client:
        yield client


@pytest.fixture(scope="module")
def ref(server: Running) -> str:
    return server.new_case("Aspen", {SET: {"DR01": "present", "DR02": "absent", "CD01": "unknown"}})


# Marks


def test_questions_stand_in_the_first_bytes(noor: httpx.Client, ref: str) -> None:
    """Every question with its answers and what is saved is there before the kernel is, and needs no script to be read."""
    with noor.stream("GET", f"/identification?case={ref}") as answer:
        before_the_kernel, _, rest = "".join(answer.iter_text()).partition("<safe-kernel")
    page = Questions(before_the_kernel)
    instrument = load_instrument(SET)

    assert rest
    assert {item.id for item in instrument.items} <= set(page.offered)
    for item in instrument.items:
        assert set(page.offered[item.id]) == {*instrument.scales[item.scale].codes, *OPEN}
        assert page.legends[item.id] == item.label
    assert {item: code for item, code in page.chosen.items() if item in instrument.by_id()} == {"DR01": "present", "DR02": "absent", "CD01": "unknown"}
    assert 'data-live="false"' in before_the_kernel
    assert 'data-saved="true"' in before_the_kernel
    assert "<fieldset" not in rest


@pytest.mark.parametrize("name", ["safe_return", "reintegration_followup", "unodc"])
def test_every_workbook_and_instrument_is_a_page(noor: httpx.Client, ref: str, name: str) -> None:
    """At an address with its name, with its questions and a result."""
    with started_kernel(noor, f"/{name}?case={ref}&lang=en") as (text, _):
        page = Questions(text)

        assert {item.id for item in load_instrument(name).items if item.only_if is None and item.group not in {"REL", "CHI", "STA", "THI"}} <= set(page.offered)
        assert 'data-view="outcome"' in text


def test_the_start_page_links_the_workbooks(noor: httpx.Client, server: Running, ref: str) -> None:
    """What can be done is reached from the start page; without a case a workbook says so instead of failing."""
    start = noor.get("/?lang=en").text

    for name in ("identification", "safe_return", "reintegration_followup", "procedures"):
        assert f'href="/{name}?' in start
        assert noor.get(f"/{name}?lang=en").status_code == 302
    assert f"case={ref}" in start


def test_marks_follow_the_page(server: Running, visit: Visit, ref: str) -> None:
    """data-live, data-saved, data-outcome, data-connection and data-action=leave, each where the contract puts it."""
    desk = visit()
    desk.open("identification", ref)

    assert desk.page.get_attribute("html", "data-live") == "true"
    assert desk.page.locator('[data-view="outcome"][data-outcome="open"]').count() == 1
    assert desk.page.locator('[data-connection="lost"]').count() == 0
    assert desk.page.locator('a[data-action="leave"]').count() == 1
    desk.answer_all(PATTERN, "present")
    desk.wait_for_outcome("trafficking_case")
    desk.wait_until_saved()
    assert set(PATTERN) <= {id for id, one in server.saved(ref, SET).items() if one.answer.code == "present"}


def test_language_links_keep_case_place_and_answers(visit: Visit, ref: str) -> None:
    """Another language of the same page: same case, same question at the top, same answers."""
    desk = visit()
    desk.open("identification", ref, {"lang": "en"})
    shown = desk.state()
    desk.unfold("EX05")
    desk.page.evaluate("document.getElementById('EX05').scrollIntoView()")
    languages = desk.page.locator("[data-lang]").evaluate_all("links => links.map((link) => link.dataset.lang)")
    assert languages == ["en", "nl"]
    desk.press('[data-lang="nl"]')
    desk.page.wait_for_selector('html[lang="nl"]', state="attached")
    desk.wait_until_live()
    address = urlsplit(desk.page.url)

    assert parse_qs(address.query) == {"case": [ref], "lang": ["nl"]}
    assert address.fragment == "EX05"
    assert desk.question("EX05").bounding_box()["y"] in Between(0, 300)  # type: ignore[index]
    assert {item: said["code"] for item, said in desk.state().items()} == {item: said["code"] for item, said in shown.items()}


class Between:
    """A range that `in` understands for numbers that are not whole."""

    def __init__(self, low: float, high: float) -> None:
        self.low, self.high = low, high

    def __contains__(self, number: float) -> bool:
        return self.low <= number <= self.high

    def __repr__(self) -> str:
        return f"{self.low} to {self.high}"


# What leaves this machine, and under which headers


@pytest.mark.parametrize("policy", [True, False], ids=["policy", "without policy"])
def test_sec_26_nothing_is_asked_of_any_other_host(server: Running, visit: Visit, ref: str, policy: bool) -> None:
    """A whole visit, with the page policy and without it: every request and every line goes to this server; every answer has the headers."""
    desk = visit(signed_in=False, bypass_csp=not policy, accept_downloads=True)
    asked, answered = watch(desk.context)
    desk.page.on("websocket", lambda line: asked.append(line.url))
    desk.sign_in()
    desk.open("identification", ref)
    desk.answer("EX09", "present")
    desk.wait_until_saved()
    desk.page.click('[data-action="theme"]')
    if policy:
        with desk.page.expect_download(timeout=30_000):
            desk.page.click('button[data-report][data-profile="person"]')
    desk.open("safe_return", ref)
    desk.page.goto(f"{server.url}/nothing-here")
    desk.page.click('[data-action="leave"]')
    desk.page.wait_for_selector("text=There is nothing here yet")

    hosts = {urlsplit(one).netloc for one in asked if not one.startswith(("data:", "blob:"))}
    assert hosts == {f"127.0.0.1:{server.port}"}
    assert len(asked) > 12
    for one in answered:
        has_strict_headers(one.all_headers(), one.url)
    assert [said for said in desk.problems if "nothing-here" not in said and "404" not in said] == []


def watch(context: BrowserContext) -> tuple[list[str], list[Response]]:
    asked: list[str] = []
    answered: list[Response] = []
    context.on("request", lambda request: asked.append(request.url))
    context.on("response", lambda response: None if response.url.startswith(("data:", "blob:")) else answered.append(response))
    return asked, answered


def has_strict_headers(headers: dict[str, str], where: str) -> None:
    for name, value in STRICT.items():
        assert headers.get(name) == value, f"{name} of {where}"
    assert all(part in headers.get("content-security-policy", "") for part in POLICY), where
    assert "unsafe" not in headers["content-security-policy"], where
    assert headers["referrer-policy"] in ("same-origin", "no-referrer"), where
    assert "camera=()" in headers["permissions-policy"], where
    assert "no-store" in headers["cache-control"] or "/assets/" in where, where


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/login", 200),
        ("GET", "/left", 200),
        ("GET", "/leave", 200),
        ("GET", "/", 302),
        ("GET", "/identification?case=K7M-2042", 302),
        ("GET", "/nothing", 404),
        ("GET", "/identification?case=amina", 302),
        ("POST", "/login", 403),
        ("POST", "/answers", 403),
        ("POST", "/cases", 403),
        ("PUT", "/login", 403),
        ("DELETE", "/", 403),
        ("POST", "/nothing", 404),
        ("POST", "/voila/api/shutdown/0-0-0-0-0", 403),
        ("OPTIONS", "/login", 403),
        ("GET", "/api/kernels/0-0-0-0-0/channels", 403),
        ("GET", "/assets/0000000000000000/frame.js", 404),
        ("HEAD", "/login", 302),
        ("GET", "/favicon.ico", 404),
    ],
)
def test_sec_25_every_answer_has_the_headers(server: Running, method: str, path: str, status: int) -> None:
    """Errors and refusals too, for whoever is not signed in."""
    answer = httpx.request(method, server.url + path)

    assert answer.status_code == status
    has_strict_headers(dict(answer.headers), path)
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/identification?case=K7M-2042", 404),
        ("/identification?case=../../etc", 404),
        ("/safe_return?case=AMINA", 404),
        ("/answers", 405),
        ("/cases", 405),
        ("/nothing", 404),
    ],
)
def test_errors_say_a_sentence_and_no_more(noor: httpx.Client, path: str, status: int) -> None:
    """For whoever is signed in: a heading, one sentence, a way on; nothing of the program."""
    answer = noor.get(path)

    assert answer.status_code == status
    has_strict_headers(dict(answer.headers), path)
    assert '<p class="lead"></p>' not in answer.text
    assert "safe_lib" not in answer.text.replace("safe_library", "")


def test_cookies_are_closed(server: Running) -> None:
    """The session is out of reach of scripts and of other sites; it is neither in an address nor in a page."""
    with signed_in(server) as client:
        cookie = next(one for one in client.cookies.jar if one.name == "session")
        page = client.get("/").text

    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "Strict"
    assert cookie.value
    assert cookie.value not in page


@pytest.mark.parametrize("origin", ["https://safe.example.evil", "http://127.0.0.1.evil.example", "null"])
def test_sec_29_no_other_site_can_post(server: Running, noor: httpx.Client, ref: str, origin: str) -> None:
    """Without the token of our own page nothing is changed, wherever the request says that it comes from."""
    answers = {"answers": [{"type": "answer", "seq": 1, "instrument": SET, "item": "VD07", "code": "present", "seen": 0}]}
    headers = {"Origin": origin, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    refused = (
        noor.post(f"/answers?case={ref}&workbook=identification", headers=headers, json=answers),
        noor.post("/cases", headers=headers, data={"alias": "Foe"}),
        noor.post("/logout", headers=headers, data={"a": "b"}),
    )
    for answer in refused:
        assert answer.status_code in (403, 404), answer.url
    assert "VD07" not in server.saved(ref, SET)
    assert noor.get("/").status_code == 200


# Routes

PLACES = r"""
    etc/passwd safe_lib/runtime/serve.py pyproject.toml workbooks/identification.ipynb identification.ipynb
    cases.safe cases.safe.key .git/config server.log proc/self/environ proc/self/cmdline
    safe_lib/widgets/web/form.js templates/page/voila/templates/safe/index.html.j2
"""
WAYS = r"""
    /{} /static/{} /static//{} /static/..%2f{} /static/../{} /assets/../{} /assets/0000000000000000/..%2f{}
    /%2e%2e/%2e%2e/{} /..%2f..%2f..%2f{} /%252e%252e%252f{} /..%5c..%5c{} /....//....//{} /%c0%ae%c0%ae/{}
    /files/{} /voila/static/{} /voila/files/{} /api/contents/{} /nbconvert/html/{} /notebooks/{} /view/{}
    /tree/{} /edit/{} /custom/{} /nbextensions/{} /lab/tree/{} /voila/render/{} //{} /\\127.0.0.1\share\{}
    /{}::$DATA /IDENTIFICATION/../{} /identification/{} /%00{} /{}%00.js /proxy/8866/{} /voila/templates/{}
    /templates/{} /login/../{} /login/{}
"""
SERVICES = r"""
    /api /api/kernels /api/kernels/0-0-0-0-0 /api/sessions /api/terminals /terminals/websocket/1 /terminals/1
    /api/kernelspecs /api/contents /api/config/x /api/status /api/spec.yaml /api/me /api/nbconvert
    /api/security/csp-report /metrics /lsp/ws/pyls /lab /tree /voila /voila/ /start /hub /user/x
    /api/events/subscribe /api/shutdown /kernelspecs/python3/logo.svg /static/favicon.ico /robots.txt
    /voila/api/request_kernel /voila/query/identification /service-worker.js /.well-known/security.txt
    /server-status /debug/pprof /ws /terminal/ws
"""
FOREIGN = (  # what a file of ours or of the system would show
    "root:x:",
    "import ",
    "open_workbook(",
    "[project]",
    "SQLite",
    "nbformat",
    "CREATE TABLE",
    "PATH=",
    "safe-kernel",
    "kernel_start",
    "repositoryformat",
)


@pytest.mark.parametrize("who", ["stranger", "noor"])
def test_sec_27_nothing_but_the_named_routes(server: Running, noor: httpx.Client, who: str) -> None:
    """Some five hundred hostile paths: each is not found, and not a byte of a file comes back; no service of a notebook server is there."""
    cookies = cookie_line(noor) if who == "noor" else ""
    paths = [*(way.format(place) for way, place in itertools.product(WAYS.split(), PLACES.split())), *SERVICES.split()]
    assert len(paths) > 500
    wrong = [path for path in paths if not is_refused(*raw(server, path, cookies))]

    assert wrong == []


def is_refused(status: int, body: str) -> bool:
    return status in (400, 404) and not any(sign in body for sign in FOREIGN)


def test_sec_28_the_route_inventory_is_the_allow_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """SEC-28: the routes of the running application, in their order. Who adds one says so here."""
    monkeypatch.setattr(serve, "SUITE", [SimpleNamespace(notebooks={"identification", "start"})])
    monkeypatch.setattr(serve, "instrument_files", lambda: {"unodc": Path()})
    found = serve.SafeVoila.init_handlers(SimpleNamespace(template_paths=[], config=None, voila_configuration=None, app=None))  # type: ignore[arg-type]
    routes = [route[0] for route in found]

    assert routes == [
        "/",
        "/login",
        "/logout",
        "/leave",
        "/left",
        "/cases",
        "/answers",
        "/claims",
        "/claims/waiting",
        "/reassess",
        "/validity",
        "/help",
        "/cover",
        "/names",
        "/account",
        "/people",
        "/emergency",
        "/rights",
        "/person",
        "/seen",
        "/alive",
        "/first",
        "/disclosures",
        "/letters",
        r"/disclosures/copy/([A-Za-z0-9_-]{43})",
        "/w",
        r"/assets/([0-9a-f]{16})/([a-z]+\.(?:js|css))",
        r"/(country_information)",
        r"/country_information/([A-Z]{3})\.(pdf|docx|html)",
        "/(coordination)",
        r"/coordination/calendar\.ics",
        rf"/coordination/digest/({serve.WEEK})",
        "/closing",
        "/second_opinion",
        "/practice",
        "/(procedures)",
        r"/(social_map)",
        r"/social_map/card\.pdf",
        "/referral",
        r"/(training)", r"/programme", r"/programme/report\.(pdf|docx|html)",
        r"/(awareness)",
        "/awareness/print",
        r"/(survey)",
        "/survey/entry",
        r"/survey/file/(paper|form|report)",
        r"/survey/([A-Za-z0-9_\-]{10,60})",
        r"/(findings)",
        "/(identification|unodc)",
        rf"/api/kernels/{serve.KERNEL_ID}/channels",
        rf"/voila/api/shutdown/{serve.KERNEL_ID}",
        "/.*",
    ]


# Kernels


def test_a_kernel_is_its_owners_alone_and_runs_no_code(server: Running, noor: httpx.Client, ref: str, tmp_path: Path) -> None:
    """Nobody else reaches or ends it; a look-alike origin does not reach it; over the owner's own line no code is run."""
    with started_kernel(noor, f"/identification?case={ref}") as (_, kernel), signed_in(server, "mila") as mila:
        for who, cookies, origin in (
            ("a stranger", "", ""),
            ("another person", cookie_line(mila), ""),
            ("another origin", cookie_line(noor), f"{server.url}.evil.example"),
            ("no origin of ours", cookie_line(noor), "https://safe.example.evil"),
        ):
            with pytest.raises(InvalidStatus) as refused, line_to(server, kernel, cookies, origin):
                pytest.fail(f"{who} reached the kernel")
            assert refused.value.response.status_code == 403
            has_strict_headers({name.lower(): value for name, value in refused.value.response.headers.raw_items()}, who)
        ended = mila.post(f"/voila/api/shutdown/{kernel}", headers={"X-XSRFToken": mila.cookies["_xsrf"]})

        assert ended.status_code == 404
        mark = tmp_path / "run"
        with line_to(server, kernel, cookie_line(noor)) as line:
            assert line.response is not None
            has_strict_headers({name.lower(): value for name, value in line.response.headers.raw_items()}, "the line")
            code = f"open({str(mark)!r}, 'w').close()"
            for channel, kind, content in (
                ("shell", "execute_request", {"code": code, "silent": False, "user_expressions": {"a": code}}),
                ("shell", "inspect_request", {"code": "workbook", "cursor_pos": 3, "detail_level": 1}),
                ("shell", "complete_request", {"code": "workb", "cursor_pos": 5}),
                ("shell", "history_request", {"hist_access_type": "tail", "n": 9, "output": True, "raw": True}),
                ("stdin", "input_reply", {"value": code, "status": "ok"}),
                ("control", "debug_request", {"type": "request", "command": "initialize", "seq": 1, "arguments": {}}),
            ):
                line.send(message(channel, kind, content))
            line.send(message("control", "kernel_info_request", {}))
            heard = replies(line, within=1.5)

        assert "kernel_info_reply" in heard
        assert not {kind for kind in heard if kind.startswith(("execute", "inspect", "complete", "debug"))}
        assert not mark.exists()


def test_a_case_that_is_not_there_starts_no_kernel(server: Running, noor: httpx.Client) -> None:
    """Addresses that lead nowhere cost nothing."""
    before = len(server.kernels())
    for address in ("/identification?case=ZZZ-9999", "/identification?case=x", "/safe_return", "/nothing"):
        noor.get(address)

    assert len(server.kernels()) == before


# What stands below a question


def test_a_question_far_off_is_furnished_when_it_comes_near_or_is_searched(visit: Visit, ref: str) -> None:
    """Its words are found before they are there; nobody sees an empty place."""
    desk = visit()
    desk.open("identification", ref)
    item = load_instrument(SET).items[-1]
    tail = desk.question(item.id).locator(".q-tail")
    assert tail.locator("details").count() == 0

    desk.page.fill("[data-search]", item.listen_for.split(".")[0])
    desk.question(item.id).scroll_into_view_if_needed()
    tail.locator("summary", has_text="Listen for").click()

    assert item.listen_for in " ".join(tail.locator(".listen").inner_text().split())
    assert tail.locator("details.q-note").count() == 1


# On paper


def test_a_print_has_the_questions_and_no_controls(visit: Visit, ref: str) -> None:
    """Every question of the page, folded or not, with the answers; no bar, no button, nothing to press."""
    desk = visit()
    desk.open("identification", ref)
    text = " ".join(text_of_pdf(desk.page.pdf(format="A4")).split())
    labels = desk.page.locator("fieldset[data-item] legend > span:first-child").evaluate_all("all => all.map((one) => one.textContent)")

    assert len(labels) > 90
    assert [label for label in labels if squeezed(label) not in squeezed(text)] == []
    assert ref in text
    for control in ("Leave", "Mask names", "Undo", "Next unanswered question", "Skip to content", "Try now", "Find a question", "Stay signed in"):
        assert control not in text


def squeezed(text: str) -> str:
    """Without what a line break or a joined letter changes."""
    return "".join(unicodedata.normalize("NFKC", text).split()).replace("-", "")
