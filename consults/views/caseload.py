"""The clients of a therapist: what to go on with, the dates of this week, and everyone. A search is posted, so
that no name is in an address or a log."""

from datetime import time, timedelta
from functools import cache, lru_cache

from django.db.models import Case, F, OuterRef, Prefetch, Subquery, When
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from consults import rules
from consults.forms import SearchForm
from consults.models import Client, Consultation, Review, Step
from consults.models.goals import AMONG_HOURS, HOUR
from consults.views.clients import next_step
from consults.views.people import (
    a_page,
    how_late,
    last_seen,
    next_date,
    open_visit,
    page_number,
    to_follow_up,
    towards,
)

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
    mine = not whole_clinic and number == 1
    waiting = to_follow_up([client["pk"] for client in rows])
    context = {
        "clients": [
            (
                client | {"follow_up": client["pk"] in waiting, "reply_due": waiting.get(client["pk"])},
                reverse("client", args=[client["pk"]]),
                how_late(client["next_date"], today),
            )
            for client in rows
        ],
        "more": more,
        "number": number,
        "sheet": search.sheet(),
        "words": words,
        "whole_clinic": whole_clinic,
        "today": today,
        "reads_words": request.user.reads_words,
        "open_visits": open_visits(request.user) if mine else [],
        "dates": dates_of_this_week(request.user, today) if mine else [],
        "none_at_all": not rows and not words and not everyone.exists(),
    }
    return render(request, "consults/clients.html", context)


def own(user, number):
    """One page of somebody's own clients: those with the earliest date first, those without any last."""
    mine = as_listed().for_user(user).filter(therapist=user, status="active")
    return a_page(mine.order_by(F("next_date").asc(nulls_last=True), "-created_at", "-pk"), number)


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
        next_date=next_date(),
        next_hour=next_date("hour"),
        next_mode=next_date("mode"),
        towards=towards(),
    )


def open_visits(user):
    """What this person left open, the newest first: [(visit, the step it goes on with, how many are thin)]."""
    return [(visit, next_step(visit), len(rules.thin_steps(visit))) for visit in open_visits_of(user)]


def open_visits_of(user):
    visits = Consultation.objects.for_user(user).filter(therapist=user, completed_at=None)
    visits = visits.filter(client__status="active").select_related("client").only(*OF_A_VISIT)
    steps = Prefetch("steps", Step.objects.only(*OF_A_STEP))
    return visits.prefetch_related(steps).order_by("-held_on", "-pk")[:FIRST]


def dates_of_this_week(user, today):
    """The dates of the next seven days and, while there is room, the last that went by: [(client, days late)]."""
    mine = with_date_until(today).for_user(user).filter(therapist=user, status="active")
    found = sorted(mine[:FIRST], key=lambda client: (client["due"], client["begins"] or time.max))
    return [(client, how_late(client["due"], today)) for client in found]


@lru_cache(maxsize=2)
def with_date_until(today):
    """Clients with a date until a week from today, as dicts, built once a day: the next to come first, then the
    last that went by. Each client is asked for their own dates: those of a whole clinic are many."""
    nearest = (Case(When(due__gte=today, then=F("due"))).asc(nulls_last=True), F("due").desc())
    by_hour = (F("begins").asc(nulls_last=True), "pk")
    dates = Review.objects.filter(client=OuterRef("pk"), status="due", due__lte=today + A_WEEK)
    dates = dates.annotate(begins=AMONG_HOURS, hour=HOUR).order_by(*nearest, *by_hour)
    clients = Client.objects.annotate(due=Subquery(dates.values("due")[:1])).filter(due__isnull=False)
    told = {name: Subquery(dates.values(name)[:1]) for name in ("begins", "hour", "mode")} | {
        "towards": towards()
    }
    return clients.values("pk", "preferred_name", "due").annotate(**told).order_by(*nearest, *by_hour)
