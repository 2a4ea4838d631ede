# SPDX-License-Identifier: Apache-2.0
"""The Python peers of shmbed: one exchange, three ways to shared memory (posix_ipc, the standard library, sysv_ipc)."""

import os
import sys

VERSION = "0.1.0"


def start(peer, role):
    """Runs one program of a peer ("python-posix", ...) in one role ("writer", ...) and ends the process with its exit code."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_DFL)  # no traceback while the modules load; main() sets its own handlers
    use_packages()
    from .main import main

    sys.exit(main(peer, role, sys.argv[1:]))


def use_packages():
    """Finds packages in the tree's virtual environment, build/venv, so that `python3 shm_writer.py` works as it stands.

    Before those of the distribution, which may be too old.
    """
    tree = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
    packages = os.path.join(tree, "build", "venv", "lib", "python%d.%d" % sys.version_info[:2], "site-packages")
    if os.path.isdir(packages) and packages not in sys.path:
        sys.path.insert(0, packages)
