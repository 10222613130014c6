"""Ties the life of a process to its parent's.

The end of standard input tells a process that its parent is gone, but a thread that reads it cannot act while
C code holds the interpreter's lock; Linux' parent-death signal works even then. Both are used.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
from typing import Literal

PR_SET_PDEATHSIG = 1


def end_with_parent(how: Literal["kill", "terminate"]) -> None:
    """Asks the kernel to signal this process when its parent ends, and prints C stacks when it crashes.

    `kill` ends it at once; `terminate` lets it end its own children first. Elsewhere than on Linux only the
    end of standard input is watched.
    """
    faulthandler.enable(file=2)
    if not sys.platform.startswith("linux"):
        return
    import ctypes

    parent = os.getppid()
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL if how == "kill" else signal.SIGTERM, 0, 0, 0)
    # A parent that ended before the request took effect sends no signal.
    if os.getppid() != parent:
        os._exit(0)
