#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""POSIX shared memory by the standard library: writes a message into it. `shm_writer.py --help`."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from shmbed_peer import start

start("python-stdlib", "writer")
