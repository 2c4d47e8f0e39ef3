#!/usr/bin/env python3
"""Says in one line that a port of this machine is taken: `tools/port_free.py 8000`."""

import socket
import sys

number = sys.argv[1] if len(sys.argv) == 2 else ""
if not (number.isascii() and number.isdigit() and 0 < int(number) < 65536):
    sys.exit(f"PORT={number} is not a port: give a number from 1 to 65535")
with socket.socket() as listener:
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", int(number)))
    except PermissionError:
        sys.exit(f"Port {number} is reserved for the system. Choose another: make demo PORT=8001")
    except OSError:
        other = int(number) + 1 if int(number) < 65535 else 8000
        sys.exit(f"Port {number} is taken. Choose another: make demo PORT={other}")
