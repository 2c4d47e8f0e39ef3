"""Words, clauses and quotations of a text, for the language checker.

Everything is done in single passes with simple patterns, so that time grows with the length of
the text and with nothing else: no repeated part holds another that could match the same letters.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

# Marks that sit in a word without being seen: accents set apart, soft hyphens, zero width.
_UNSEEN = "\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufe0e\ufe0f\ufeff"
_UNSEEN_MARKS = re.compile(f"[{_UNSEEN}]")
_PIECE = re.compile(
    r"(?P<word>\b[cC]/[oO]\b"
    rf"|[^\W_][\w{_UNSEEN}]*(?:['\u2019\u02bc\uff07]\w[\w{_UNSEEN}]*)*)"
    r"|(?P<mark>[.!?\u2026;:,()\[\]\n\r\u2028\u2029\u2014\u2013\u2022]|(?<=\s)-(?=\s))"
)
_APOSTROPHES = str.maketrans("\u2019\u02bc\uff07", "'''")


def word_set(text: str) -> frozenset[str]:
    """Return the words of a string as a set: long lists read better so."""
    return frozenset(text.split())


_SHORT_FORMS = word_set("dr mr mrs ms vs approx e.g i.e eg ie st no nr")

# What a shortened word stands for. The unmarked spellings are those of somebody in a hurry.
_ENDINGS = {"'ve": "have", "'re": "are", "'ll": "will", "'m": "am", "'d": "would", "'s": "'s"}
_SPELT_OUT = {
    "can't": "can not", "cant": "can not", "cannot": "can not", "won't": "will not", "wont": "will not",
    "shan't": "shall not", "ain't": "is not", "dont": "do not", "doesnt": "does not", "didnt": "did not",
    "isnt": "is not", "arent": "are not", "wasnt": "was not", "werent": "were not", "havent": "have not",
    "hasnt": "has not", "hadnt": "had not", "shouldnt": "should not", "wouldnt": "would not",
    "couldnt": "could not", "mustnt": "must not", "neednt": "need not", "youre": "you are",
    "youve": "you have", "youll": "you will", "theyre": "they are", "ive": "i have", "im": "i am",
    "its": "it 's", "thats": "that 's", "theres": "there 's", "gonna": "going to", "gotta": "got to",
    "noone": "no one", "alot": "a lot", "abit": "a bit", "pts": "patients", "xray": "x ray", "xrays": "x rays",
}  # fmt: skip

_IRREGULAR = {
    "be": "am is are was were been being 's", "have": "has had having 's", "do": "does did done doing",
    "go": "goes went gone going", "get": "gets got gotten getting", "tear": "tore torn", "wear": "wore worn",
    "break": "broke broken", "come": "came", "give": "gave given", "take": "took taken", "fall": "fell fallen",
    "say": "said", "tell": "told", "think": "thought", "feel": "felt", "hear": "heard", "lose": "lost",
    "find": "found", "see": "saw seen", "make": "made", "put": "putting", "hurt": "hurting", "eat": "ate eaten",
    "rot": "rotten rotted", "burst": "bursting", "blow": "blew blown", "split": "splitting", "leave": "left",
    "bend": "bent", "stick": "stuck", "stand": "stood", "sit": "sat", "run": "ran", "lie": "lay lain lying",
    "shrink": "shrank shrunk", "fail": "failed", "die": "dying", "bring": "brought", "hold": "held",
    "keep": "kept", "know": "knew known", "write": "wrote written", "read": "reading", "draw": "drew drawn",
    "grow": "grew grown", "become": "became", "forget": "forgot forgotten", "grind": "ground",
    "sting": "stung", "throw": "threw thrown", "spring": "sprang sprung", "build": "built", "deny": "denied",
    "freeze": "froze frozen", "drive": "drove driven", "pay": "paid", "lay": "laid", "seek": "sought",
    "fight": "fought", "ride": "rode ridden", "swim": "swam swum", "rise": "rose risen", "wind": "wound",
    "understand": "understood", "vertebra": "vertebrae vertebras", "foot": "feet", "tooth": "teeth",
    "meniscus": "menisci", "person": "people persons", "man": "men", "woman": "women", "bad": "worse worst",
    "pelvis": "pelvises pelves", "calf": "calves", "life": "lives", "half": "halves", "knife": "knives",
    "diagnosis": "diagnoses", "trust": "trusted trusting", "use": "used using", "ache": "aching ached",
}  # fmt: skip
_BASES: dict[str, tuple[str, ...]] = {}
for _base, _forms in _IRREGULAR.items():
    for _form in _forms.split():
        _BASES[_form] = (*_BASES.get(_form, ()), _base)

_LEVEL = re.compile(r"[lcts]\d{1,2}$")
_Z_SPELLING = re.compile(r"(?<=[a-z]{3}i|[a-z]{3}y)z(?=e$|ed$|es$|er|ing|ation)")
# "back", "core" and "joint" are body parts only in some company (a lift back, core values, a joint decision).
_BEFORE_A_BACK = word_set(
    "your the her his their my our a an this that these those lower upper low mid bad weak sore stiff old whole "
    "strong poor dodgy knackered damaged injured unstable fragile straight 's and or in one s"
)
_AFTER_NO_PART = {
    "back": word_set("door pack garden seat yard row room page office up to home in into on burner"),
    "core": word_set("values value belief beliefs message messages hours team skill skills business idea"),
    "joint": word_set(
        "decision decisions plan plans account goal goals effort session sessions venture appointment review "
        "work project visit letter care meeting"
    ),
}


@dataclass(slots=True)
class Word:
    """A word as read: `start` and `end` enclose the whole written word, also for "n't"."""

    start: int
    end: int
    text: str
    lemmas: frozenset[str]
    sentence: int = 0
    clause: int = 0
    opens: bool = False  # first of its clause
    line: int = 0
    colon: bool = False  # a colon follows


def lemmas(word: str) -> frozenset[str]:
    """Return the word with every base form it may have: "tearing" is also "tear" and "teare".

    Guessing too many base forms does no harm, since only real words stand in the term list.
    """
    word = _Z_SPELLING.sub("s", word)
    if word.isdigit():
        return frozenset((word, "#"))
    found = {word, *_BASES.get(word, ()), *_regular_bases(word)}
    if word.startswith("disk"):
        found |= {"disc" + form[4:] for form in found}
    if word.startswith("paresthe"):
        found |= {form.replace("pares", "paraes", 1) for form in found}
    if word.endswith(("or", "ors")) and len(word) > 6:
        found.add(word.replace("or", "our", 1))
    if _LEVEL.match(word):
        found.add("level")
    return frozenset(found)


def _regular_bases(word):
    if len(word) < 4 or word.endswith(("ss", "us", "is")):
        return ()
    if word.endswith(("ies", "ied")):
        return (word[:-3] + "y", word[:-1])
    if word.endswith("es"):
        return (word[:-1], word[:-2])
    if word.endswith("s"):
        return (word[:-1],)
    if word.endswith("ed"):
        return _stems(word[:-2])
    if word.endswith("ing") and len(word) > 5:
        return _stems(word[:-3])
    return ()


def _stems(stem):
    doubled = len(stem) > 2 and stem[-1] == stem[-2]
    return (stem, stem + "e", stem[:-1]) if doubled else (stem, stem + "e")


@lru_cache(maxsize=8192)
def _understood(piece):
    """Return (word, its base forms) for everything a written word stands for: "doesn't" is two."""
    written = _UNSEEN_MARKS.sub("", piece.translate(_APOSTROPHES)).lower()
    return tuple((part, lemmas(part)) for part in _parts(written))


def _parts(written):
    """Split "doesn't" into "does" and "not", and so on."""
    if written in _SPELT_OUT:
        return _SPELT_OUT[written].split()
    if written.endswith("n't"):
        return [written[:-3], "not"]
    head, mark, tail = written.rpartition("'")
    if mark and head and "'" + tail in _ENDINGS:
        return [head, _ENDINGS["'" + tail]]
    return [written]


def read(text: str) -> tuple[list[Word], set[int]]:
    """Return the words of a text, and the numbers of the sentences that are questions."""
    words, questions = [], set()
    sentence = clause = line = 0
    opens, pending_comma = True, False
    for piece in _PIECE.finditer(text):
        mark = piece["mark"]
        if mark is None:
            for part, bases in _understood(piece["word"]):
                word = Word(piece.start(), piece.end(), part, bases, sentence, clause, opens, line)
                if pending_comma:
                    word.opens, pending_comma = True, False
                words.append(word)
                opens = False
        elif mark == ",":
            pending_comma = True
        elif mark == ":" and words and words[-1].sentence == sentence:
            words[-1].colon = True
            clause, opens = clause + 1, True
        elif mark == "." and _is_inside(text, piece.start(), words):
            continue
        else:
            clause, opens = clause + 1, True
            if mark in ".!?\u2026\n\r\u2028\u2029\u2022":
                if mark == "?":
                    questions.add(sentence)
                sentence += 1
                line += mark in "\n\r\u2028\u2029"
    _mark_clauses(words)
    _tell_parts_apart(words)
    return words, questions


def _is_inside(text, dot, words):
    """Say whether a full stop belongs to a number or a short form and ends nothing."""
    after = text[dot + 1 : dot + 2]
    if after.isalnum():
        return True
    last = words[-1] if words else None
    return last is not None and last.end == dot and (last.text in _SHORT_FORMS and after == " ")


_SUBJECTS = word_set(
    "i you we he she it they there your this that the his her their my our these those what how everyone"
)
_ALWAYS_BREAK = word_set("but however although though because whereas")
_BREAK_BEFORE_SUBJECT = word_set("and so while which when where yet then")


def _mark_clauses(words):
    """Begin a new clause where a new subject begins, so that a "not" reaches no further."""
    added, in_if = 0, False
    for index, word in enumerate(words):
        following = words[index + 1] if index + 1 < len(words) else None
        previous = words[index - 1] if index else None
        if previous is None or previous.sentence != word.sentence:
            in_if = False
        in_if = in_if or word.text in ("if", "unless")
        if _begins_clause(word, following, in_if):
            added += 1
            word.opens = True
            if word.text not in _ALWAYS_BREAK | {"and", "so"}:
                in_if = False
        elif (
            previous is not None
            and previous.text in ("please", "just", "and", "so", "then")
            and previous.opens
        ):
            word.opens = True
        word.clause += added


def _begins_clause(word, following, in_if):
    if word.text in _ALWAYS_BREAK:
        return True
    if following is None or following.sentence != word.sentence:
        return False
    if word.text in _BREAK_BEFORE_SUBJECT:
        return following.text in _SUBJECTS
    if word.text == "or":  # "don't slouch or your disc will ..." threatens; "not torn or worn" lists
        return following.text in ("you", "your", "it", "that")
    if word.text not in _SUBJECTS:
        return False
    return word.opens or (in_if and following.text in ("will", "could", "might", "would"))


def _tell_parts_apart(words):
    """Give "back", "core" and "joint" their body-part lemma where the neighbours allow it."""
    for index, word in enumerate(words):
        for part in _AFTER_NO_PART.keys() & word.lemmas:
            before = words[index - 1].text if index else ""
            after = words[index + 1].text if index + 1 < len(words) else ""
            if after in _AFTER_NO_PART[part] and not (after in ("in", "to", "up") and before == "your"):
                continue
            described = index > 1 and words[index - 2].text in ("a", "an", "your")  # "a vulnerable back"
            if part != "back" or before in _BEFORE_A_BACK or described or word.text == "backs":
                word.lemmas |= {part + ".n"}


_PAIRS = {"\u201c": "\u201d\u201c", "\u201e": "\u201c\u201d", "\u00ab": "\u00bb", "\u2039": "\u203a",
          "\u2018": "\u2019", "\u201a": "\u2018\u2019", "\u300c": "\u300d", '"': '"', "\uff02": "\uff02",
          "'": "'", "`": "`'"}  # fmt: skip
_SINGLE = "'\u2018\u201a`"
_QUOTE = re.compile("[\u201c\u201d\u201e\u00ab\u00bb\u2039\u203a\u2018\u2019\u201a\u300c\u300d\"\uff02'`\n]")


def quoted_spans(text: str) -> list[tuple[int, int]]:
    """Return where the text quotes: the outermost spans, marks included.

    A mark nobody closed quotes up to the end of its line, if it is a double one and stands where a
    quotation begins; a single one is then only an apostrophe. Lines that begin with ">" are quoted.
    """
    spans, opened, wanted = [], None, ""
    for found in _QUOTE.finditer(text):
        at, mark = found.start(), found.group()
        if mark == "\n":
            if opened is not None:
                if text[opened] not in _SINGLE:
                    spans.append((opened, at))
                opened = None
            if text.startswith(">", at + 1):
                end = text.find("\n", at + 1)
                spans.append((at + 1, len(text) if end < 0 else end))
        elif opened is None:
            if mark in _PAIRS and _can_open(text, at, mark):
                opened, wanted = at, _PAIRS[mark]
        elif mark in wanted and _can_close(text, at, mark):
            spans.append((opened, at + 1))
            opened = None
    if opened is not None and text[opened] not in _SINGLE:
        spans.append((opened, len(text)))
    if text.startswith(">"):
        end = text.find("\n")
        spans.append((0, len(text) if end < 0 else end))
    return sorted(spans)


def _can_open(text, at, mark):
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if mark in "\u201c\u201e\u00ab\u2039\u300c":
        return True
    return not before.isalnum() and bool(after) and not after.isspace()


def _can_close(text, at, mark):
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if mark not in "'\u2019\u2018`":
        return True
    return not before.isspace() and not after.isalnum()
