"""What a step asks for, and how far it got (guide A.9)."""

from dataclasses import dataclass, field


class Ask:
    """One thing a step asks for: what it is called, whether it is there, and where the step's page asks for it.

    `fields` are fields of the step, or of its rows of the kind `rows`; `at` is the id of any other place. `alone`:
    it needs no client, so it is not told as something still to ask.
    """

    def __init__(self, label, there, *fields, rows="", at="", alone=False):
        self.label, self.there, self.alone = label, bool(there), alone
        self.fields, self.rows, self.at = fields, rows, at


@dataclass
class Asks:
    """What makes a step `enough for today`, asked in the room; what makes it `full`; and what needs no client and
    waits until they have left. `begun`: something is there that none of these tells."""

    enough: list[Ask]
    full: list[Ask] = field(default_factory=list)
    afterwards: list[Ask] = field(default_factory=list)
    begun: bool = False

    @property
    def stand(self):
        """(state, labels of what is missing for the next state)."""
        if missing := missing_of(self.enough):
            begun = self.begun or len(missing) < len(self.enough)
            return ("begun" if begun else "not_started"), [ask.label for ask in missing]
        wanting = missing_of(self.full)
        return ("enough" if wanting else "full"), [ask.label for ask in wanting if not ask.alone]

    @property
    def next(self):
        """The first thing that is still missing for today, or None."""
        return next(iter(missing_of(self.enough)), None)

    @property
    def to_finish(self):
        """[[label, id of the field]] of what is still to be finished afterwards."""
        return [[ask.label, ask.at] for ask in missing_of(self.afterwards)]


def missing_of(asks):
    return [ask for ask in asks if not ask.there]


def furthest(judged):
    """Of several rows, each judged by itself, the one that got furthest: two half-filled ones are no whole one."""
    return max(judged, key=lambda asks: [sum(ask.there for ask in each) for each in (asks.enough, asks.full)])
