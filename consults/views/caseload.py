"""The clients of a therapist: what to go on with, the dates of this week, and everyone. A search is posted, so
that no name is in an address or a log."""

from datetime import timedelta
from functools import cache

from django.db.models import F, Prefetch
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from consults import rules
from consults.forms import SearchForm
from consults.models import Client, Consultation, Step
from consults.views.clients import next_step
from consults.views.people import (
    Date,
    a_page,
    dates_of,
    how_late,
    last_seen,
    next_date,
    open_visit,
    page_number,
    to_follow_up,
    towards,
)
from painconsult.ui import clock

FIRST = 6  # cards of a kind: what does not fit stands in the list
A_WEEK = timedelta(days=7)
# A visit has sixty columns; a card says little.
OF_A_VISIT = (
    "number",
    "held_on",
    "completed_at",
    "outcome",
    "consent_to_record",
    "scope",
    "client__preferred_name",
)
OF_A_STEP = ("consultation", "slug", "state")


@require_http_methods(["GET", "HEAD", "POST"])
def clients(request):
    everyone = Client.objects.for_user(request.user).filter(status="active")
    search = SearchForm(request.POST if request.method == "POST" else None)
    words = search.cleaned_data["q"] if search.is_bound and search.is_valid() else ""
    whole_clinic = bool(words) or request.GET.get("all") == "1" or request.user.is_manager
    number, today = page_number(request), timezone.localdate()
    found = everyone.named(words) if words else everyone
    rows, more = newest(found, number) if whole_clinic else own(request.user, number)
    mine, ids = not whole_clinic and number == 1, [client["pk"] for client in rows]
    asked = own_clients(request.user).values("pk") if mine else ids
    waiting, dates = to_follow_up(ids, signs_of=asked), dates_of(asked)
    context = {
        "clients": [listed(client, waiting, dates.get(client["pk"]), today) for client in rows],
        "more": more,
        "number": number,
        "sheet": search.sheet(),
        "words": words,
        "whole_clinic": whole_clinic,
        "today": today,
        "reads_words": request.user.reads_words,
        "open_visits": open_visits(request.user) if mine else [],
        "dates": dates_of_this_week(dates, waiting, today) if mine else [],
        "is_folded": request.user.reads_along and not words and number == 1,
        "none_at_all": not rows and not words and not everyone.exists(),
    }
    return render(request, "consults/clients.html", context)


def listed(client, waiting, dates, today):
    """One line of the list: (client, address, next date or None, how many days ago it went by)."""
    client |= {"follow_up": client["pk"] in waiting, "reply_due": waiting.get(client["pk"])}
    date = dates[0] if dates else None
    return client, reverse("client", args=[client["pk"]]), date, how_late(date and date.due, today)


def own_clients(user):
    """Those somebody sees now: a few hundred at most, so that all their dates may be read at once."""
    return Client.objects.for_user(user).filter(therapist=user, status="active")


def own(user, number):
    """One page of somebody's own clients: those with the earliest date first, those without any last."""
    return a_page(by_date().for_user(user).filter(therapist=user, status="active"), number)


def newest(clients, number):
    """One page of many clients, the newest first. Which ones is asked first, and what a list says about them
    after that: a large clinic has many pages."""
    ids, more = a_page(clients.order_by("-created_at", "-pk").values_list("pk", flat=True), number)
    return list(as_listed().filter(pk__in=ids).order_by("-created_at", "-pk")), more


@cache
def as_listed():
    """Clients with what one line of the list says, as dicts: a template reads them much faster than models. It is
    the query without its clients: to build it takes longer than to run it."""
    return Client.objects.values("pk", "preferred_name", "full_name", "birth_date").annotate(
        sees=F("therapist__name"),
        last_seen=last_seen(),
        open_visit=open_visit(),
        towards=towards(),
    )


@cache
def by_date():
    """as_listed, those with the earliest date first."""
    return as_listed().order_by(next_date().asc(nulls_last=True), "-created_at", "-pk")


@cache
def as_dated():
    """Clients with what is said of them beside a date; built once, as as_listed is."""
    return Client.objects.values("pk", "preferred_name", towards=towards())


def open_visits(user):
    """What this person left open, the newest first: [(visit, the step it goes on with, how many are thin)]."""
    return [(visit, next_step(visit), len(rules.thin_steps(visit))) for visit in open_visits_of(user)]


def open_visits_of(user):
    steps = Prefetch("steps", Step.objects.only(*OF_A_STEP))
    return left_open().for_user(user).filter(therapist=user).prefetch_related(steps)[:FIRST]


@cache
def left_open():
    """Visits that somebody left open, the newest first; built once, as as_listed is."""
    visits = Consultation.objects.filter(completed_at=None, client__status="active").select_related("client")
    return visits.only(*OF_A_VISIT).order_by("-held_on", "-pk")


def dates_of_this_week(dates, waiting, today):
    """The dates of the next seven days and, while there is room, the last that went by: [(client, date, days late)].
    `dates` as dates_of has them, one of each client; `waiting` as to_follow_up: a reply that is due is a date too."""
    near = [date for date in (nearest(each, today) for each in dates.values()) if date]
    near += [
        Date(client, day, None, "", "reply")
        for client, day in waiting.items()
        if day and day <= today + A_WEEK
    ]
    near.sort(key=lambda date: (date.due < today, abs(date.due - today), clock.begins(date.at, date.part)))
    near = sorted(near[:FIRST], key=lambda date: (date.due, clock.begins(date.at, date.part)))
    told = as_dated().filter(pk__in=[date.client for date in near])
    told = {client["pk"]: client for client in told}
    return [(told[date.client], date, how_late(date.due, today)) for date in near]


def nearest(dates, today):
    """Of one client's dates, the next within seven days; else the last that went by; None where both are missing."""
    to_come = [date for date in dates if today <= date.due <= today + A_WEEK]
    gone_by = [date for date in dates if date.due < today]
    last = [date for date in gone_by if date.due == gone_by[-1].due]  # of one day, the first
    return next(iter(to_come or last), None)
