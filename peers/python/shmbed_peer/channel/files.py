# SPDX-License-Identifier: Apache-2.0
"""What the channels with files share: exact permission bits, and removing what was created."""

import contextlib
import os


@contextlib.contextmanager
def exact_mode():
    """Without the umask: an object created inside has just the permission bits that were asked for."""
    before = os.umask(0)
    try:
        yield
    finally:
        os.umask(before)


def remove(path):
    """Unlinks a path that somebody else may have unlinked."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
