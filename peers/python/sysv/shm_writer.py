#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""System V shared memory by sysv_ipc: writes a message into it. `shm_writer.py --help`."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from shmbed_peer import start

start("python-sysv", "writer")
