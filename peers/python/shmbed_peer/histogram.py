# SPDX-License-Identifier: Apache-2.0
"""HdrHistogram's V2 compressed encoding of a list of values, in base64: 1 ns to 3600 s, 3 digits.

The encoding is that of HdrHistogram 2 (Gil Tene and others). The only Python package of it is a C extension without wheels
for Python 3.10 and later; recording here happens after the message loop, so plain Python is fast enough.
"""

import base64
import struct
import zlib

LOWEST_NS = 1
HIGHEST_NS = 3600 * 10**9
DIGITS = 3
COOKIE = 0x1C849303 | 0x10  # V2; 0x10: counts as ZigZag LEB128
COMPRESSED_COOKIE = 0x1C849304 | 0x10
SUB_BUCKET_HALF_BITS = 10  # 2048 sub-buckets: the power of two from 2 * 10**DIGITS on
SUB_BUCKET_HALF = 1 << SUB_BUCKET_HALF_BITS
SUB_BUCKET_MASK = 2 * SUB_BUCKET_HALF - 1


def encode(values):
    """The histogram of the values in ns, 0 to HIGHEST_NS; a larger value counts as HIGHEST_NS."""
    counts = {}
    for value in values:
        index = counts_index(min(value, HIGHEST_NS))
        counts[index] = counts.get(index, 0) + 1
    payload = _encode_counts(counts)
    header = struct.pack(">iiiiqqd", COOKIE, len(payload), 0, DIGITS, LOWEST_NS, HIGHEST_NS, 1.0)
    compressed = zlib.compress(header + payload)
    return base64.b64encode(struct.pack(">ii", COMPRESSED_COOKIE, len(compressed)) + compressed).decode("ascii")


def counts_index(value):
    """Where HdrHistogram counts a value: buckets of doubling width, each with 1024 sub-buckets (the first with 2048)."""
    bucket = (value | SUB_BUCKET_MASK).bit_length() - (SUB_BUCKET_HALF_BITS + 1)
    return (bucket << SUB_BUCKET_HALF_BITS) + (value >> bucket)


def _encode_counts(counts):
    """Counts by rising index; a run of n > 1 zeros is the number -n; nothing after the last count."""
    encoded = bytearray()
    next_index = 0
    for index in sorted(counts) or [0]:
        zeros = index - next_index
        if zeros:
            _put(encoded, -zeros if zeros > 1 else 0)
        _put(encoded, counts.get(index, 0))
        next_index = index + 1
    return encoded


def _put(encoded, number):
    """ZigZag, then LEB128: 7 bits a byte, the lowest first. Counts here need no ninth byte."""
    rest = number << 1 if number >= 0 else (-number << 1) - 1
    while rest >= 0x80:
        encoded.append(rest & 0x7F | 0x80)
        rest >>= 7
    encoded.append(rest)
