"""Keys of things that have an address."""

import os
import time
import uuid


def uuid7():
    """A time-ordered UUID (RFC 9562, version 7): 48 bits of milliseconds, then randomness."""
    stamp = time.time_ns() // 1_000_000
    value = (stamp << 80) | int.from_bytes(os.urandom(10), "big")
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    return uuid.UUID(int=(value & ~(0x3 << 62)) | (0x2 << 62))
