"""Reads the text of a QR code from its squares, after ISO/IEC 18004 and without the library that draws it.

For what we draw: letters as bytes, versions 2 to 6 at level M, nothing damaged.
"""

import re
from xml.etree import ElementTree

BLOCKS = {
    2: [28],
    3: [44],
    4: [32] * 2,
    5: [43] * 2,
    6: [27] * 4,
}  # letters of data in each block, by version
MASKS = (
    lambda y, x: (y + x) % 2 == 0,
    lambda y, x: y % 2 == 0,
    lambda y, x: x % 3 == 0,
    lambda y, x: (y + x) % 3 == 0,
    lambda y, x: (y // 2 + x // 3) % 2 == 0,
    lambda y, x: y * x % 2 + y * x % 3 == 0,
    lambda y, x: (y * x % 2 + y * x % 3) % 2 == 0,
    lambda y, x: ((y + x) % 2 + y * x % 3) % 2 == 0,
)


def squares(svg):
    """The dark squares of a drawing, without the white around them: rows of 0 and 1."""
    drawing = ElementTree.fromstring(svg)
    side = int(drawing.get("viewBox").split()[-1])
    line = next(part.get("d") for part in drawing.iter() if part.get("class") == "qr-ink")
    rows = [[0] * side for _ in range(side)]
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)", line):
        rows[int(y)][int(x) : int(x) + int(length)] = [1] * int(length)
    white = next(at for at, row in enumerate(rows) if any(row))
    return [row[white:-white] for row in rows[white:-white]]


def text_in(rows):
    version = (len(rows) - 17) // 4
    told = [rows[8][x] for x in range(5)]
    level_and_mask = int("".join(map(str, told)), 2) ^ 0b10101
    assert level_and_mask >> 3 == 0, "not level M"
    return in_bytes(in_order(bits(rows, version, MASKS[level_and_mask & 7]), BLOCKS[version]))


def bits(rows, version, mask):
    """The bits as they run: up and down in pairs of columns from the right, past what every code has."""
    side, found = len(rows), []
    for pair, right in enumerate([*range(side - 1, 7, -2), 5, 3, 1]):
        upwards = pair % 2 == 0
        for y in range(side - 1, -1, -1) if upwards else range(side):
            for x in (right, right - 1):
                if not is_fixed(y, x, side, version):
                    found.append(rows[y][x] ^ mask(y, x))
    return found


def is_fixed(y, x, side, version):
    """Corners with what is told beside them, the two dotted lines, and the small square."""
    corner = (y < 9 and x < 9) or (y < 9 and x >= side - 8) or (y >= side - 8 and x < 9)
    small = side - 9 <= y < side - 4 and side - 9 <= x < side - 4
    return corner or y == 6 or x == 6 or (version > 1 and small)


def in_order(bits, blocks):
    """The letters of data: the blocks take turns."""
    letters = [int("".join(map(str, bits[at : at + 8])), 2) for at in range(0, len(bits) - 7, 8)]
    taken = iter(letters[: sum(blocks)])
    told = [[] for _ in blocks]
    for at in range(max(blocks)):
        for block, length in zip(told, blocks, strict=True):
            if at < length:
                block.append(next(taken))
    return [letter for block in told for letter in block]


def in_bytes(letters):
    """Four bits say how it is written, eight how long it is."""
    told = "".join(f"{letter:08b}" for letter in letters)
    assert told[:4] == "0100", "not written as bytes"
    length = int(told[4:12], 2)
    return bytes(int(told[at : at + 8], 2) for at in range(12, 12 + 8 * length, 8)).decode()
