"""What a kernel imports beyond what the prepared process knows it needs: found out here, kept in `learned.txt`.

It used to be found out at each start of the server, which took the prepared process half of its time. Now the list is part of
the program: `python -m safe_lib.runtime.learning` writes it anew, and a test says when that is due. A module that is missing
on the list costs each kernel its own import and its own memory, and nothing else.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Final

from safe_lib.runtime.preparation import NO_HISTORY
from safe_lib.runtime.prepared import LEARNED, import_all

SAMPLE: Final = "from safe_lib import open_workbook\nworkbook = open_workbook('identification')\nworkbook.outcome()\nworkbook.pattern()"
OUR_OWN: Final = ("safe_lib.runtime.learning", "safe_lib.runtime.rehearsal")  # of the rehearsal, not of a kernel


def learn() -> list[str]:
    """Boot one kernel in a throw-away child, run a sample, and name the modules that it still had to import."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, "\n".join(_boot_and_look()).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as said:
        names = said.read().split()
    os.waitpid(child, 0)
    return names


def _boot_and_look() -> list[str]:
    import asyncio

    had = set(sys.modules)
    from safe_lib.runtime.rehearsal import rehearse

    folder = tempfile.mkdtemp(prefix="wb-probe-")
    os.environ["IPYTHONDIR"] = folder
    from ipykernel.kernelapp import IPKernelApp

    app = IPKernelApp.instance(log_level=50)
    app.initialize(["-f", os.path.join(folder, "c.json"), NO_HISTORY])
    asyncio.new_event_loop().run_until_complete(app.kernel.shell.run_cell_async(SAMPLE, store_history=False, transformed_cell=SAMPLE))
    rehearse(Path(folder))
    return [name for name, module in list(sys.modules.items()) if name not in had and name not in OUR_OWN and getattr(module, "__spec__", None)]


def main() -> None:
    """Write the list anew, as if there were none yet."""
    LEARNED.write_text("", encoding="utf-8")
    import_all()
    LEARNED.write_text("\n".join(sorted(learn())) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
