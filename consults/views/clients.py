"""One client: their page, their details, and what is to be followed up."""

from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from consults import rules
from consults.actions import clients as actions
from consults.actions.consultations import clear_finding
from consults.actions.plans import plan_state
from consults.forms import ClearanceForm, ClientForm
from consults.models import Client
from consults.steps import BY_SLUG
from consults.views.doors import for_those_who_read, get_client, get_finding
from education import library

# What a full step still asks for and can be finished after the client has left (guide A.9).
AFTER_THEY_LEAVE = ("what it is about", "a start amount", "a message it repeats", "the other levels")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request):
    form = ClientForm(request.POST if request.method == "POST" else None, by=request.user)
    alike = []
    if form.is_bound and form.is_valid():
        alike = similar_to(request.user, form)
        if not alike or form.cleaned_data["same_person"]:
            client = actions.add_client(form.answers(), by=request.user)
            return redirect("client", pk=client.pk)
    sheet = form.sheet({"therapist": request.user.pk, "language": "English"})
    status = 422 if form.errors or alike else 200
    return render(request, "consults/client_form.html", {"sheet": sheet, "alike": alike}, status=status)


def similar_to(user, form):
    told = form.cleaned_data
    return list(
        actions.similar(
            Client.objects.for_user(user),
            full_name=told["full_name"],
            preferred_name=told["preferred_name"],
            birth_date=told["birth_date"],
        )[:5]
    )


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, pk):
    for_those_who_read(request.user)
    client = get_client(request, pk)
    form = ClientForm(request.POST if request.method == "POST" else None, by=request.user, existing=client)
    if form.is_bound and form.is_valid():
        actions.change_client(client, form.answers(), by=request.user)
        return redirect("client", pk=client.pk)
    values = {name: getattr(client, name, None) for name in form.fields} | {"therapist": client.therapist_id}
    return render(
        request,
        "consults/client_form.html",
        {"sheet": form.sheet(values), "client": client},
        status=422 if form.errors else 200,
    )


@require_safe
def client(request, pk):
    """Who, what comes next, the visits, the plan, and what to finish without them."""
    client = get_client(request, pk)
    visits = list(
        client.consultations.select_related("therapist").prefetch_related("steps").order_by("-number")
    )
    latest = visits[0] if visits else None
    is_open = latest is not None and not latest.is_completed
    findings = client.findings.filter(cleared_on=None).select_related("asked_by")
    return render(
        request,
        "consults/client.html",
        {
            "client": client,
            "visits": [(visit, rules.thin_steps(visit)) for visit in visits],
            "latest": latest,
            "next_review": client.reviews.filter(status="due").first(),
            "next_step": next_step(latest),
            "goals": client.goals.current().order_by("due_date", "id"),
            "unfinished_goals": client.goals.unfinished(),
            "missed": client.reviews.filter(status="missed"),
            "findings": [(finding, library.flags()[finding.flag]) for finding in findings],
            "plan": plan_state(client),
            "today": timezone.localdate(),
            "after_they_leave": finish_alone(latest) if is_open else [],
            "touch": next((visit for visit in visits if visit.consent_to_touch), None),
            "allies": client.allies.exclude(consent=""),
            "thin": [named(latest, step.slug) for step, _ in rules.thin_steps(latest)] if latest else [],
        },
    )


def finish_alone(visit):
    """[(step guide, what is missing)] of what needs no client: it waits until they have left."""
    missing = [
        (named(visit, row.slug), [words for words in row.missing if words in AFTER_THEY_LEAVE])
        for row in visit.steps.all()
        if row.state == "enough"
    ]
    return [(guide, words) for guide, words in sorted(missing, key=lambda found: found[0].number) if words]


def next_step(visit):
    """The step an open visit goes on with: the gate's own, then the first that is still thin."""
    if visit is None or visit.is_completed:
        return None
    rows = {row.slug: row for row in visit.steps.all()}
    if rows["acknowledge"].is_thin and not rules.gate_is_open(visit):
        return named(visit, "acknowledge")
    if not rules.gate_is_open(visit):
        return named(visit, "safety")
    thin = rules.thin_steps(visit)
    return named(visit, thin[0][0].slug if thin else "before-you-go")


def named(visit, slug):
    return rules.step_guide(visit.scope, slug)


@require_http_methods(["GET", "HEAD", "POST"])
def finding(request, pk):
    """One follow-up: what was found and done, and the clearance that closes it."""
    found = get_finding(request, pk)
    form = ClearanceForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        clear_finding(
            found,
            cleared_on=told["cleared_on"],
            cleared_by=told["cleared_by"],
            words=told["words"],
            by=request.user,
        )
        return redirect("client", pk=found.client_id)
    return render(
        request,
        "consults/finding.html",
        {
            "finding": found,
            "flag": library.flags()[found.flag],
            "client": found.client,
            "sheet": form.sheet({"cleared_on": timezone.localdate()}),
            "safety": BY_SLUG["safety"],
        },
        status=422 if form.errors else 200,
    )
