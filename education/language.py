"""Advice on wording that clients may hear as harmful.

Pure: no database, no Django, no network. It advises and never changes a text. What it looks for
stands in language_terms.tsv; how a sentence is read, in language_text.py; how phrases are found,
in language_rules.py; what is left alone, in language_shields.py. The behaviour is that of the clinical guide, D.3: quotations, the client's
own account, negations, history and safety wording are left alone, and a miss is better than a
false alarm. English only. An alternative is right only when serious causes have been screened:
whoever shows one must say so.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from .language_rules import CATEGORIES, Lexicon, Term, compile_term, read_terms
from .language_shields import SAYINGS, Shields
from .language_text import quoted_spans, read, word_set

__all__ = ["CATEGORIES", "Checker", "Finding", "Term", "check"]

AUDIENCES = ("client", "record")


@dataclass(frozen=True, slots=True)
class Finding:
    """One phrase to reconsider: text[start:end], counted in Python characters."""

    start: int
    end: int
    category: str
    why: str
    better: str


class Checker:
    """A term list made ready; `extra` terms are a clinic's own, `muted` ones it does not want.

    `muted` holds categories, phrases as the term list writes them, or wordings as they were
    flagged. Raises ValueError for an extra term with an unknown category or an empty phrase.
    """

    def __init__(self, extra: Iterable[Term] = (), muted: Iterable[str] = ()):
        terms, self.lists = read_terms()
        extra, self.muted = list(extra), {word.casefold().strip() for word in muted}
        for term in extra:
            if term.category not in CATEGORIES:
                raise ValueError(f"no category is called {term.category!r}")
        wanted = [term for term in (*terms, *extra) if not self._mutes(term)]
        fillers = word_set(self.lists.get("@filler", ""))
        phrases = [compile_term(term, self.lists, order) for order, term in enumerate(wanted)]
        self._alarms = Lexicon([p for p in phrases if not p.term.category.startswith("-")], fillers)
        self._cues = Lexicon([p for p in phrases if p.term.category.startswith("-")], fillers)
        self._sayings = {name: word_set(self.lists.get(name, "")) for name in SAYINGS}
        self._sayings["verbs"] = self._sayings["@says"] | self._sayings["@believes"]

    def _mutes(self, term):
        # A clinic can silence advice, never what protects safety wording.
        return not term.category.startswith("-") and bool(
            self.muted & {term.category, term.phrase.casefold()}
        )

    def check(self, text: str, *, audience: str = "client") -> list[Finding]:
        """Return the phrases of `text` to reconsider, in order, none overlapping another.

        In the private record (`audience="record"`) only words that blame or stigmatise are of
        interest. Raises ValueError for another audience.
        """
        if audience not in AUDIENCES:
            raise ValueError(f"audience is one of {AUDIENCES}, not {audience!r}")
        words, questions = read(text)
        if not words:
            return []
        matches = [
            match
            for match in self._alarms.matches(words, questions)
            if audience == "client" or match[0].term.category == "stigma_blame"
        ]
        if not matches:
            return []
        shields = Shields(words, questions, quoted_spans(text), self._cues, self._sayings)
        kept = [match for match in matches if not shields.cover(*match)]
        findings = [_finding(words, *match) for match in _best(words, kept)]
        return [f for f in findings if text[f.start : f.end].casefold() not in self.muted]


def check(text: str, *, audience: str = "client", extra=(), muted=()) -> list[Finding]:
    """Check one text: see Checker. The checker made for the same terms is kept."""
    return _checker(tuple(extra), tuple(muted)).check(text, audience=audience)


@lru_cache(maxsize=32)
def _checker(extra, muted):
    return Checker(extra, muted)


def _finding(words, phrase, own):
    term = phrase.term
    return Finding(words[own[0]].start, words[own[-1]].end, term.category, term.why, term.better)


def _best(words, matches):
    """Of matches that overlap keep the one that says most, then the longest, then the earlier row."""
    chosen, taken = [], set()
    for phrase, own in sorted(matches, key=lambda m: (-m[0].weight, m[1][0] - m[1][-1], m[0].order, m[1])):
        # By where the words stand: the two halves of "don't" are one piece of the text.
        span = {words[place].start for place in range(own[0], own[-1] + 1)}
        if taken.isdisjoint(span):
            taken.update(span)
            chosen.append((phrase, own))
    return sorted(chosen, key=lambda match: match[1])
