# SPDX-License-Identifier: Apache-2.0
"""What many messages, or many rounds, report (contract, section 9): medians, histograms, resource usage, a trace."""

import contextlib
import gc
import resource
from array import array

from .histogram import encode
from .latency import Ledger, now_ns
from .payload import output, write_all

CLOCK_PAIRS = 101


class Usage:
    """What getrusage(2) says this process used between `begin` and `end`, in the contract's names."""

    def begin(self):
        self._before = resource.getrusage(resource.RUSAGE_SELF)

    def end(self):
        before, after = self._before, resource.getrusage(resource.RUSAGE_SELF)
        return {
            "minorFaults": after.ru_minflt - before.ru_minflt,
            "majorFaults": after.ru_majflt - before.ru_majflt,
            "voluntarySwitches": after.ru_nvcsw - before.ru_nvcsw,
            "involuntarySwitches": after.ru_nivcsw - before.ru_nivcsw,
            "userNs": round((after.ru_utime - before.ru_utime) * 1e9),
            "systemNs": round((after.ru_stime - before.ru_stime) * 1e9),
        }


@contextlib.contextmanager
def no_collections():
    """No garbage collection, which would land in some stage. The loops inside make no cycles."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def repeated(flow, repeat):
    """Runs flow(ledger, is_last) so many times, each with a ledger of its own that says nothing.

    Returns what the last one returned, and what was measured: for `report`.
    """
    stages = {}
    usage = Usage()
    with no_collections():
        usage.begin()
        for i in range(repeat):
            ledger = Ledger()
            returned = flow(ledger, i == repeat - 1)
            for stage, ns in ledger.stages.items():
                stages.setdefault(stage, array("q")).append(ns)
        used = usage.end()
    return returned, {"stages": stages, "usage": used}


def report(result, ledger, measured, options):
    """Writes what a message loop, or --repeat, measured into the result, the ledger and --trace.

    measured -- `stages`: name -> ns of every message, warm-up included; `trace`: the raw stamps; `usage`; `rate`, with --rate
    """
    histograms = {}
    negative = 0
    for stage, values in measured["stages"].items():
        values_ns = values[options.warmup :]
        ledger.add(stage, _label(stage), median(values_ns))
        good = [ns for ns in values_ns if ns >= 0]
        negative += len(values_ns) - len(good)
        if options.count > 1 or options.repeat > 1:
            histograms[stage] = encode(good)
    if histograms:
        result.fields["histograms"] = histograms
    result.fields.update(
        first={stage: values[0] for stage, values in measured["stages"].items()},
        usage=measured["usage"],
        clockPairNs=clock_pair_ns(),
        negative=negative,
    )
    if "rate" in measured:
        result.fields["rate"] = measured["rate"]
    if options.trace is not None:
        _write_trace(options.trace, measured["trace"], options.warmup)


def clock_pair_ns():
    """The median cost of two readings of the clock: what measuring adds to each stage."""
    costs = []
    for _ in range(CLOCK_PAIRS):
        begun = now_ns()
        costs.append(now_ns() - begun)
    return median(costs)


def median(values):
    """The median of a list that is not empty; of two in the middle the lower one."""
    return sorted(values)[(len(values) - 1) // 2]


def _label(stage):
    return stage + " shared memory" if stage in ("write", "read") else stage


def _write_trace(path, columns, warmup):
    rows = array("q")
    for row in zip(*(column[warmup:] for column in columns)):
        rows.extend(row)
    with output(path) as stream:
        write_all(stream, rows.tobytes(), path)
