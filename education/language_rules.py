"""The term list: reading language_terms.tsv, and finding its phrases among words.

The small language the phrases are written in is explained at the head of that file.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from .language_text import word_set

TERMS_FILE = Path(__file__).with_name("language_terms.tsv")
CATEGORIES = (
    "structural_damage",
    "fragility_instability",
    "misalignment_dysfunction",
    "jargon_misread",
    "hopeless_prognosis",
    "movement_threat",
    "dismissive",
    "stigma_blame",
    "passive_fix",
    "procedural_nocebo",
)
MAX_GAP = 8
MAX_FILLERS = 3
MAX_REACH = 64  # words: no phrase begins further before its key
NEGATIONS = word_set(
    "not no never nothing none neither nor nobody without hardly rarely seldom scarcely barely"
)


@dataclass(frozen=True)
class Term:
    """One row of the term list, or one a clinic adds."""

    category: str
    phrase: str
    why: str = ""
    better: str = ""
    unless: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One place in a phrase: words (by base form), a gap of words, or a condition."""

    kind: str  # "word", "gap", "opens", "ends", "colon", "question"
    words: frozenset[str] = frozenset()  # by base form
    exact: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()
    optional: bool = False
    gap: int = 0

    def fits(self, word):
        return (
            not self.words.isdisjoint(word.lemmas)
            or word.text in self.exact
            or (bool(self.prefixes) and _begins_with(word, self.prefixes))
        )


def _begins_with(word, prefixes):
    return any(lemma.startswith(prefixes) for lemma in word.lemmas)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase ready to be looked for; `key` is the place that tells fastest that it is absent."""

    term: Term
    parts: tuple[Part, ...]
    unless: Part | None
    key: Part
    needed: tuple[frozenset[str], ...]  # of each of these, a sentence must hold a word
    before_key: int  # at most so many words lie before the key
    weight: int  # how many words it pins down: the more, the more specific
    order: int = 0  # its place in the term list, where earlier wins


def read_terms(path: Path = TERMS_FILE) -> tuple[list[Term], dict[str, str]]:
    """Return the terms and the named word lists of a term file.

    An empty category, why or better is that of the row above. Raises ValueError, with the line
    number, for a row that cannot be understood.
    """
    terms, lists = [], {}
    category = why = better = ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) > 5:
            raise ValueError(f"{path.name} line {number}: more than five columns")
        first, phrase, unless, new_why, new_better = cells + [""] * (5 - len(cells))
        if first == "category":
            continue
        if first.startswith("@"):
            lists[first] = phrase
            continue
        if first:
            category, why, better = first, new_why, new_better
        if phrase:
            terms.append(Term(category, phrase, new_why or why, new_better or better, unless))
    return terms, lists


def compile_term(term: Term, lists: dict[str, str], order: int = 0) -> Phrase:
    """Read a term's phrase. Raises ValueError for one with no word in it, or an unknown list."""
    parts = tuple(_read_part(piece, lists) for piece in term.phrase.split())
    wordy = [part for part in parts if part.kind == "word" and not part.optional]
    if not wordy:
        raise ValueError(f"a phrase needs a word: {term.phrase!r}")
    key = min(wordy, key=_commonness)
    unless = _read_part("|".join(term.unless.split()), lists) if term.unless else None
    reach = 0
    for part in parts:
        if part is key:
            break
        if part.kind in ("word", "gap"):
            reach += part.gap if part.kind == "gap" else 1 + MAX_FILLERS
    weight = sum(part.kind == "word" for part in parts)
    needed = tuple(part.words | part.exact for part in wordy if not part.prefixes and part is not key)
    return Phrase(term, parts, unless, key, needed, min(reach, MAX_REACH - 1), weight, order)


def _read_part(piece, lists):
    if piece == "^":
        return Part("opens")
    if piece == "$":
        return Part("ends")
    if piece == ":":
        return Part("colon")
    if piece == "?":
        return Part("question")
    if piece.startswith(".."):
        return Part("gap", gap=min(int(piece[2:]), MAX_GAP))
    optional = piece.endswith("?")
    words, exact, prefixes = set(), set(), set()
    for choice in _choices(piece.removesuffix("?"), lists):
        if choice.endswith("*"):
            prefixes.add(choice[:-1])
        elif choice.startswith("="):
            exact.add(choice[1:])
        else:
            words.add(choice)
    return Part("word", frozenset(words), frozenset(exact), tuple(sorted(prefixes)), optional)


def _choices(piece, lists):
    for choice in piece.split("|"):
        if choice.startswith("@"):
            if choice not in lists:
                raise ValueError(f"no list is called {choice}")
            for word in lists[choice].split():
                yield from _choices(word, lists)
        elif choice:
            yield choice


_COMMON = word_set(
    "be have do go get you your i we it this that the a an in on of to for or and so not no will can "
    "back.n pain all up out more too only just need want make at with if"
)


def _commonness(part):
    """Order places of a phrase from the rarest to the commonest, by rule of thumb."""
    choices = part.words | part.exact
    return (len(choices & _COMMON) * 50 + len(choices) + 2 * len(part.prefixes), -len(choices))


class Lexicon:
    """Compiled phrases, found by a word they cannot do without."""

    def __init__(self, phrases, fillers=frozenset()):
        self.fillers = fillers
        self.by_word = defaultdict(list)
        self.by_prefix = defaultdict(list)
        for phrase in phrases:
            for word in phrase.key.words | phrase.key.exact:
                self.by_word[word].append(phrase)
            for prefix in phrase.key.prefixes:
                self.by_prefix[prefix].append(phrase)
        prefixes = tuple(self.by_prefix)
        # The same few hundred words make up most of what is written.
        self._by_lemmas = lru_cache(maxsize=8192)(lambda text, lemmas: self._look_up(text, lemmas, prefixes))

    def _look_up(self, text, lemmas, prefixes):
        found = []
        for word in lemmas | {text}:
            found += self.by_word.get(word, ())
            if prefixes and word.startswith(prefixes):
                for prefix, phrases in self.by_prefix.items():
                    if word.startswith(prefix):
                        found += phrases
        return tuple(dict.fromkeys(found))

    def matches(self, words, questions=frozenset()):
        """Yield (phrase, own) for every phrase found; own are the places of its own words, in order."""
        first = 0
        for index in range(1, len(words) + 1):
            if index == len(words) or words[index].sentence != words[first].sentence:
                yield from self._matches_in(words, first, index - 1, questions)
                first = index

    def _matches_in(self, words, first, last, questions):
        present = frozenset().union(*[word.lemmas for word in words[first : last + 1]])
        hopeful, tried = {}, set()
        for index in range(first, last + 1):
            word = words[index]
            for phrase in self._by_lemmas(word.text, word.lemmas):
                key = id(phrase)
                if key not in hopeful:
                    hopeful[key] = _all_present(phrase.needed, present)
                if not hopeful[key]:
                    continue
                # Every place where the phrase may begin so that its key falls on this word.
                for start in range(max(first, index - phrase.before_key), index + 1):
                    if (start, key) in tried or not _may_start(phrase, words[start]):
                        continue
                    tried.add((start, key))
                    own = self._match(phrase.parts, 0, words, start, word.sentence, questions)
                    if own:
                        yield phrase, own

    def _match(self, parts, at, words, index, sentence, questions):
        """Return the places of the words matched from parts[at] on, None if they do not match."""
        if at == len(parts):
            return ()
        part = parts[at]
        here = words[index] if index < len(words) and words[index].sentence == sentence else None
        if part.kind == "opens":
            return (
                self._match(parts, at + 1, words, index, sentence, questions) if here and here.opens else None
            )
        if part.kind == "ends":
            return () if here is None else None
        if part.kind == "question":
            return () if sentence in questions else None
        if part.kind == "colon":
            return (
                self._match(parts, at + 1, words, index, sentence, questions)
                if words[index - 1].colon
                else None
            )
        if part.kind == "gap":
            return self._skip(parts, at, words, index, sentence, questions, part.gap)
        if here is not None and part.fits(here):
            rest = self._match(parts, at + 1, words, index + 1, sentence, questions)
            if rest is not None:
                return (index, *rest)
        if part.optional:
            return self._match(parts, at + 1, words, index, sentence, questions)
        if at and here is not None:
            return self._skip_filler(parts, at, words, index, sentence, questions)
        return None

    def _skip(self, parts, at, words, index, sentence, questions, gap):
        for step in range(gap + 1):
            own = self._match(parts, at + 1, words, index + step, sentence, questions)
            if own is not None:
                return own
            place = index + step
            if place >= len(words) or words[place].sentence != sentence or words[place].text in NEGATIONS:
                return None
        return None

    def _skip_filler(self, parts, at, words, index, sentence, questions):
        for place in range(index, min(index + MAX_FILLERS, len(words))):
            word = words[place]
            if word.text not in self.fillers or word.sentence != sentence:
                return None
            following = words[place + 1] if place + 1 < len(words) else None
            if following is not None and following.sentence == sentence and parts[at].fits(following):
                rest = self._match(parts, at + 1, words, place + 2, sentence, questions)
                if rest is not None:
                    return (place + 1, *rest)
        return None


def _all_present(needed, present):
    return not any(map(present.isdisjoint, needed))


def _may_start(phrase, word):
    first = phrase.parts[0]
    return first.kind != "word" or first.optional or first.fits(word)
