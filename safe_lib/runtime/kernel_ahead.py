"""What of a kernel can be made before anybody asks for one: its shell, with all magics, formatters and handlers, and its settings.

A third of the time in which a kernel becomes ready goes into the shell, a fifth into reading a command line of two words.
None of it knows a person, a socket or a thread, so the prepared process makes it once and every kernel is forked with it
(copy on write). What belongs to the one kernel is put right in the child: its folders, its parent, its place. A kernel with
other settings than these makes a shell of its own, as every stock kernel does.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from ipykernel.compiler import XCachingCompiler
from ipykernel.kernelapp import IPKernelApp
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.profiledir import ProfileDir
from IPython.paths import get_ipython_dir
from traitlets import List, Unicode
from traitlets.config import Config

from safe_lib.runtime.preparation import NO_HISTORY

SETTINGS: Final = {"HistoryManager": {"enabled": False}}  # what `NO_HISTORY` says
EXTENSIONS: Final = ["IPython.extensions.storemagic"]  # those of every kernel, by the names that Python knows them by


def make_shell() -> None:
    """Make the shell that the kernels will have; to be called last of all, as what is imported later would find itself in a kernel."""
    with TemporaryDirectory(prefix="wb-ahead-") as folder:
        profile = ProfileDir.create_profile_dir(os.path.join(folder, "profile_default"))
        before, os.environ["IPYTHONDIR"] = os.environ.get("IPYTHONDIR"), folder
        try:
            shell = ZMQInteractiveShell.instance(config=Config(SETTINGS), profile_dir=profile, compiler_class=XCachingCompiler)
        finally:
            os.environ.pop("IPYTHONDIR")
            os.environ.update({"IPYTHONDIR": before} if before is not None else {})
    for extension in EXTENSIONS:
        shell.extension_manager.load_extension(extension)
    for one in (*shell.display_formatter.formatters.values(), shell.display_formatter.mimebundle_formatter, shell.display_formatter.ipython_display_formatter):
        one.enabled  # noqa: B018  each is made when it is first looked at


class ForkedKernelApp(IPKernelApp):  # type: ignore[misc]
    """A kernel with the shell that was made before the fork."""

    default_extensions = List(Unicode(), EXTENSIONS)

    def parse_command_line(self, argv: Any = None) -> None:
        """The words that our provisioner sends, without the parser of every setting there is; any others the usual way."""
        match argv:
            case ["-f", str(file), said] if said == NO_HISTORY:
                self.argv = list(argv)
                self.cli_config = Config({**SETTINGS, "IPKernelApp": {"connection_file": file}})
                self.update_config(self.cli_config)
            case _:
                super().parse_command_line(argv)

    def init_kernel(self) -> None:
        """Take the shell, where this kernel is to have the settings that it was made with."""
        own = {name: dict(section) for name, section in self.config.items() if name != "IPKernelApp" and section}
        fits = own == SETTINGS and self.user_ns is None and ZMQInteractiveShell.initialized()
        if not fits:
            ZMQInteractiveShell.clear_instance()
        super().init_kernel()
        if fits:
            self._take(self.kernel.shell)

    def _take(self, shell: Any) -> None:
        """Put right what belongs to this process: whose shell it is, where it stands, and where what is printed goes."""
        shell.parent = shell.kernel = self.kernel
        shell.ipython_dir, shell.profile_dir = get_ipython_dir(), self.profile_dir
        shell.history_manager.hist_file = Path(self.profile_dir.location) / "history.sqlite"  # where a history would be, if one were kept
        shell.starting_dir = os.getcwd()
        shell.save_sys_module_state()
        sys.modules[shell.user_module.__name__] = shell.user_module
