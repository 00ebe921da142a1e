"""The server: Voilà with our pages, our sign-in and our kernels, on this machine only."""

from __future__ import annotations

import asyncio
import gc
import os
import ssl
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

# 1.4 to 1.9 s of grammar building that no Jupyter schema uses (jsonschema issue 1428).
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop, PeriodicCallback
from traitlets import default
from traitlets.config import Config
from voila.app import Voila

from safe_lib import release
from safe_lib.catalogue import instrument_files, languages, load_instrument, load_texts, paths, translated
from safe_lib.catalogue.outlines import load_outlines
from safe_lib.model.errors import WrongUse
from safe_lib.rights.handover import VARIABLE
from safe_lib.runtime import firstbytes
from safe_lib.runtime.assets import addresses
from safe_lib.runtime.behind import Behind, Hub, outward
from safe_lib.runtime.claims import Claims, ClaimsWaiting
from safe_lib.runtime.clean_memory import leave_no_dump
from safe_lib.runtime.closing_page import ClosingPage
from safe_lib.runtime.coordination_pages import WEEK, CalendarFile, CoordinationPage, Digest
from safe_lib.runtime.country_pages import CountryPage, CountryProfile
from safe_lib.runtime.covering import COVERS, Uncovering
from safe_lib.runtime.disclosure_pages import COPIES, Disclosures, TakeOut
from safe_lib.runtime.gate import LARGEST_REQUEST
from safe_lib.runtime.handlers import (
    Answers,
    Asset,
    Leave,
    Left,
    NewCase,
    Nothing,
    OwnKernels,
    People,
    SignIn,
    SignOut,
    StartPage,
    WorkbookPage,
    visit_of_kernel,
)
from safe_lib.runtime.letter_pages import LettersPage
from safe_lib.runtime.lines import EndKernel, Line
from safe_lib.runtime.people_pages import Account, Alive, Emergency, First, Rights, Seen
from safe_lib.runtime.people_pages import People as PeoplePage
from safe_lib.runtime.person_page import PersonsRights
from safe_lib.runtime.procedure_page import ProceduresPage
from safe_lib.runtime.provisioner import PREPARED, ForkedKernels
from safe_lib.runtime.quiet import answered, say_little
from safe_lib.runtime.reassess_handler import Reassess
from safe_lib.runtime.shared_handler import Cover, Help, Names
from safe_lib.runtime.social_pages import SocialCard, SocialMapPage
from safe_lib.runtime.suite import SUITE, Suite
from safe_lib.runtime.training_page import TrainingPage
from safe_lib.runtime.validity_handler import Validity
from safe_lib.widgets import prefix
from safe_lib.widgets.form import HAS_SCRIPT

HERE: Final = "127.0.0.1"
PORT: Final = 8866
KERNEL_ID: Final = r"(?P<kernel_id>\w+-\w+-\w+-\w+-\w+)"
SOCKET_NAME: Final = 103  # bytes in the name of a local socket, where it is shortest (macOS; 107 on Linux)
SOCKETS_TAKE: Final = len("/voila_12345678/kernel-12345678-1234-1234-1234-123456789012.json-ipc-5")
BREATH: Final = 0.005  # seconds between two pieces of what is read ahead, for whoever asks meanwhile
FILES: Final = 10_240  # open files; what macOS allows at most
AFTER_PAGE, BEFORE_PAGE = 20, 60  # seconds a kernel waits for its page to come back, and to come at all


class CaseKernels(AsyncMappingKernelManager):  # type: ignore[misc]
    """Starts a kernel for one visit, tells it for whom it works, and ends it with its page."""

    @default("kernel_manager_class")
    def _manager_of_one(self) -> str:
        return "safe_lib.runtime.ready.PromptKernelManager"

    async def start_kernel(self, **kw: Any) -> str:
        """Start one; its environment says nothing of the person or the case."""
        suite, visit = SUITE[0], visit_of_kernel()
        kw["env"] = kernel_environment(suite)
        kernel = str(await super().start_kernel(**kw))
        if visit is not None:
            suite.owners[kernel] = visit.session
            suite.handover.expect(self.get_kernel(kernel).provisioner.pid, visit)
        self.end_if_alone(kernel, BEFORE_PAGE)
        return kernel

    async def shutdown_kernel(self, kernel_id: str, *args: Any, **kw: Any) -> Any:
        """End one, and whatever a page that was closed meanwhile has to do with it."""
        SUITE[0].owners.pop(kernel_id, None)
        try:
            return await super().shutdown_kernel(kernel_id, *args, **kw)
        finally:
            self.let_go_of_kept(kernel_id)

    def let_go_of_kept(self, kernel: str) -> None:
        """Jupyter keeps what a closed page has missed, on four open lines; one that closes while its kernel ends would leave them open for ever."""
        kept = self._kernel_buffers.pop(kernel, None) or {"channels": {}}
        for line in kept["channels"].values():
            if not line.socket.closed:
                line.on_recv(None)
                line.close()

    def end_if_alone(self, kernel: str, seconds: float) -> None:
        """End a kernel that no page has: closed without a goodbye, or never connected."""
        async def end() -> None:
            if kernel in self and not self._kernel_connections.get(kernel):
                await self.shutdown_kernel(kernel)

        IOLoop.current().call_later(seconds, end)


def kernel_environment(suite: Suite) -> dict[str, str]:
    """What a kernel may know from its environment: paths, and the socket to ask at."""
    wanted = (
        "PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ", "VIRTUAL_ENV", "PYTHONPATH", "XDG_RUNTIME_DIR", "XDG_DATA_HOME", "SYSTEMROOT", paths.OWN_COUNTRY_INFO,
    )
    env = {name: value for name, value in os.environ.items() if name in wanted}
    ours = {VARIABLE: suite.handover.path, "IPYTHONDIR": os.path.dirname(suite.handover.path), HAS_SCRIPT: "1"}
    if suite.hub is not None:
        ours[prefix.VARIABLE] = suite.hub.path
    return {**env, **ours, "JUPYTER_WIDGETS_ECHO": "0", "OPENBLAS_NUM_THREADS": "1"}


class PageConnection(ZMQChannelsWebsocketConnection):  # type: ignore[misc]
    """Opens and sends at once: our page repeats its first request until it is answered, so no nudging is needed."""

    async def prepare(self) -> None:
        """Skip asking the kernel for its description before the page may speak (up to 0.5 s in the stock class)."""
        await self._register_session()
        self.session.key = self.kernel_manager.session.key

    def nudge(self) -> Any:
        """Nothing to wait for."""
        done = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done

    def connect(self) -> Any:
        """Send small messages at once (Nagle's algorithm costs 35 ms of a click)."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()

    def disconnect(self) -> None:
        """A page is gone; give it a moment to come back."""
        kernels, kernel = self.multi_kernel_manager, self.kernel_id
        super().disconnect()
        kernels.end_if_alone(kernel, AFTER_PAGE)


class SafeVoila(Voila):  # type: ignore[misc]
    """Voilà with our routes and no others."""

    name = "safe"
    kernel_websocket_connection_class = PageConnection
    identity_provider_class = People
    authorizer_class = OwnKernels

    tls: ssl.SSLContext | None = None  # Voilà itself knows none

    def listen(self) -> None:
        """Listen at this port and at no other: Voilà would go to the next one, and somebody else would answer at the address that was told.

        Raises:
            WrongUse: the port is taken, or may not be used.
        """
        server = HTTPServer(self.outermost(), ssl_options=self.tls, max_body_size=LARGEST_REQUEST, max_buffer_size=2 * LARGEST_REQUEST)
        try:
            server.listen(self.port, self.ip)
        except OSError as problem:
            raise WrongUse(f"safe serve: {self.ip}, port {self.port}: another program listens there, or this one may not ({problem.strerror}).\n"
                           "  Stop it, or name another port with --port.") from None
        gc.freeze()
        gc.enable()
        self.ioloop = IOLoop.current()
        self.ioloop.add_callback(warm)
        self.told()
        try:
            self.ioloop.start()
        except KeyboardInterrupt:
            return
        finally:
            self.stop()

    def outermost(self) -> Any:
        """The application; behind JupyterHub, what takes our path off every request and puts it into every answer."""
        hub = SUITE[0].hub
        if hub is None:
            return self.app
        self.app.transforms.insert(0, outward(hub))  # before the answer is packed
        return Behind(self.app, hub)

    def told(self) -> None:
        """Say the address, now that this program is the one that answers there."""
        print(f"SAFE Workbooks: {'https' if self.tls else 'http'}://{self.ip}:{self.port}/", flush=True)
        if code := SUITE[0].first_code:
            print(f"There is no store yet. The first person is made on this machine, with this code: {code}", flush=True)

    def init_settings(self) -> dict[str, Any]:
        """Voilà's settings and ours."""
        settings = {**super().init_settings(), "suite": SUITE[0], "compress_response": True, "xsrf_cookies": True, "login_url": "/login",
                    "default_handler_class": Nothing, "xsrf_cookie_kwargs": {"samesite": "Strict", "httponly": False, "secure": SUITE[0].secure},
                    "server_root_dir": str(paths.WORKBOOKS), "log_function": answered,
                    # Over TLS a foreign name fails at the certificate; without it, only names of this machine are answered to (DNS rebinding).
                    "allow_remote_access": SUITE[0].secure or SUITE[0].hub is not None}
        SUITE[0].kernels = self.kernel_manager
        return dict(settings)

    def init_handlers(self) -> list[Any]:
        """The route inventory."""
        pages = "|".join(sorted({*SUITE[0].notebooks - {"start"}, *instrument_files()}))
        voila = {"template_paths": self.template_paths, "config": self.config, "voila_configuration": self.voila_configuration}
        return [
            (r"/", StartPage), (r"/login", SignIn), (r"/logout", SignOut), (r"/leave", Leave), (r"/left", Left), (r"/cases", NewCase), (r"/answers", Answers),
            (r"/claims", Claims), (r"/claims/waiting", ClaimsWaiting),
            (r"/reassess", Reassess), (r"/validity", Validity), (r"/help", Help), (r"/cover", Cover), (r"/names", Names),
            (r"/account", Account), (r"/people", PeoplePage), (r"/emergency", Emergency), (r"/rights", Rights), (r"/person", PersonsRights),
            (r"/seen", Seen), (r"/alive", Alive),
            (r"/first", First), (r"/disclosures", Disclosures), (r"/letters", LettersPage), (COPIES, TakeOut),
            (r"/w", Uncovering(COVERS, lambda: self.app)),
            (r"/assets/([0-9a-f]{16})/([a-z]+\.(?:js|css))", Asset),
            (r"/(country_information)", CountryPage, voila), (r"/country_information/([A-Z]{3})\.(pdf|docx|html)", CountryProfile),
            (r"/(coordination)", CoordinationPage, voila), (r"/coordination/calendar\.ics", CalendarFile), (rf"/coordination/digest/({WEEK})", Digest),
            (r"/closing", ClosingPage),
            (r"/(procedures)", ProceduresPage, voila),
            (r"/(social_map)", SocialMapPage, voila), (r"/social_map/card\.pdf", SocialCard),
            (r"/(training)", TrainingPage, voila),
            (rf"/({pages})", WorkbookPage, voila),
            (rf"/api/kernels/{KERNEL_ID}/channels", Line),
            (rf"/voila/api/shutdown/{KERNEL_ID}", EndKernel),
            (r"/.*", Nothing),
        ]


def first_bytes(handler: Any, notebook: Any, cwd: str) -> None:
    """Voilà's prelaunch hook: the whole page before the kernel."""
    start, end = firstbytes.page_start(
        handler.book, notebook, here=handler.request.path, base_url="/", assets=addresses("/"), xsrf=handler.xsrf_token.decode(),
        theme=handler.theme, masked=handler.masked, more=handler.rest)
    handler.write(start + end)
    handler.flush()


def configuration(port: int, host: str = HERE) -> Config:
    """Voilà's supported settings."""
    c = Config()
    c.VoilaConfiguration.template = "safe"
    c.VoilaConfiguration.prelaunch_hook = first_bytes
    c.VoilaConfiguration.attempt_fix_notebook = False
    c.VoilaConfiguration.show_tracebacks = False
    c.VoilaConfiguration.file_allowlist = ["(?!)"]
    c.VoilaConfiguration.multi_kernel_manager_class = CaseKernels
    c.VoilaConfiguration.kernel_spec_manager_class = ForkedKernels
    c.KernelManager.transport = "ipc"
    c.Voila.connection_dir_root = folder_for_sockets()
    c.KernelManager.autorestart = False  # a restarted kernel has none of the page's models
    c.MappingKernelManager.cull_idle_timeout = 3600
    c.MappingKernelManager.cull_connected = False
    c.Voila.ip = host
    c.Voila.port = port
    c.Voila.open_browser = False
    c.Application.log_level = 40
    return c


def folder_for_sockets(usual: str | None = None) -> str:
    """Where kernels are reached: the folder for temporary files, or `/tmp` where its name is so long that no socket fits below it."""
    usual = usual or tempfile.gettempdir()
    fits = len(os.fsencode(usual)) + SOCKETS_TAKE <= SOCKET_NAME
    return usual if fits or not os.access("/tmp", os.W_OK | os.X_OK) else "/tmp"  # noqa: S108  # Voilà makes a closed folder of its own in it


def allow_many_files() -> None:
    """As many open files as the system lets this program have: a page takes some thirty, and 1,024 would end at the 35th visitor."""
    with suppress(ImportError, ValueError, OSError):  # Windows has no such limit; elsewhere it may be fixed
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft < FILES:
            resource.setrlimit(resource.RLIMIT_NOFILE, (FILES if hard == resource.RLIM_INFINITY else min(FILES, hard), hard))


async def warm() -> None:
    """What the first visitors would otherwise wait for, read in small pieces while the server answers already."""
    for _ in pieces():
        await asyncio.sleep(BREATH)


def pieces() -> Iterator[None]:
    """The notebook schema and the data files, one at a time."""
    import nbformat

    nbformat.reads('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}', as_version=4)
    yield None
    addresses("/")
    for language in languages():
        load_texts(language)
        for id in instrument_files():
            yield None
            translated(load_instrument(id), language)
    load_outlines()


@dataclass(frozen=True, slots=True)
class Place:
    """Where the server listens, and with which certificate."""

    host: str = HERE
    port: int = PORT
    certificate: Path | None = None
    key: Path | None = None
    hub: Hub | None = None  # whose proxy people come through

    @property
    def beyond(self) -> bool:
        """Other machines can reach it."""
        try:
            return not ip_address(self.host).is_loopback
        except ValueError:
            return self.host != "localhost"

    def require_safe(self) -> None:
        """Refuse to be reached by others in the clear (SEC-24).

        Raises:
            WrongUse: another address without a certificate, or a certificate that cannot be read.
        """
        if (self.certificate is None) != (self.key is None):
            raise WrongUse("safe serve: a certificate needs its key.\n  Give both --certificate FILE and --key FILE.")
        if self.beyond and self.certificate is None:
            raise WrongUse(f"safe serve: {self.host} can be reached by other machines, and what goes there could be read on the way.\n"
                           "  Give --certificate FILE and --key FILE, or leave --host away.")

    def tls(self) -> ssl.SSLContext | None:
        """TLS 1.3 with this certificate; None without one."""
        if self.certificate is None:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        try:
            context.load_cert_chain(self.certificate, self.key)
        except (OSError, ssl.SSLError):
            raise WrongUse(f"safe serve: {self.certificate} and its key cannot be used.\n"
                           "  Check that they belong together and that you may read them.") from None
        return context


def serve(store: Path, place: Place | None = None) -> None:
    """Serve a store until interrupted; the address is printed when the server listens. Without a store the first-run page makes it.

    Raises:
        WrongUse: it would be reached by others in the clear.
        SignatureError, Problems: a key is trusted here, and the data files are not those that it signed.
    """
    place = place or Place()
    place.require_safe()
    context = place.tls()
    release.verify()
    os.umask(0o077)
    leave_no_dump()
    allow_many_files()
    os.environ["JUPYTER_PATH"] = str(paths.TEMPLATES / "page")
    os.environ["JUPYTER_NO_CONFIG"] = "1"
    secure, beyond = (context is not None, place.beyond) if place.hub is None else (place.hub.secure, True)
    SUITE[:] = [Suite(store, secure=secure, beyond=beyond, hub=place.hub)]
    PREPARED.start()
    app = SafeVoila.instance(config=configuration(place.port, place.host))
    app.root_dir = str(paths.WORKBOOKS)
    app.initialize([])
    app.tls = context
    PeriodicCallback(SUITE[0].sessions.sweep, 15_000).start()
    say_little()
    app.start()
