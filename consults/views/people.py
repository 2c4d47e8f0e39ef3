"""Lists of people: one page of them, and what a list says about each, looked up for that page only."""

from datetime import date, time
from functools import cache
from typing import NamedTuple
from uuid import UUID

from django.db.models import DateField, Exists, OuterRef, Q, Subquery, Value
from django.http import Http404

from consults.models import Consultation, Goal, Review, SafetyFinding, Step
from consults.steps.findings import HOME
from painconsult.ui import clock

A_PAGE = 30


def page_number(request):
    told = request.GET.get("page", "1")
    if not (told.isascii() and told.isdecimal() and 0 < int(told) < 100_000):
        raise Http404
    return int(told)


def a_page(rows, number=1):
    """(the rows of one page, whether more follow). No count: a clinic may have very many."""
    start = (number - 1) * A_PAGE
    found = list(rows[start : start + A_PAGE + 1])
    return found[:A_PAGE], len(found) > A_PAGE


def held():
    """Visits of a client in which something was said: completed, or with one step saved. One that was
    opened and left untouched is none."""
    saved = Step.objects.filter(consultation=OuterRef("pk"), number__gt=0)
    visits = Consultation.objects.filter(client=OuterRef("pk"))
    return visits.filter(Q(completed_at__isnull=False) | Exists(saved)).order_by("-held_on")


def last_seen(visit="held_on"):
    """A value of the last visit in which something was said; by default its day."""
    return Subquery(held().values(visit)[:1])


def open_visit(value="pk"):
    visits = Consultation.objects.filter(client=OuterRef("pk"), completed_at=None).order_by()  # one at most
    return Subquery(visits.values(value)[:1])


def next_date():
    reviews = Review.objects.filter(client=OuterRef("pk"), status="due")  # the next first
    return Subquery(reviews.values("due")[:1])


class Date(NamedTuple):
    """A date that is due, as lists tell it: they read far more than they show. `mode` as Review has it, or "reply"."""

    client: UUID
    due: date
    at: time | None
    part: str
    mode: str

    @property
    def hour(self):
        return clock.in_short(self.at, self.part)


@cache
def dates_due():
    """All dates that are due, each with the fields of Date: to build the query takes longer than to run it."""
    return Review.objects.filter(status="due").values_list(*Date._fields)


def dates_of(clients):
    """{client: their dates that are due, the next first} of these clients: keys, or a query that gives them."""
    dates = {}
    for row in dates_due().filter(client__in=clients):
        dates.setdefault(row[0], []).append(Date(*row))
    return dates


def follow_up_agreed():
    """Visits whose check agreed on a follow-up that no sign stands for, until a later check ends."""
    later = Consultation.objects.filter(client=OuterRef("client"), number__gt=OuterRef("number")).exclude(
        outcome=""
    )
    signs = SafetyFinding.objects.filter(
        client=OuterRef("client"), consultation__number__lte=OuterRef("number")
    ).exclude(flag=HOME)
    own = Q(consultation=OuterRef("pk"))  # cleared since, the follow-up of its own visit is done
    signs = signs.filter(own | Q(cleared_on=None) | Q(cleared_on__gt=OuterRef("held_on")))
    visits = Consultation.objects.filter(outcome="proceed_with_follow_up")
    return visits.filter(~Exists(later), ~Exists(signs))


@cache
def follow_ups_waiting():
    """(signs, visits that agreed on one), each as (client, day of the reply): to build them takes longer than to run."""
    signs = SafetyFinding.objects.filter(cleared_on=None).exclude(flag=HOME)
    agreed = follow_up_agreed().annotate(reply_due=Value(None, DateField()))
    return tuple(each.order_by().values_list("client_id", "reply_due") for each in (signs, agreed))


def to_follow_up(ids, signs_of=None):
    """{client: the day the first reply is due, or None}: those of these clients with something to be followed up, and
    of `signs_of`, a query that gives more keys, those with a sign. What is private to the question about home is none.
    Asked of one page at a time: as a column of a list it takes longer to plan than all others together."""
    signs, agreed = follow_ups_waiting()
    signs = signs.filter(client_id__in=ids if signs_of is None else signs_of)
    agreed = agreed.filter(client_id__in=ids)
    waiting = {}
    for client, day in signs.union(agreed):
        known = waiting.get(client)
        waiting[client] = min(day, known) if day and known else day or known
    return waiting


def how_late(day, today):
    """How many days ago a date went by; 0 when it is still to come, or there is none."""
    return max((today - day).days, 0) if day else 0


def towards(client="pk"):
    """The title of the newest goal the client this names still works towards."""
    goals = Goal.objects.filter(client=OuterRef(client)).current().order_by("-id")
    return Subquery(goals.values("title")[:1])
