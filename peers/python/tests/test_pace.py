# SPDX-License-Identifier: Apache-2.0
"""When messages are due, and which of them are late."""

import pytest

from shmbed_peer import pace


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """It is always 1000 ns."""
    monkeypatch.setattr(pace, "now_ns", lambda: 1000)


def test_each_message_is_due_at_its_own_time():
    paced = pace.Pace(300)
    paced.begin()
    assert [paced.due_ns(i) - 1000 for i in (0, 1, 3, 10**9 - 1)] == [0, 3333333, 10000000, 3333333330000000]


def test_late_is_more_than_one_interval_after_its_time():
    paced = pace.Pace(1000)
    paced.begin()
    late = []
    for i, at_ns in enumerate([1000, 2001000, 3001001, 4001000]):
        paced.sent(i, at_ns)
        late.append(paced.result()["late"])
    assert late == [0, 0, 1, 1]  # one that is late does not shift the next
    assert paced.result() == {"wanted": 1000, "late": 1, "achieved": 3 * 10**9 / 4000000}
