"""The clients of a therapist: what to go on with, the dates of this week, and everyone. A search is posted, so
that no name is in an address or a log."""

from datetime import timedelta

from django.db.models import F
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from consults import rules
from consults.forms import SearchForm
from consults.models import Client, Consultation, Review
from consults.views.clients import next_step
from consults.views.people import a_page, how_late, page_number, towards, with_dates

FIRST = 6  # cards of a kind: what does not fit stands in the list
A_WEEK = timedelta(days=6)


@require_http_methods(["GET", "HEAD", "POST"])
def clients(request):
    everyone = Client.objects.for_user(request.user).filter(status="active")
    search = SearchForm(request.POST if request.method == "POST" else None)
    words = search.cleaned_data["q"] if search.is_bound and search.is_valid() else ""
    whole_clinic = bool(words) or request.GET.get("all") == "1" or request.user.is_manager
    number, today = page_number(request), timezone.localdate()
    found = everyone.named(words) if words else everyone
    rows, more = newest(found, number) if whole_clinic else of(request.user, found, number)
    mine = not whole_clinic and number == 1
    context = {
        "clients": [(client, how_late(client.next_date, today)) for client in rows],
        "more": more,
        "number": number,
        "sheet": search.sheet(),
        "words": words,
        "whole_clinic": whole_clinic,
        "today": today,
        "open_visits": open_visits(request.user) if mine else [],
        "dates": dates_of_this_week(request.user, today) if mine else [],
        "none_at_all": not rows and not words and not everyone.exists(),
    }
    return render(request, "consults/clients.html", context)


def of(user, everyone, number):
    """One page of somebody's own clients: those with the earliest date first, those without any last."""
    mine = with_dates(everyone.filter(therapist=user)).annotate(towards=towards())
    return a_page(mine.order_by(F("next_date").asc(nulls_last=True), "-created_at", "-pk"), number)


def newest(clients, number):
    """One page of many clients, the newest first. Which ones is asked first, and what a list says about them
    after that: a large clinic has many pages."""
    ids, more = a_page(clients.order_by("-created_at", "-pk").values_list("pk", flat=True), number)
    told = with_dates(clients.filter(pk__in=ids)).annotate(towards=towards())
    return list(told.select_related("therapist").order_by("-created_at", "-pk")), more


def open_visits(user):
    """What this person left open, the newest first: [(visit, the step it goes on with, how many are thin)]."""
    visits = Consultation.objects.for_user(user).filter(
        therapist=user, completed_at=None, client__status="active"
    )
    visits = visits.select_related("client").prefetch_related("steps").order_by("-held_on", "-pk")[:FIRST]
    return [(visit, next_step(visit), len(rules.thin_steps(visit))) for visit in visits]


def dates_of_this_week(user, today):
    """The dates of the next seven days and, while there is room, the last that went by: [(date, days late)]."""
    mine = Client.objects.for_user(user).filter(therapist=user, status="active")
    dates = Review.objects.for_user(user).filter(client__in=mine, status="due", due__lte=today + A_WEEK)
    dates = dates.select_related("client").annotate(towards=towards("client")).order_by("-due", "-pk")
    return [(date, how_late(date.due, today)) for date in reversed(dates[:FIRST])]
