"""Keys of things that have an address."""

import os
import time
import uuid


def uuid7():
    """A time-ordered UUID (RFC 9562, version 7): 48 bits of milliseconds, 12 of the fraction, then randomness.

    The fraction (method 3 of its section 6.2) keeps rows that are written together in their order.
    """
    stamp, rest = divmod(time.time_ns(), 1_000_000)
    value = (stamp << 80) | int.from_bytes(os.urandom(8), "big")
    value |= (0x7 << 76) | (rest * 4096 // 1_000_000 << 64)
    return uuid.UUID(int=(value & ~(0x3 << 62)) | (0x2 << 62))
