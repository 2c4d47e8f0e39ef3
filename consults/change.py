"""Then and now: what changed, and is it clear?

Each function takes two results of one measure and returns a `Change`: the values, the exact difference, a
word (better / worse / no clear change, or the measure's own pair of words), the bar it was held against and
where that bar comes from. The bar for one person is the larger of measurement error and important change;
`small` marks a change short of it but not of the measure's lower bar, and is still no clear change. A measure
for which nobody has agreed on a bar gets no word at all.
"""

from dataclasses import dataclass
from fractions import Fraction

from consults import scoring
from consults.scoring import shown

NO_CLEAR_CHANGE = "no clear change"
NOT_BOTH_TIMES = "not rated both times"

GOAL_LEVELS = {
    -2: "much less than expected",
    -1: "less than expected",
    0: "as expected",
    1: "better than expected",
    2: "much better than expected",
}
FLAGS = {True: "positive screen", False: "below the mark", None: "not scored"}


@dataclass(frozen=True)
class Bar:
    """What counts as change on one measure: the words for `rise` and `fall`, and the bars they must reach."""

    title: str
    low: int
    high: int
    rise: str
    fall: str
    clear: Fraction | None  # in points; None: no agreed bar, so no word
    rule: str  # the bar in words, for the screen
    source: str
    small: Fraction | None = None  # the lower bar, in points
    clear_percent: int | None = None  # the bar as a share of the first score, where no bar in points exists
    small_percent: int | None = None
    responder_percent: int | None = None  # a fall of this share is flagged as well
    places: int = 1
    manner: str = ""  # said before the word: "clearly looser"

    @property
    def counts_percent(self):
        """Whether a share of the first score means anything here."""
        return self.responder_percent is not None or self.clear_percent is not None

    def clear_from(self, before):
        """Return the change in points that is clear, given the first score; None if there is no such bar."""
        return _share(self.clear_percent, before) if self.clear is None else self.clear

    def small_from(self, before):
        """Return the change in points that is small, given the first score; None if there is no such bar."""
        return _share(self.small_percent, before) if self.small is None else self.small


@dataclass(frozen=True)
class Change:
    """Two results of one measure. `word` is empty where no word may be given."""

    title: str
    before: object
    after: object
    difference: Fraction | None
    word: str
    text: str
    source: str
    small: bool = False
    threshold: Fraction | None = None  # points of clear change
    rule: str = ""
    percent: Fraction | None = None  # of the first value; none from 0
    responder: bool | None = None
    count: int | None = None  # activities rated both times


@dataclass(frozen=True)
class BeliefRating:
    """How true a belief feels (0..100) and how flexible it is (0..10), before or after the explanation."""

    conviction: int | None
    flexibility: Fraction | None
    after_explanation: bool = False


@dataclass(frozen=True)
class BeliefChange:
    """Both changes of one belief. `like_with_like` is False when only one rating followed the explanation."""

    conviction: Change
    flexibility: Change
    like_with_like: bool
    text: str


OWN = "own rule, not validated"
TWO_POINTS = {
    "rule": "2 points or more",
    "source": "own rule, after Farrar 2001 for pain ratings",
    "places": 0,
}
NO_BAR = {"clear": None, "rule": "no agreed bar", "places": 0}

# Guide, sections B and C.3.
# fmt: off
BARS = {
    "peg": Bar(
        "PEG", 0, 10, "worse", "better", Fraction(1), "1 point or more",
        "Krebs 2009; Reed 2024; responder: Dworkin 2008", responder_percent=30,
    ),
    "pain": Bar(
        "Pain", 0, 10, "worse", "better", Fraction(2), "2 points or more; 30 % of the first rating is small",
        "Farrar 2001; Dworkin 2008", small_percent=30, responder_percent=30, places=0,
    ),
    "activities": Bar(
        "Activities", 0, 10, "better", "worse", Fraction(2), "2 points or more; from 1.3 small, may be noise",
        "PSFS: measurement error 2; Abbott & Schmitt 2014: 1.3", small=Fraction(13, 10),
    ),
    "activity": Bar(
        "Activity", 0, 10, "better", "worse", Fraction(3), "3 points or more on one activity",
        "PSFS: measurement error 3 on one activity", places=0,
    ),
    "conviction": Bar(
        "Conviction", 0, 100, "firmer", "looser", Fraction(20), "20 points or more", OWN,
        places=0, manner="clearly ",
    ),
    "flexibility": Bar(
        "Flexibility", 0, 10, "more open", "more closed", Fraction(2), "2 points or more", OWN,
        manner="clearly ",
    ),
    # Importance, readiness and willingness are no targets: they go up or down, not better or worse.
    "importance": Bar("Importance", 0, 10, "higher", "lower", Fraction(2), **TWO_POINTS),
    "readiness": Bar("Readiness", 0, 10, "higher", "lower", Fraction(2), **TWO_POINTS),
    "willingness": Bar("Willingness", 0, 10, "higher", "lower", Fraction(2), **TWO_POINTS),
    "confidence": Bar("Confidence", 0, 10, "better", "worse", Fraction(2), **TWO_POINTS),
    "understood": Bar("Felt understood", 0, 10, "better", "worse", Fraction(2), **TWO_POINTS),
    "makes_sense": Bar("Makes sense", 0, 10, "better", "worse", Fraction(2), **TWO_POINTS),
    "fits_me": Bar("Fits me", 0, 10, "better", "worse", Fraction(2), **TWO_POINTS),
    "gas_t": Bar("GAS T", 0, 100, "", "", None, "no bar: read the levels", "guide B.3"),
    "promis_pi": Bar(
        "PROMIS pain interference T", 0, 100, "worse", "better", Fraction(6),
        "6 points or more; from 2 small", "Terwee 2021: 2 to 6", small=Fraction(2),
    ),
    "pseq": Bar(
        "PSEQ", 0, 60, "better", "worse", Fraction(23, 2), "11.5 points or more; from 5.5 small",
        "Dube 2021: measurement error 11.5; Chiarotto 2016: 5.5", small=Fraction(11, 2), places=0,
    ),
    "pseq_2": Bar(
        "PSEQ-2", 0, 12, "better", "worse", Fraction(3, 2), "1.5 points or more", "Chiarotto 2016", places=0,
    ),
    "pseq_4": Bar(
        "PSEQ-4", 0, 24, "better", "worse", Fraction(3, 2), "1.5 points or more", "Chiarotto 2016", places=0,
    ),
    "pcs": Bar(
        "PCS", 0, 52, "worse", "better", None, "38 % of the first score or more", "Scott 2014",
        clear_percent=38, places=0,
    ),
    "tsk_11": Bar(
        "TSK-11", 11, 44, "worse", "better", Fraction(28, 5), "5.6 points or more; from 4 small",
        "measurement error 5.6; Woby 2005: 4", small=Fraction(4), places=0,
    ),
    "brief_ipq": Bar("Brief IPQ", 0, 80, "worse", "better", source="guide B.7", **NO_BAR),
    "ompsq_sf": Bar("OMPSQ-SF", 0, 100, "worse", "better", source="guide B.8", **NO_BAR),
    "start_back": Bar("STarT Back", 0, 9, "worse", "better", source="guide B.8", **NO_BAR),
    "cpaq_8": Bar("CPAQ-8", 0, 48, "better", "worse", source="guide B.12", **NO_BAR),
}
# fmt: on


def score(measure, before, after):
    """Compare two scores of a measure named in `BARS`; None where it was not given."""
    if not isinstance(measure, str) or measure not in BARS:
        raise ValueError("No measure of that name can be compared.")
    return _compare(BARS[measure], before, after)


def activities(before, after):
    """Compare two mappings activity -> rating: the mean of those rated both times, and how many these are."""
    pairs = scoring.activities_rated_twice(before, after)
    then, now = (scoring.activity_mean({name: pair[side] for name, pair in pairs.items()}) for side in (0, 1))
    return _compare(BARS["activities"], then, now, count=len(pairs))


def each_activity(before, after):
    """Compare the activities one by one: activity -> `Change`, for those rated both times."""
    pairs = scoring.activities_rated_twice(before, after)
    return {name: score("activity", then, now) for name, (then, now) in pairs.items()}


def belief(before, after):
    """Compare two `BeliefRating`s, and say so if only one of them followed the explanation."""
    conviction = score("conviction", before.conviction, after.conviction)
    flexibility = score("flexibility", before.flexibility, after.flexibility)
    alike = before.after_explanation == after.after_explanation
    text = f"{conviction.text}, {flexibility.text.lower()}"
    if not alike:
        stamps = ("after" if rating.after_explanation else "before" for rating in (before, after))
        text += f". Not like with like: rated {', then '.join(stamps)} the explanation."
    return BeliefChange(conviction=conviction, flexibility=flexibility, like_with_like=alike, text=text)


def goal(before, after):
    """Compare two levels of one goal: each level was agreed beforehand, so one is enough."""
    before, after = (scoring.possible_answer(level, -2, 2, "A goal level") for level in (before, after))
    difference, word, text = None, "", f"Goal {NOT_BOTH_TIMES}"
    if before is not None and after is not None:
        difference = Fraction(after - before)
        word = _word(difference, Fraction(1), "better", "worse")
        text = f"{GOAL_LEVELS[before]} -> {GOAL_LEVELS[after]} ({word})"
    return Change(
        title="Goal",
        before=before,
        after=after,
        difference=difference,
        word=word,
        text=text,
        source="guide B.3 and G.4",
        threshold=Fraction(1),
        rule="one level or more",
    )


def phq4(before, after):
    """Compare two `scoring.PHQ4`: bands and flags only, for there is no agreed bar for one person."""
    parts = [f"{before.band or 'not scored'} -> {after.band or 'not scored'}"]
    for part in ("anxiety", "depression"):
        flags = (FLAGS[getattr(result, f"{part}_flag")] for result in (before, after))
        parts.append(f"{part} {' -> '.join(flags)}")
    return Change(
        title="PHQ-4",
        before=before,
        after=after,
        difference=None,
        word="",
        text="; ".join(parts),
        source="guide B.10",
        rule="no agreed bar: bands and flags only",
    )


def pgic(answer):
    """Say what a `scoring.PGIC` says: much improved or more is better, minimally is small."""
    value = answer.value
    word = "" if value is None else _word(Fraction(4 - value), Fraction(2), "better", "worse")
    return Change(
        title="PGIC",
        before=None,
        after=answer,
        difference=None,
        word=word,
        text="not placed" if value is None else f"{value} ({answer.words})",
        source="Farrar 2001; Dworkin 2008",
        small=value in (3, 5),
        rule="much improved or very much improved",
        responder=None if value is None else value <= 2,
    )


def instrument(title, kind, before, after):
    """Compare two scores of a clinic-added `scoring.Instrument` by the larger of its error and its MIC."""
    sizes = sorted(Fraction(size) for size in (kind.mdc, kind.mic) if size is not None)
    clear, small = (sizes[-1] if sizes else None), (sizes[0] if len(sizes) > 1 else None)
    words = ("better", "worse") if kind.better == "higher" else ("worse", "better")
    rule = "no bar given" if clear is None else f"{_plain(clear)} points or more"
    if small is not None:
        rule += f"; from {_plain(small)} small"
    bar = Bar(title, kind.low, kind.high, *words, clear, rule, "set by the clinic", small=small)
    return _compare(bar, before, after)


def _compare(bar, before, after, count=None):
    before, after = (
        None if value is None else scoring.exact_between(value, bar.low, bar.high, bar.title)
        for value in (before, after)
    )
    found = {"title": bar.title, "before": before, "after": after, "source": bar.source, "rule": bar.rule}
    if before is None or after is None:
        text = f"{bar.title} {NOT_BOTH_TIMES}"
        return Change(**found, difference=None, word="", text=text, threshold=bar.clear, count=count)
    difference, clear, small = after - before, bar.clear_from(before), bar.small_from(before)
    word = _word(difference, clear, bar.rise, bar.fall)
    is_small = word == NO_CLEAR_CHANGE and small is not None and abs(difference) >= small
    percent = difference / before * 100 if bar.counts_percent and before else None
    return Change(
        **found,
        difference=difference,
        word=word,
        text=_text(bar, before, after, word, is_small),
        small=is_small,
        threshold=clear,
        percent=percent,
        responder=None
        if percent is None or bar.responder_percent is None
        else percent <= -bar.responder_percent,
        count=count,
    )


def _word(difference, clear, rise, fall):
    if clear is None:
        return ""
    if abs(difference) < clear:
        return NO_CLEAR_CHANGE
    return rise if difference > 0 else fall


def _text(bar, before, after, word, is_small):
    values = f"{bar.title} {shown(before, bar.places)} -> {shown(after, bar.places)}"
    if not word:
        return values
    said = word if word == NO_CLEAR_CHANGE else bar.manner + word
    return f"{values} ({said}, small)" if is_small else f"{values} ({said})"


def _share(percent, before):
    return None if percent is None or not before else Fraction(percent, 100) * before


def _plain(size):
    return shown(size, 2).rstrip("0").rstrip(".")
