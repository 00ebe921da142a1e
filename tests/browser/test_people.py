"""People and their rights in a browser: the first person, letting somebody in, codes, emergencies, and two persons for one thing."""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psutil
import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from playwright.sync_api import Browser, BrowserContext, Page, expect
from team import ADMIN, CANARY, REF, fill, make_team, opened, phrase

from browser.conftest import DESK, PHONE, SMALL
from browser.running import Running, free_port
from browser.wire import cookie_line, line_to
from safe_lib.store import Store

pytestmark = pytest.mark.browser

Come = Callable[..., Page]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server with a team that works on real persons' cases (which are invented)."""
    folder = tmp_path_factory.mktemp("team")
    path = make_team(folder)
    for user in ("cora", "sven", "sofie", "vera", "anna"):
        with opened(path, user) as store:
            store._usable().exec_driver_sql("UPDATE people SET renew = 0")
    with opened(path, "sven") as store:
        fill(store, REF, by="sven")
    running = Running(path, free_port(), folder / "server.log")
    running.start()
    yield running
    running.stop()


@pytest.fixture
def come(server: Running, browser: Browser) -> Iterator[Come]:
    """Somebody signs in, in a browser of their own."""
    contexts: list[BrowserContext] = []

    def somebody(user: str, given: str = "", code: str = "", **options: Any) -> Page:
        options.setdefault("viewport", DESK)
        contexts.append(browser.new_context(bypass_csp=True, **options))
        page = contexts[-1].new_page()
        page.set_default_timeout(15_000)
        page.goto(f"{server.url}/login?lang=en")
        page.fill("#user", user)
        page.fill("#pass", given or phrase(user))
        page.fill("#code", code)
        page.click("form.card button[type=submit]")
        return page

    yield somebody
    for context in contexts:
        context.close()


def has_no_violations(page: Page, where: str) -> None:
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
    assert not found.response["violations"], f"{where}\n{found.generate_report()}"


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


@pytest.mark.parametrize("language", ["en", "nl"])
def test_axe_people_and_rights(come: Come, server: Running, language: str) -> None:
    """A11Y-01, A11Y-09: no violation on any page about people, at a desk, on a phone and at 320 pixels, in both languages."""
    page = come(ADMIN)
    for path in ("/account", "/people", "/rights"):
        for size in (DESK, PHONE, SMALL) if language == "en" else (PHONE,):  # what axe finds at a width hangs on no language
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.goto(f"{server.url}{path}?lang={language}")
            has_no_violations(page, f"{path} {language} {size['width']}")
            assert fits(page), f"{path} {language} {size['width']}"
    page.goto(f"{server.url}/account?lang={language}")
    page.click('form:has(input[value="code_start"]) button')
    has_no_violations(page, f"codes {language}")
    other = come("sofie")
    other.goto(f"{server.url}/emergency?lang={language}")
    has_no_violations(other, f"emergency {language}")


def test_somebody_is_let_in_and_settles_their_own_way_in(come: Come, server: Running) -> None:
    """The administrator tells a passphrase once; the colleague changes it before anything else, and turns codes on."""
    page = come(ADMIN)
    page.goto(f"{server.url}/people?lang=en")
    page.fill("#add-user", "nora")
    page.fill("#add-name", "Nora D.")
    page.check("#add-specialist")
    page.click('form:has(input[value="add"]) button[type=submit]')
    told = page.locator("[role=status] code").inner_text()
    assert len(told.split("-")) == 6
    page.reload()

    nora = come("nora", told)
    nora.wait_for_url("**/account*")
    nora.goto(f"{server.url}/identification?case={REF}")
    nora.wait_for_url("**/account*")
    new = "vier nieuwe woorden voor nora"
    for name, value in (("old", told), ("new", new), ("again", new)):
        nora.fill(f"#{name}", value)
    nora.click('form:has(input[value="passphrase"]) button')
    expect(nora.locator("[role=status]")).to_contain_text("counts from now on")
    nora.click('form:has(input[value="code_start"]) button')
    secret = nora.locator("code").inner_text()
    nora.fill('form:has(input[value="code_on"]) #code', pyotp.TOTP(secret).now())
    nora.click('form:has(input[value="code_on"]) button')
    kept = nora.locator("[role=status] code").all_inner_texts()
    assert len(kept) == 10

    again = come("nora", new)
    expect(again.locator("#pass-error")).to_be_visible()
    inside = come("nora", new, kept[0])
    inside.wait_for_url(re.compile(r"/(\?.*)?$"))
    expect(inside.locator("h1")).to_contain_text("nora")
    inside.goto(f"{server.url}/account?lang=en")
    inside.click('form:has(input[value="everywhere"]) button')
    nora.goto(f"{server.url}/account")
    nora.wait_for_url("**/login*")


def test_an_administrator_sees_people_and_no_case(come: Come, server: Running) -> None:
    """SEC-16: the start page has no case and no way to open one; every address of a case says that there is none."""
    page = come(ADMIN)
    page.wait_for_url(re.compile(r"/(\?.*)?$"))
    assert REF not in page.content() and "Zyxomma" not in page.content()
    expect(page.locator("#new")).to_have_count(0)
    said = set()
    for ref in (REF, "X9X-0000"):
        for path in ("identification", "safe_return", "reintegration_followup"):
            answer = page.goto(f"{server.url}/{path}?case={ref}")
            assert answer is not None and answer.status in (403, 404)
            said.add((answer.status, page.inner_text("main").replace(ref, "…")))
    assert len(said) == 1


def test_an_emergency_opens_a_case_and_is_told(come: Come, server: Running) -> None:
    """SEC-15: a reason, an hour, and a notice on the start page of whoever is responsible, until they have seen it."""
    page = come("sofie")
    page.wait_for_url(re.compile(r"/(\?.*)?$"))
    assert REF not in page.content()
    page.goto(f"{server.url}/emergency?lang=en")
    page.fill("#ref", REF)
    page.fill("#reason", "She is in hospital and the ward asks what she fears.")
    page.click("main button[type=submit]")
    page.click(f'a:has-text("{REF}")')
    page.wait_for_selector("fieldset[data-item]", state="attached")
    boss = come("cora")
    expect(boss.locator("#notices-title")).to_be_visible()
    expect(boss.locator("section.notice-stop li")).to_contain_text(REF)
    boss.click("section.notice-stop button")
    expect(boss.locator("#notices-title")).to_have_count(0)


def test_two_persons_settle_something(come: Come, server: Running) -> None:
    """SEC-17: whoever asked sees no way to agree; a second person does, and it counts."""
    cora = come("cora")
    cora.goto(f"{server.url}/people?lang=en")
    cora.select_option("#policy-setting", "rest_minutes")
    cora.fill("#policy-value", "7")
    cora.click('form:has(input[value="ask_policy"]) button')
    expect(cora.locator('form:has(input[value="agree"])')).to_have_count(0)
    boss = come(ADMIN)
    boss.goto(f"{server.url}/people?lang=en")
    boss.click('form:has(input[value="agree"]) button')
    expect(boss.locator("dl.facts")).to_contain_text("7")


@contextmanager
def client_of(server: Running, user: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=30) as client:
        client.get("/login")
        answer = client.post("/login", data={"user": user, "pass": phrase(user), "_xsrf": client.cookies["_xsrf"]})
        assert answer.status_code == 302
        yield client


ROUTES = (("GET", "/people"), ("POST", "/people"), ("GET", f"/identification?case={REF}"), ("GET", f"/safe_return?case={REF}"), ("GET", f"/unodc?case={REF}"),
          ("POST", f"/answers?case={REF}&workbook=identification"), ("POST", "/cases"), ("GET", "/emergency"), ("GET", f"/country_information?case={REF}"),
          ("GET", "/reassess"))
ALLOWED = {"anna": {"/reassess?"}, "vera": {"/cases", "/reassess"}, "ada": {"/people"}}


@pytest.mark.parametrize("user", ["anna", "vera", "ada"])
def test_sec_10_every_route_obeys_the_table(server: Running, user: str) -> None:
    """Analyst, volunteer and administrator: what the table forbids is 403 or 404, with 0 bytes of the case."""
    with client_of(server, user) as client:
        for method, path in ROUTES:
            place = path.partition("?")[0]
            if place in ALLOWED[user]:
                continue
            body = {"answers": [{"type": "answer", "seq": 1, "instrument": "safe_return", "item": "SAF-07", "code": "present", "seen": 0}]}
            headers = {"X-XSRFToken": client.cookies["_xsrf"]}
            sent = {"json": body} if place == "/answers" else {"data": {"action": "add", "user": "foe", "role": "administrator"}}
            answer = client.request(method, path, headers=headers, **(sent if method == "POST" else {}))
            refused = answer.status_code in (403, 404) or '"refused": [{' in answer.text
            assert refused, (method, path, answer.status_code)
            assert "Zyxomma" not in answer.text and "SAF-00" not in answer.text
    with Store.open(server.store, phrase("cora"), person="cora") as store:
        assert "foe" not in {member.user for member in store.people()}
        assert "SAF-07" not in {saved.item for saved in store.answers(REF, "safe_return")}


def test_sec_11_a_kernel_ends_with_its_session_and_says_nothing_outside(server: Running) -> None:
    """No name, case, key or passphrase in the environment, the command line or an open file of a kernel; after signing out it is gone within 2 s."""
    with client_of(server, "sven") as client:
        cookies, others = cookie_line(client), {one.pid for one in server.kernels()}
        text = client.get(f"/identification?case={REF}").text
        found = re.findall(r'<safe-kernel data-id="([0-9a-f-]{36})"', text)
        kernels = [one for one in server.kernels() if one.pid not in others]
        assert len(kernels) == 1
        for one in kernels:
            seen = b"".join(Path(f"/proc/{one.pid}/{name}").read_bytes() for name in ("environ", "cmdline"))
            seen += "\n".join(file.path for file in one.open_files()).encode() + one.cwd().encode()
            for hidden in ("sven", REF, phrase("sven"), "Zyxomma", CANARY):
                assert hidden.encode() not in seen, hidden
        with line_to(server, found[0], cookies):
            pass
        client.post("/logout", data={"_xsrf": client.cookies["_xsrf"]})
        assert psutil.wait_procs(kernels, timeout=2)[1] == []


def test_the_first_person_is_made_on_this_machine_with_the_code_of_the_terminal(browser: Browser, tmp_path: Path) -> None:
    """SEC-24: nothing has a passphrase from the factory; the wizard needs the code, and is gone afterwards."""
    running = FirstRun(tmp_path / "real.safe", free_port(), tmp_path / "log")
    running.start()
    try:
        context = browser.new_context(bypass_csp=True, viewport=PHONE)
        page = context.new_page()
        page.goto(f"{running.url}/login?lang=en")
        page.wait_for_url("**/first*")
        has_no_violations(page, "first")
        code = re.findall(r"\d{4}-\d{4}", running.log.read_text())[0]
        for given, worked in (("0000-0000", False), (code, True)):
            for name, value in (("code", given), ("user", "ada"), ("name", "Ada"), ("new", "five words of our own choice"), ("again", "five words of our own choice")):
                page.fill(f"#{name}", value)
            page.click("main button[type=submit]")
            page.wait_for_url("**/login*" if worked else "**/first*")
        assert httpx.get(f"{running.url}/first").status_code == 404
        page.fill("#user", "ada")
        page.fill("#pass", "five words of our own choice")
        page.click("form.card button[type=submit]")
        page.wait_for_url(re.compile(r"/(\?.*)?$"))
        context.close()
    finally:
        running.stop()
    with Store.open(running.store, "five words of our own choice", person="ada") as store:
        assert store.me.roles == {"administrator"} and not store.training


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for this machine that nobody else trusts, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
            .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1)).sign(key, hashes.SHA256()))
    (folder / "c.pem").write_bytes(made.public_bytes(Encoding.PEM))
    (folder / "k.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return folder / "c.pem", folder / "k.pem"


def test_sec_22_over_tls_the_cookie_is_bound_to_this_host(tmp_path: Path) -> None:
    """TLS 1.3 and nothing older; the session cookie is `__Host-`, Secure, HttpOnly and Strict; in the clear there is no answer."""
    path, (public, private) = make_team(tmp_path, users=("sven",)), certificate(tmp_path)
    running = OverTls(path, free_port(), tmp_path / "log")
    OverTls.more = ("--certificate", str(public), "--key", str(private))
    running.start()
    try:
        with httpx.Client(base_url=running.url.replace("http:", "https:"), verify=False, timeout=30) as client:
            client.get("/login")
            answer = client.post("/login", data={"user": ADMIN, "pass": phrase(ADMIN), "_xsrf": client.cookies["_xsrf"]})
            assert answer.status_code == 302
            cookie = next(line for line in answer.headers.get_list("set-cookie") if line.startswith("__Host-session="))
            assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/")) and "Domain" not in cookie
            assert client.get("/people").status_code == 200
        with pytest.raises(httpx.HTTPError):
            httpx.get(f"{running.url}/login", timeout=5)
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode, old.maximum_version = False, ssl.CERT_NONE, ssl.TLSVersion.TLSv1_2
        with pytest.raises(httpx.HTTPError):
            httpx.get(running.url.replace("http:", "https:") + "/login", verify=old, timeout=5)
    finally:
        running.stop()


class OverTls(Running):
    """A server with a certificate."""

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url.replace('http:', 'https:')}/login", verify=False, timeout=2).status_code == 200
        except httpx.HTTPError:
            return False


class FirstRun(Running):
    """A server with no store yet."""

    more = ("--new",)
