"""Progress across the clinic, for its manager: who needs something, then everybody else. States and dates, never
words or notes."""

from functools import cache

from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Lower
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from consults import rules
from consults.models import Client, Consultation, PlanVersion, Step
from consults.steps import SEVEN
from consults.views.needs import needs_of, people_in_need, what_they_need
from consults.views.people import A_PAGE, last_seen, page_number
from education import library

FEWEST = 5  # people, below whom no figure is shown
BAR = 200  # the length of a whole bar, as the template draws it


@require_safe
def progress(request):
    """Thirty people a page: those who need something first, then the others in care, by name."""
    if not request.user.is_manager:
        raise Http404
    today, number = timezone.localdate(), page_number(request)
    first, many = people_in_need(request.user, today)
    others, more = the_others(request.user, first, number)
    known = told([*(first if number == 1 else []), *others], today)
    context = {
        "in_need": [known[pk] for pk in first if pk in known],
        "many": many,
        "others": [known[pk] for pk in others],
        "number": number,
        "more": more,
        "today": today,
        "nobody": number == 1 and not known,
        "steps": steps_done(request.user) if number == 1 else None,
    }
    return render(request, "consults/progress.html", context)


def the_others(user, first, number):
    """(ids of this page's clients who are not among the first, whether more follow). No count: a clinic may
    have very many."""
    mine = Client.objects.for_user(user).filter(status="active").exclude(pk__in=first)
    start = max((number - 1) * A_PAGE - len(first), 0)
    length = A_PAGE - (len(first) if number == 1 else 0)
    by_name = mine.order_by(Lower("full_name"), "pk").values_list("pk", flat=True)
    ids = list(by_name[start : start + length + 1])
    return ids[:length], len(ids) > length


def told(ids, today):
    """{id: what the page says of this client}, as dicts: a template reads them much faster than models."""
    clients = list(what_is_told().filter(pk__in=ids))
    thin = thin_steps({client["latest"] for client in clients if client["latest"]})
    for client in clients:
        client |= {"needs": needs_of(client, today), "thin": thin.get(client["latest"])}
    return {client["pk"]: client for client in clients}


@cache
def what_is_told():
    """The query, still without its clients: to build it takes longer than to run it."""
    versions = PlanVersion.objects.filter(plan__client=OuterRef("pk")).order_by("-number")
    clients = Client.objects.values("pk", "preferred_name", "full_name", "status", "without_date_since")
    return clients.annotate(
        sees=F("therapist__name"),
        last_seen=last_seen(),
        latest=last_seen("pk"),
        agreed_on=Subquery(versions.values("agreed_on")[:1]),
        published_at=Subquery(versions.values("published_at")[:1]),
        **what_they_need(),
    )


def steps_done(user):
    """How often each step was enough in the last first visits: (visits, [(step, how often, of how many, width of
    its bar)], the one done least). A step that was not for today or may not be kept is not counted, and nothing
    is told of fewer than five people."""
    visits = Consultation.objects.for_user(user).filter(number=1, completed_at__isnull=False)
    visits = visits.order_by("-completed_at").values("pk")[:A_PAGE]
    steps = Step.objects.filter(consultation__in=visits, slug__in=[step.slug for step in SEVEN])
    asked = rules.may_be_kept() & ~Q(state="not_appropriate")
    counts = {"all": Count("pk"), "of": Count("pk", filter=asked)}
    counts["thin"] = Count("pk", filter=asked & Q(state__in=Step.THIN))
    found = {row["slug"]: row for row in steps.values("slug").annotate(**counts)}
    held = max((row["all"] for row in found.values()), default=0)
    if held < FEWEST:
        return None
    rows = [
        (library.step_guide(slug).short, found[slug]["of"] - found[slug]["thin"], found[slug]["of"])
        for slug in (step.slug for step in SEVEN)
        if found[slug]["of"] >= FEWEST
    ]
    least = min(rows, key=lambda row: row[1] / row[2], default=("", 0, 0))
    told = [(name, done, of, BAR * done // of) for name, done, of in rows]
    return held, told, least[0] if least[1] < least[2] else ""


def thin_steps(visits):
    """{visit: names of the steps it left thin, in their order}."""
    names = {step.slug: library.step_guide(step.slug).short for step in SEVEN}
    rows = Step.objects.filter(rules.may_be_kept(), consultation__in=visits, slug__in=names)
    rows = rows.filter(state__in=Step.THIN)
    thin = {}
    for visit, slug in rows.values_list("consultation", "slug"):
        thin.setdefault(visit, set()).add(slug)
    return {visit: [name for slug, name in names.items() if slug in slugs] for visit, slugs in thin.items()}
