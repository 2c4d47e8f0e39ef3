"""What a client is found by: words as people type them, without case and accents. Stored words and those of a
search are folded here, so that they are only ever folded alike."""

import re
from unicodedata import category, normalize

HYPHENS = re.compile(r"[\s\-\u2010-\u2015]+")
UNSEEN = "\u02bb\u02bc"  # apostrophes that Unicode takes for letters
LONGEST = 40  # letters of a word that are kept: they tell people apart, and no entry outgrows an index
# Letters that Unicode does not take apart, as they are typed where no key has them.
PLAIN = str.maketrans(
    {"æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "đ": "d", "ø": "o", "ł": "l", "ħ": "h", "ı": "i", "ə": "a"}
)


def found_by(preferred_name, full_name, reference):
    """The words a client is found by: all of these, and each name in one, as "obrien" for "O'Brien"."""
    names = f"{preferred_name} {full_name}"
    in_one = {_stored("".join(_parts(name))) for name in [*names.split(), *HYPHENS.split(names)]}
    return asked_for(f"{names} {reference}") | in_one - {b""}


def asked_for(text):
    """The words of a search, each of which has to begin a word of the client."""
    return {_stored(word) for chunk in text.split() for word in _words(chunk)}


def span(word):
    """(first, last) in the order of the database: what begins with this word. What has a digit is meant whole, as
    D-1 is not D-12. No word holds a byte 0 or 255."""
    return word, word + (b"\x00" if word.startswith(b"#") else b"\xff")


def _words(chunk):
    """A hyphenated name is found by each of its parts. What has a digit is one word, behind a sign that no name
    has, or "c" would find everybody whose reference is C-0001 and so on."""
    parts = _parts(chunk)
    in_one = "".join(parts)
    return [f"#{in_one}"] if re.search(r"\d", in_one) else parts


def _parts(chunk):
    letters = "".join(letter for letter in normalize("NFKD", chunk) if category(letter)[0] != "M")
    letters = "".join(letter for letter in letters if category(letter) != "Cf" and letter not in UNSEEN)
    return re.findall(r"[^\W_]+", letters.casefold().translate(PLAIN))


def _stored(word):
    """Bytes, because every database sorts them alike; text it sorts as its language does."""
    return word[:LONGEST].encode()
