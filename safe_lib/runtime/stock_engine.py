"""papermill's usual engine at a desk: a kernel of its own for each notebook, told over a local socket for whom it works.

It is here to compare with, and for whoever trusts nothing else; a kernel costs seconds and talks over network sockets.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from jupyter_client.manager import AsyncKernelManager

from safe_lib.casework import Desk
from safe_lib.rights.handover import VARIABLE, Visit
from safe_lib.runtime.visits import Handover


def stock(desk: Desk) -> Mapping[str, Any]:
    """What papermill is told so that its usual engine runs a workbook at this desk; for a process that makes nothing else."""
    handover = Handover()
    os.environ[VARIABLE] = handover.path
    store = desk.open_store()
    visit = Visit(str(store.path), store.own_key().hex(), desk.person, desk.role, desk.language, "", "")

    class Told(AsyncKernelManager):  # type: ignore[misc]
        """A manager whose kernels may ask once for whom they work."""

        async def _async_post_start_kernel(self, **kwargs: Any) -> None:
            handover.expect(self.provisioner.pid, visit)
            await super()._async_post_start_kernel(**kwargs)

        post_start_kernel = _async_post_start_kernel

    return {"engine_name": None, "kernel_manager_class": Told}
