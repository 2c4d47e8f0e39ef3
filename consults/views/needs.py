"""Who needs something from the clinic, and what: told from dates and states, never from words.

People are looked up along one index for each kind of need, and each of them once, whatever they need it for.
What a client needs is then read from the client alone (`needs_of`), so that a list says the same of everybody.
"""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Exists, F, Max, Min, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from consults.models import Client, Consultation, PlanLink, Review, SafetyFinding
from consults.steps.findings import HOME
from consults.views.people import A_PAGE, how_late, next_date, open_visit

NO_DAY = date(9999, 12, 31)  # of a follow-up for whose reply no day is set
UNOPENED = timedelta(days=3)  # own rule: so long a link may lie before somebody asks whether it came


class Need(NamedTuple):
    """`kind`: reply_late, reply_due, follow_up, paused, left_open, date_late, no_date, unopened. `late`: in days."""

    kind: str
    day: date | datetime | None = None
    late: int = 0


def people_in_need(user, today):
    """(ids of at most a page of clients, whether there are more), the most pressing first."""
    found = {}
    for kind in KINDS:
        if len(found) <= A_PAGE:
            found |= dict.fromkeys(kind(user, today)[: A_PAGE + 1])
    ids = list(found)
    return ids[:A_PAGE], len(ids) > A_PAGE


def _with_finding(user, today):
    """A reply that is due, the earliest first; a follow-up without a day after them."""
    found = SafetyFinding.objects.for_user(user).filter(cleared_on=None).exclude(flag=HOME)
    return _once(found, F("first").asc(nulls_last=True), "oldest", first=Min("reply_due"), oldest=Min("pk"))


def _with_visit_paused(user, today):
    """Somebody who can has to clear it, whether or not a finding says so."""
    return _with_visit_open(user).filter(outcome="paused_referred")


def _with_visit_left_open(user, today):
    return _with_visit_open(user).filter(held_on__lt=today).exclude(outcome="paused_referred")


def _with_visit_open(user):
    visits = Consultation.objects.for_user(user).filter(completed_at=None, client__status="active")
    return visits.order_by("-held_on", "-pk").values_list("client", flat=True)


def _with_date_gone_by(user, today):
    """The last that went by first: it is the easiest to mend."""
    dates = Review.objects.for_user(user).filter(status="due", due__lt=today, client__status="active")
    return _once(dates, "-last", "-client", last=Max("due"))


def _without_date(user, today):
    clients = Client.objects.for_user(user).filter(without_date_since__isnull=False, status="active")
    return clients.order_by("-without_date_since", "-pk").values_list("pk", flat=True)


def _with_plan_unopened(user, today):
    links = unopened(PlanLink.objects.for_user(user)).filter(plan__client__status="active")
    links = links.filter(created_at__lt=timezone.now() - UNOPENED)
    opened = PlanLink.objects.for_user(user).filter(
        plan=OuterRef("plan"), audience="client", last_opened_at__isnull=False
    )
    return _once(links.filter(~Exists(opened)), "-newest", of="plan__client", newest=Max("created_at"))


def _once(rows, *order, of="client", **known):
    """The clients of these rows, each once: else many rows of one would leave no place for another."""
    return rows.values(of).annotate(**known).order_by(*order).values_list(of, flat=True)


KINDS = (
    _with_finding,
    _with_visit_paused,
    _with_visit_left_open,
    _with_date_gone_by,
    _without_date,
    _with_plan_unopened,
)


def unopened(links):
    """Links for a client that still open, and never were opened."""
    return links.filter(PlanLink.live(), audience="client", last_opened_at=None)


def what_they_need():
    """What `needs_of` reads of a client, to be annotated."""
    findings = SafetyFinding.objects.filter(client=OuterRef("pk"), cleared_on=None).exclude(flag=HOME)
    findings = findings.order_by(F("reply_due").asc(nulls_last=True), "id")
    links = PlanLink.objects.filter(plan__client=OuterRef("pk"), audience="client")
    opened = links.filter(last_opened_at__isnull=False).order_by("-last_opened_at")
    return {
        "open_since": open_visit("held_on"),
        "open_outcome": open_visit("outcome"),
        "next_date": next_date(),
        "reply_due": Subquery(findings.values(due=Coalesce("reply_due", NO_DAY))[:1]),
        "unopened_since": Subquery(unopened(links).order_by("created_at").values("created_at")[:1]),
        "opened_at": Subquery(opened.values("last_opened_at")[:1]),
    }


def needs_of(client, today):
    """[Need] of one client, the most pressing first. `client` is a dict."""
    asked = [_reply(client, today)]
    if client["status"] == "active":
        asked += [_visit(client, today), _date(client, today), _plan(client)]
    return [need for need in asked if need]


def _reply(client, today):
    day = client["reply_due"]
    if not day:
        return None
    if day == NO_DAY:
        return Need("follow_up")
    late = how_late(day, today)
    return Need("reply_late" if late else "reply_due", day, late)


def _visit(client, today):
    day = client["open_since"]
    if client["open_outcome"] == "paused_referred":
        return Need("paused", day)
    return Need("left_open", day) if day and day < today else None


def _date(client, today):
    if late := how_late(client["next_date"], today):
        return Need("date_late", client["next_date"], late)
    day = client["without_date_since"]
    return Need("no_date", day) if day else None


def _plan(client):
    day = client["unopened_since"]
    lay = day and not client["opened_at"] and day < timezone.now() - UNOPENED
    return Need("unopened", day) if lay else None
