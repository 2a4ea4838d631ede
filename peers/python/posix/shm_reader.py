#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""POSIX shared memory by posix_ipc: reads the message. `shm_reader.py --help`."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from shmbed_peer import start

start("python-posix", "reader")
