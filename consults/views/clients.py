"""One client: their page, their details, and what is to be followed up."""

from functools import cache

from django.db.models import Exists, OuterRef, Prefetch
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from consults import rules
from consults.actions import clients as actions
from consults.actions.consultations import clear_finding
from consults.actions.plans import plan_state
from consults.forms import ClearanceForm, ClientForm
from consults.models import Step
from consults.steps import BY_SLUG, in_order
from consults.steps.findings import HOME
from consults.steps.page import in_words
from consults.steps.screen import age_on
from consults.views.doors import for_those_who_read, get_client, get_finding
from consults.views.people import follow_up_agreed
from consults.views.ways import left_at
from education import library
from painconsult.errors import Conflict

OF_A_VISIT = ("client", "number", "held_on", "started_at", "completed_at", "outcome", "consent_to_record")
OF_A_VISIT += ("consent_to_touch", "scope", "therapist__name")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request):
    form, alike = ClientForm(request.POST if request.method == "POST" else None, by=request.user), []
    if form.is_bound and form.is_valid():
        somebody_else = form.cleaned_data["same_person"]
        try:
            client = actions.add_client(form.answers(), by=request.user, is_somebody_else=somebody_else)
            return redirect("client", pk=client.pk)
        except actions.Alike as found:
            alike = found.clients
        except actions.ReferenceTaken:
            form.say_reference_is_taken()
    sheet = form.sheet({"therapist": request.user.pk, "language": "English"})
    status = 422 if form.errors or alike else 200
    return render(request, "consults/client_form.html", {"sheet": sheet, "alike": alike}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, pk):
    """The details of a client. What somebody else changed meanwhile is shown beside what was typed."""
    for_those_who_read(request.user)
    client = get_client(request, pk)
    form = ClientForm(request.POST if request.method == "POST" else None, by=request.user, existing=client)
    context = {"client": client, "base": request.POST.get("base") or actions.version_of(client)}
    if form.is_bound and form.is_valid():
        try:
            actions.change_client(client, form.answers(), by=request.user, base=request.POST.get("base", ""))
            return redirect("client", pk=client.pk)
        except Conflict:
            context |= conflict_of(client, form)
        except actions.ReferenceTaken:
            form.say_reference_is_taken()
    context["sheet"] = form.sheet() if form.is_bound else form.as_stored()
    status = 409 if "conflict" in context else 422 if form.errors else 200
    return render(request, "consults/client_form.html", context, status=status)


def conflict_of(client, form):
    """What differs from what is stored by now, and a base on which the typed version can be saved."""
    client.refresh_from_db()
    differs = differing(form.as_stored(), form.sheet())
    return {
        "base": actions.version_of(client),
        "conflict": {"differs": differs, "last": actions.last_change(client)},
    }


def differing(stored, yours):
    """[(label, stored text, your text)] of each answer in which two sheets differ."""
    told = [
        (field.label, in_words(stored, name), in_words(yours, name)) for name, field in yours.fields.items()
    ]
    return [(label, theirs, mine) for label, theirs, mine in told if theirs != mine]


@require_safe
def client(request, pk):
    """Who, what comes next, the visits, the plan, and what to finish without them."""
    client = get_client(request, pk)
    visits = visits_of(client)
    open_visit = next((visit for visit in visits if not visit.is_completed), None)
    reviews = list(client.reviews.filter(status__in=("due", "missed")))
    due = [review for review in reviews if review.status == "due"]
    return render(
        request,
        "consults/client.html",
        {
            "client": client,
            "visits": [(visit, rules.thin_steps(visit)) for visit in visits],
            "latest": visits[0] if visits else None,
            "open_visit": open_visit,
            "next_step": next_step(open_visit),
            "left_at": left_at(request, open_visit) if request.user.reads_words else None,
            "thin": thin_of(open_visit),
            "next_review": due[0] if due else None,
            "then_due": due[1:],
            "missed": [review for review in reviews if review.status == "missed"],
            "findings": follow_ups(client, request.user),
            "agreed": next((visit for visit in visits if visit.agreed), None),
            "plan": plan_state(client),
            "today": timezone.localdate(),
            "age": age_on(client.birth_date, timezone.localdate()),
        }
        | (what_was_said(client, visits, open_visit) if request.user.reads_words else {}),
    )


def follow_ups(client, user):
    """[(open finding, its flag)]. The private note is there for those who may open it, and for nobody else."""
    found = client.findings.filter(cleared_on=None)
    if not user.reads_words:
        found = found.exclude(flag=HOME)
    return [(each, library.flags()[each.flag]) for each in found]


def visits_of(client):
    """All visits, the newest first, and what this page says of them: a visit has sixty columns."""
    steps = Prefetch(
        "steps", Step.objects.only("consultation", "slug", "number", "state", "private_notes", "afterwards")
    )
    visits = client.consultations.select_related("therapist").only(*OF_A_VISIT).prefetch_related(steps)
    return list(visits.annotate(agreed=is_agreed()).order_by("-number"))


@cache
def is_agreed():
    """Whether a follow-up of this visit waits, without a sign; built once, for that takes longer than to run it."""
    return Exists(follow_up_agreed().filter(pk=OuterRef("pk")))


def thin_of(visit):
    """Guides of the steps that are still to ask in an open visit."""
    return [named(visit, step.slug) for step, _ in rules.thin_steps(visit)] if visit else []


def what_was_said(client, visits, open_visit):
    """What the page shows to those who may read words."""
    goals = list(client.goals.current().with_levels_wait().order_by("due_date", "id"))
    return {
        "goals": goals,
        "unfinished_goals": [goal for goal in goals if goal.levels_wait],
        "to_finish": to_finish(open_visit) if open_visit else [],
        "touch": next((visit for visit in visits if visit.consent_to_touch), None),
        "allies": client.allies.exclude(consent=""),
    }


def to_finish(visit):
    """[(what, [(words, address)])] of what can be finished in an open visit without the client: a line for each
    step, and one for private notes."""
    found = [(step_name, items) for _, step_name, items in details_left(visit, back="client")]
    notes = [
        (named(visit, step.slug).short, address_of(visit, step, "f-private_notes", back="client"))
        for step, row in saved_and_open(visit)
        if not row.private_notes and visit.consent_to_record != "no"
    ]
    return [*found, ("Private notes", notes)] if notes else found


def details_left(visit, *, back):
    """[(slug, name of the step, [(words, address)])] of what is still empty and needs no answer from the client;
    `back` is where saving it leads to."""
    found = [
        (step, [(words, address_of(visit, step, id, back=back)) for words, id in row.afterwards])
        for step, row in saved_and_open(visit)
    ]
    return [(step.slug, named(visit, step.slug).short, items) for step, items in found if items]


def saved_and_open(visit):
    """[(step, its row)] of the steps that are saved and can be changed."""
    rows = {row.slug: row for row in visit.steps.all() if row.number}
    return [
        (step, rows[step.slug])
        for step in in_order(visit)
        if step.slug in rows and not rules.reasons_to_wait(visit, step)
    ]


def address_of(visit, step, field, *, back):
    """A step, opened at one field; the script opens what the field is folded away in."""
    query = {"back": back, "focus": field}
    return reverse("step", args=[visit.pk, step.slug], query=query, fragment=field)


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
