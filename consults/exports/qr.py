"""A text as a QR code: where its dark squares are, for a template to draw."""

import segno

QUIET = 4  # squares of white around it, without which a phone does not find it
WIDEST = 275  # px: comfortable for a phone held over a tablet


def qr(text):
    """The drawing's side in squares and in px, and a line of the dark ones; each square is whole px wide."""
    rows = list(segno.make_qr(text, error="m", boost_error=False).matrix_iter(border=QUIET))
    side = len(rows)
    lines = (f"M{x} {y}h{length}" for y, row in enumerate(rows) for x, length in _runs(row))
    return {"side": side, "px": side * (WIDEST // side), "line": "".join(lines)}


def _runs(row):
    """[(where it starts, how long it is)] of each unbroken dark piece."""
    start = None
    for x, dark in enumerate([*row, 0]):
        if dark and start is None:
            start = x
        elif not dark and start is not None:
            yield start, x - start
            start = None
