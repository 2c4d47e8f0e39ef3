"""Progress across the clinic, for its manager: who waits for what. States, never words or notes."""

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Lower
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from consults.models import Client, Consultation, PlanLink, PlanVersion, Review, SafetyFinding, Step
from consults.steps import SEVEN
from education import library

A_PAGE = 50


@require_safe
def progress(request):
    """Open follow-ups by the day their reply is due, then the clients in care, by name."""
    if not request.user.is_manager:
        raise Http404
    number = page_number(request)
    clients, more = clients_in_care(request.user, number)
    context = {
        "clients": clients,
        "number": number,
        "more": more,
        "today": timezone.localdate(),
        "follow_ups": open_follow_ups(request.user) if number == 1 else [],
    }
    return render(request, "consults/progress.html", context)


def page_number(request):
    told = request.GET.get("page", "1")
    if not (told.isascii() and told.isdecimal() and 0 < int(told) < 100_000):
        raise Http404
    return int(told)


def open_follow_ups(user):
    """Findings nobody has cleared, the earliest reply first; those without a date after them."""
    found = SafetyFinding.objects.for_user(user).filter(cleared_on=None).select_related("client__therapist")
    dated = list(found.exclude(reply_due=None).order_by("reply_due", "id")[:A_PAGE])
    return dated + list(found.filter(reply_due=None).order_by("id")[: A_PAGE - len(dated)])


def clients_in_care(user, number):
    """(the clients of one page, whether more follow). No count: a clinic may have very many."""
    mine = Client.objects.for_user(user).filter(status="active")
    start = (number - 1) * A_PAGE
    ids = list(
        mine.order_by(Lower("full_name"), "id").values_list("pk", flat=True)[start : start + A_PAGE + 1]
    )
    clients = list(with_state(mine.filter(pk__in=ids[:A_PAGE])).order_by(Lower("full_name"), "id"))
    _add_thin_steps(clients)
    return clients, len(ids) > A_PAGE


def with_state(clients):
    """The latest visit, the next date, and what became of the plan: looked up for one page only."""
    visits = Consultation.objects.filter(client=OuterRef("pk")).order_by("-number")
    reviews = Review.objects.filter(client=OuterRef("pk"), status="due").order_by("due")
    versions = PlanVersion.objects.filter(plan__client=OuterRef("pk")).order_by("-number")
    openings = PlanLink.objects.filter(plan__client=OuterRef("pk"), last_opened_at__isnull=False)
    return clients.select_related("therapist").annotate(
        latest=Subquery(visits.values("pk")[:1]),
        last_seen=Subquery(visits.values("held_on")[:1]),
        next_date=Subquery(reviews.filter(due__gt=OuterRef("last_seen")).values("due")[:1]),
        version=Subquery(versions.values("number")[:1]),
        published_at=Subquery(versions.values("published_at")[:1]),
        opened_at=Subquery(openings.order_by("-last_opened_at").values("last_opened_at")[:1]),
    )


def _add_thin_steps(clients):
    """Give each client the names of the steps that their latest visit left thin."""
    slugs = [step.slug for step in SEVEN]
    latest = [client.latest for client in clients if client.latest]
    rows = Step.objects.filter(consultation__in=latest, slug__in=slugs, state__in=("not_started", "begun"))
    thin = {}
    for visit, slug in rows.values_list("consultation", "slug"):
        thin.setdefault(visit, set()).add(slug)
    for client in clients:
        client.thin = [
            library.step_guide(slug).short for slug in slugs if slug in thin.get(client.latest, ())
        ]
