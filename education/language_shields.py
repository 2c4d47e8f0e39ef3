"""What the language checker leaves alone in a text, and why.

Quotations, what others say or believe, what is denied, what is long past, what teaches, and
everything about safety. The phrases that give these away stand in language_terms.tsv; the rules
of scope (to the end of the clause, the sentence, the line) stand here.
"""

from bisect import bisect_right

from .language_rules import CATEGORIES, NEGATIONS
from .language_text import word_set

NEGATION_REACH = 14  # words: a "not" further away than this speaks of something else
COMPANY = 25  # words on either side in which a word can change what a phrase means
_BODY = frozenset(CATEGORIES[:4])
_NOT_BLAME = frozenset(CATEGORIES) - {"stigma_blame"}
_ALL = frozenset(CATEGORIES)
# What is said to somebody: "she guards her back" is a record, "guard your back" a warning.
_SAID_TO_CLIENT = frozenset(("movement_threat", "dismissive", "passive_fix", "procedural_nocebo"))
_THIRD = word_set("he she him her his they client patient pt")
_ADDRESS = word_set("you your i we me us must should ought needs will never let")

# What each kind of "leave alone" phrase in the term list protects, and how far.
_WHOLE_LINE = {"-safety": _ALL}
_WHOLE_SENTENCE = {
    "-symptom": _NOT_BLAME,
    "-history": _NOT_BLAME,
    "-past": _NOT_BLAME,
    "-general": _BODY,
    "-account": _ALL,
}


class Shields:
    """Everything in one text that the checker leaves alone, and why."""

    def __init__(self, words, questions, quotes, cues, sayings):
        self.words, self.questions, self.sayings = words, questions, sayings
        self.quotes, self.quote_starts = quotes, [start for start, _ in quotes]
        self.sentences = {}
        for index, word in enumerate(words):
            first, _ = self.sentences.get(word.sentence, (index, index))
            self.sentences[word.sentence] = (first, index)
        self.lines, self.by_sentence = {}, {}
        self.reported, self.negated, self.affirmed = set(), set(), set()
        self.cues = set()
        self.addressed, self.telling = {}, {}
        self._read_cues(cues)
        self._read_attributions()
        self._read_negations()

    def cover(self, phrase, own):
        """Say whether a match is to be left alone."""
        first, category = own[0], phrase.term.category
        sentence = self.words[first].sentence
        if phrase.unless and self._near(phrase.unless, own):
            return True
        if sentence in self.questions and not any(part.kind == "question" for part in phrase.parts):
            return True
        if category in self.lines.get(self.words[first].line, ()):
            return True
        if category in self.by_sentence.get(sentence, ()):
            return True
        if category in _SAID_TO_CLIENT and self._tells_about_client(sentence):
            return True
        if first in self.reported or first in self.negated:
            return True
        if self._interrupted(own) or self._denied_after(own):
            return True
        return self._quoted(own)

    def _near(self, part, own):
        """Say whether a word that excuses the phrase stands near it, in the same sentence."""
        first, last = self.sentences[self.words[own[0]].sentence]
        near = self.words[max(first, own[0] - COMPANY) : min(last, own[-1] + COMPANY) + 1]
        return any(part.fits(word) for word in near)

    def _quoted(self, own):
        for place in own:
            word = self.words[place]
            at = bisect_right(self.quote_starts, word.start) - 1
            if at >= 0 and self.quotes[at][1] >= word.end:
                return True
        return False

    def _read_cues(self, cues):
        for phrase, own in cues.matches(self.words, self.questions):
            kind, first = phrase.term.category, self.words[own[0]]
            if phrase.unless and self._near(phrase.unless, own):
                continue
            if kind in _WHOLE_LINE:
                self._add(self.lines, first.line, _WHOLE_LINE[kind])
            elif kind in _WHOLE_SENTENCE and not (kind == "-past" and self._speaks_to_client(first.sentence)):
                self._add(self.by_sentence, first.sentence, _WHOLE_SENTENCE[kind])
            elif kind == "-reported":
                self._reported(own[-1])
            elif kind == "-negation":
                self._negate(own[-1])
                self.cues.add(own[-1])
            elif kind == "-affirmation":
                self.affirmed.update(own)

    @staticmethod
    def _add(shields, key, categories):
        shields[key] = shields.get(key, frozenset()) | categories

    def _speaks_to_client(self, sentence):
        if sentence not in self.addressed:
            first, last = self.sentences[sentence]
            self.addressed[sentence] = any(w.text in ("you", "your") for w in self.words[first : last + 1])
        return self.addressed[sentence]

    def _tells_about_client(self, sentence):
        """Say whether a sentence tells what the client does, speaking to nobody and ruling nothing."""
        if sentence not in self.telling:
            first, last = self.sentences[sentence]
            texts = {word.text for word in self.words[first : last + 1]}
            self.telling[sentence] = not texts.isdisjoint(_THIRD) and texts.isdisjoint(_ADDRESS)
        return self.telling[sentence]

    def _read_attributions(self):
        for index in range(len(self.words)):
            subject = _attributed_to(self.words, index, self.sayings)
            if subject is None:
                continue
            self._reported(index)
            first, last = self.sentences[self.words[index].sentence]
            if last - index <= 2 and subject > first and _after_comma(self.words, subject, first):
                # "Your disc has slipped, he thinks": what went before is what he thinks.
                self._add(self.by_sentence, self.words[index].sentence, _ALL)

    def _reported(self, cue):
        """Leave alone what somebody said or thinks: up to the end, or to "but your ..."."""
        words = self.words
        self.cues.add(cue)
        _, last = self.sentences[words[cue].sentence]
        for place in range(cue + 1, last + 1):
            if place in self.reported or _takes_over(words, place):
                break
            self.reported.add(place)

    def _read_negations(self):
        for index, word in enumerate(self.words):
            if word.text in NEGATIONS and index not in self.affirmed:
                self._negate(index)

    def _negate(self, cue):
        words = self.words
        for place in range(cue + 1, min(cue + NEGATION_REACH, len(words))):
            if words[place].clause != words[cue].clause:
                break
            self.negated.add(place)

    def _interrupted(self, own):
        """Say whether "far from" or "was told" stands in a gap of the match: "far from worn out"."""
        return any(place in self.cues for place in range(own[0] + 1, own[-1]) if place not in own)

    def _denied_after(self, own):
        """Say whether the phrase is taken back at once: "wear and tear does not mean ..."."""
        words, after = self.words, own[-1] + 1
        following = [w for w in words[after : after + 3] if w.sentence == words[own[-1]].sentence]
        return (
            len(following) > 1
            and not following[0].opens
            and not {"be", "do", "will", "can", "need"}.isdisjoint(following[0].lemmas)
            and following[1].text in ("not", "rarely", "seldom", "never")
        )


SAYINGS = ("@says", "@believes", "@told", "@helping", "@instrument")
_CALLED = word_set("he she they you i we him her client patient been being")
_NO_SPEAKERS = word_set(
    "i we me us to please not and or but this that it a an the no of for in with without any more such there my our"
    " stop start"
)


def _attributed_to(words, index, sayings):
    """Return the place of whoever says or believes by this verb, None if it is no such verb.

    The writer's own "I think" and a scan that "shows" are no attributions.
    """
    word = words[index]
    base = sayings["verbs"]
    if base.isdisjoint(word.lemmas):
        return None
    place, passive = _subject(words, index, sayings["@helping"])
    if passive and not sayings["@told"].isdisjoint(word.lemmas) and not word.text.endswith("ing"):
        # "This is called ..." are the writer's own words, "she was called ..." somebody else's.
        named = "call" in word.lemmas and place >= 0 and words[place].text not in _CALLED
        return None if named else max(place, 0)
    inflected = word.text not in base or word.text in ("read", "heard", "told")
    if place < 0:  # "Believes that ...": a record without a subject
        return index if inflected and not word.text.endswith("ing") else None
    subject = words[place]
    if subject.text in _NO_SPEAKERS or not sayings["@instrument"].isdisjoint(subject.lemmas):
        return None
    if subject.text == "you":
        allowed = not word.text.endswith("ing") and not word.lemmas & {
            "expect",
            "feel",
            "see",
            "notice",
            "find",
        }
        return place if allowed else None
    return place if inflected or _takes_base_form(words, place, index) else None


def _takes_base_form(words, place, index):
    """Say whether "fear" or "state" can be a verb here: "they fear", "people say", "did not say"."""
    subject = words[place].text
    return subject in ("they", "people", "who") or subject.endswith("s") or index - place > 1


def _after_comma(words, place, first):
    return words[place].opens or (place - 1 > first and words[place - 1].opens)


def _subject(words, index, helping):
    """Return the place before a verb and its helpers (-1 at the start), and if the verb is passive."""
    passive, place = False, index - 1
    while place >= 0 and words[place].sentence == words[index].sentence and words[place].text in helping:
        passive = passive or "be" in words[place].lemmas
        place -= 1
    if place < 0 or words[place].sentence != words[index].sentence:
        return -1, passive
    return place, passive


def _takes_over(words, place):
    """Say whether the writer speaks again after a report: "..., but your back ..."."""
    return (
        words[place].text in ("but", "however", "yet", "though")
        and place + 1 < len(words)
        and words[place + 1].text in ("i", "we", "you", "your")
    )
