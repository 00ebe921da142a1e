"""The whole server: Voilà with our pages, our sign-in and our kernels. `door` loads it, and answers until it is there."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import tempfile
from collections.abc import Iterator
from typing import Any, Final

# Formats that no Jupyter schema uses (jsonschema issue 1428): 1.4 to 1.9 s of grammar building, and a library for dates.
for _format in ("rfc3987_syntax", "isoduration"):
    sys.modules.setdefault(_format, None)  # type: ignore[arg-type]

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado.ioloop import IOLoop, PeriodicCallback
from traitlets import default
from traitlets.config import Config
from voila.app import Voila

from safe_lib.catalogue import instrument_files, languages, load_instrument, load_texts, paths, translated
from safe_lib.catalogue.outlines import load_outlines
from safe_lib.rights.handover import VARIABLE
from safe_lib.runtime import firstbytes
from safe_lib.runtime.assets import addresses
from safe_lib.runtime.awareness_page import PRINT, AwarenessPage, AwarenessPrint
from safe_lib.runtime.behind import outward
from safe_lib.runtime.claims import Claims, ClaimsWaiting
from safe_lib.runtime.closing_page import ClosingPage
from safe_lib.runtime.coordination_pages import WEEK, CalendarFile, CoordinationPage, Digest
from safe_lib.runtime.country_pages import CountryPage, CountryProfile
from safe_lib.runtime.covering import COVERS, Uncovering
from safe_lib.runtime.disclosure_pages import COPIES, Disclosures, TakeOut
from safe_lib.runtime.findings_page import FindingsPage
from safe_lib.runtime.front import ASSETS, Entrance
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
    kernel_is_there,
    visit_of_kernel,
)
from safe_lib.runtime.letter_pages import LettersPage
from safe_lib.runtime.lines import EndKernel, Line
from safe_lib.runtime.opinion_page import OpinionPage
from safe_lib.runtime.outputs import cell_html
from safe_lib.runtime.people_pages import Account, Alive, Emergency, First, Rights, Seen
from safe_lib.runtime.people_pages import People as PeoplePage
from safe_lib.runtime.person_page import PersonsRights
from safe_lib.runtime.place import HERE, Place
from safe_lib.runtime.practice_page import PracticePage
from safe_lib.runtime.procedure_page import ProceduresPage
from safe_lib.runtime.programme_page import FILES as PROGRAMME_FILES
from safe_lib.runtime.programme_page import ProgrammePage, ProgrammeReport
from safe_lib.runtime.provisioner import ForkedKernels
from safe_lib.runtime.quiet import say_little
from safe_lib.runtime.reassess_handler import Reassess
from safe_lib.runtime.referral_page import ReferralPage
from safe_lib.runtime.shared_handler import Cover, Help, Names
from safe_lib.runtime.social_pages import SocialCard, SocialMapPage
from safe_lib.runtime.suite import SUITE, Suite
from safe_lib.runtime.survey_desk import SurveyDesk, SurveyEntry, SurveyFile
from safe_lib.runtime.survey_form import FORM, SurveyForm
from safe_lib.runtime.training_page import TrainingPage
from safe_lib.runtime.validity_handler import Validity
from safe_lib.widgets import prefix
from safe_lib.widgets.script import HAS_SCRIPT

KERNEL_ID: Final = r"(?P<kernel_id>\w+-\w+-\w+-\w+-\w+)"
SOCKET_NAME: Final = 103  # bytes in the name of a local socket, where it is shortest (macOS; 107 on Linux)
SOCKETS_TAKE: Final = len("/voila_12345678/kernel-12345678-1234-1234-1234-123456789012.json-ipc-5")
BREATH: Final = 0.005  # seconds between two pieces of what is read ahead, for whoever asks meanwhile
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
        kernel_is_there(kernel)
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

    def handle_outgoing_message(self, stream: Any, outgoing_msg: list[Any]) -> None:
        """Pass on what the kernel says; that it is busy or idle with it, twice for each answer, no page asks for."""
        _, (_, header, *_) = self.session.feed_identities(outgoing_msg)
        if b'"msg_type": "status"' not in bytes(header):
            super().handle_outgoing_message(stream, outgoing_msg)

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

    def listen(self) -> None:
        """Nothing to listen at: the door does already. What was loaded stays."""
        gc.freeze()
        gc.enable()
        if SUITE[0].hub is not None:
            self.app.transforms.insert(0, outward(SUITE[0].hub))  # before the answer is packed
        self.ioloop.add_callback(warm)

    def init_settings(self) -> dict[str, Any]:
        """Voilà's settings and ours."""
        settings = {**super().init_settings(), **SUITE[0].settings, "default_handler_class": Nothing, "server_root_dir": str(paths.WORKBOOKS)}
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
            (ASSETS, Asset),
            (r"/(country_information)", CountryPage, voila), (r"/country_information/([A-Z]{3})\.(pdf|docx|html)", CountryProfile),
            (r"/(coordination)", CoordinationPage, voila), (r"/coordination/calendar\.ics", CalendarFile), (rf"/coordination/digest/({WEEK})", Digest),
            (r"/closing", ClosingPage), (r"/second_opinion", OpinionPage), (r"/practice", PracticePage),
            (r"/(procedures)", ProceduresPage, voila),
            (r"/(social_map)", SocialMapPage, voila), (r"/social_map/card\.pdf", SocialCard), (r"/referral", ReferralPage),
            (r"/(training)", TrainingPage, voila), (r"/programme", ProgrammePage), (rf"/programme/report\.({PROGRAMME_FILES})", ProgrammeReport),
            (r"/(awareness)", AwarenessPage, voila), (PRINT, AwarenessPrint, voila),
            (r"/(survey)", SurveyDesk, voila), (r"/survey/entry", SurveyEntry), (r"/survey/file/(paper|form|report)", SurveyFile), (FORM, SurveyForm),
            (r"/(findings)", FindingsPage, voila),
            (rf"/({pages})", WorkbookPage, voila),
            (rf"/api/kernels/{KERNEL_ID}/channels", Line),
            (rf"/voila/api/shutdown/{KERNEL_ID}", EndKernel),
            (r"/.*", Nothing),
        ]


def what_is_left(handler: Any, notebook: Any, cwd: str) -> Any:
    """Voilà's prelaunch hook: the page was sent, and the kernel gets what is left of the notebook."""
    return firstbytes.for_kernel(notebook, handler.book.texts)


def configuration(port: int, host: str = HERE) -> Config:
    """Voilà's supported settings."""
    c = Config()
    c.VoilaConfiguration.template = "safe"
    c.VoilaConfiguration.prelaunch_hook = what_is_left
    c.VoilaConfiguration.attempt_fix_notebook = False
    c.VoilaExporter.filters = {"from_kernel": cell_html}
    c.VoilaExporter.default_preprocessors = []  # nothing of a notebook is prepared for reading: what is to be read was sent
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


def whole_server(place: Place, entrance: Entrance) -> SafeVoila:
    """Everything behind the door, on the loop that runs already; its `app` answers requests."""
    SUITE[:] = [Suite(entrance.path, secure=entrance.secure, beyond=entrance.beyond, hub=entrance.hub, first_code=entrance.first_code)]
    server: SafeVoila = SafeVoila.instance(config=configuration(place.port, place.host))
    server.ioloop = IOLoop.current()  # where Voilà's own end of a server looks for it
    server.root_dir = str(paths.WORKBOOKS)
    server.initialize([])
    PeriodicCallback(SUITE[0].sessions.sweep, 15_000).start()
    say_little()
    server.start()
    return server
