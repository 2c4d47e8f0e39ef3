"""A consultation as a whole: started, read on one page, completed, added to, paused."""

from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consults import rules
from consults.actions import consultations as actions
from consults.actions import drafts
from consults.actions.plans import newest_version
from consults.forms import AddendumForm, StartForm
from consults.models.record import gathered
from consults.steps import BY_SLUG
from consults.steps.findings import signs
from consults.views.clients import details_left, next_step
from consults.views.doors import for_those_who_read, get_client, get_consultation
from consults.views.reading import parts
from consults.views.room import room
from education import library


@require_http_methods(["GET", "HEAD", "POST"])
def start(request, pk):
    """Open a visit today, or on the day it was held (late entry)."""
    for_those_who_read(request.user)
    client = get_client(request, pk)
    form = StartForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        visit = actions.start_consultation(client, by=request.user, held_on=form.cleaned_data["held_on"])
        if along := form.cleaned_data["along"]:
            request.user.remember_reads_along(along == "yes")
        return redirect("consultation", pk=visit.pk)
    sheet = form.sheet({"held_on": timezone.localdate()})
    context = {"client": client, "sheet": sheet}
    return render(request, "consults/start.html", context, status=422 if form.errors else 200)


@require_safe
def consultation(request, pk):
    """Go to where the visit stands."""
    visit = get_consultation(request, pk)
    if visit.is_completed:
        return redirect("review", pk=visit.pk)
    if visit.is_paused:
        return redirect("paused", pk=visit.pk)
    return redirect("step", pk=visit.pk, slug=next_step(visit).slug)


SIGNED = ("therapist", "completed_by", "outcome_by")  # people whose names the record carries


@require_safe
def review(request, pk):
    """Every answer on one page, what to go on with, and the way to complete."""
    visit = get_consultation(request, pk, joined=SIGNED, counting=True)
    return render(request, "consults/review.html", review_context(request, visit, AddendumForm().sheet()))


def review_context(request, visit, sheet):
    kept = gathered(visit)
    told = parts(visit, kept)
    return room(request, visit, "review") | {
        "title": "Everything on one page",
        "visit": visit,
        "parts": told,
        "untouched": [part for part in told if not part["row"].saved_at],
        "addenda": with_writers(kept.addenda, visit.clinic),
        "sheet": sheet,
        **(to_come(kept) if visit.is_completed else before_completing(request, visit, kept)),
    }


def to_come(kept):
    """The next date that was agreed at a completed visit."""
    dates = [
        review for review in kept.reviews if review.status == "due" and review.due >= timezone.localdate()
    ]
    return {"next_date": min(dates, key=lambda review: review.when, default=None)}


def with_writers(addenda, clinic):
    """Addenda with the people who wrote them, read at once."""
    people = clinic.staff.in_bulk({each.written_by_id for each in addenda}) if addenda else {}
    for each in addenda:
        each.written_by = people[each.written_by_id]
    return addenda


def before_completing(request, visit, kept):
    """What an open visit still waits for, and what would be lost."""
    typed = list(drafts.unsaved(visit))
    thin = [
        (rules.step_guide(visit.scope, step.slug), row, rules.reasons_to_wait(visit, step))
        for step, row in rules.thin_steps(visit)
    ]
    mine = [draft for draft in typed if draft.user_id == request.user.pk]
    unsaved = {draft.slug for draft in mine}
    newest = newest_version(visit.client_id)
    return {
        # what is typed and not saved has its own line
        "thin": [(guide, row) for guide, row, waits in thin if not waits and guide.slug not in unsaved],
        "waiting": [guide.short for guide, _, waits in thin if waits],
        "to_go_on_with": len(thin),
        "reasons": rules.reasons_not_to_complete(visit),
        "mine_unsaved": list(zip(mine, drafts.told_as_unsaved(mine, visit.scope), strict=True)),
        "published": newest is not None and newest.consultation_id == visit.pk,
        "others_typing": [draft for draft in typed if draft not in mine],
        "no_reply_day": any(
            each.is_open and each.level_now in "EU" and not each.reply_due for each in signs(visit)
        ),
        # the levels of goals are finished on a completed visit too
        "details": [found for found in details_left(visit, back="review") if found[0] != "timescale"],
        "seen": str(visit.saves),
    }


@require_safe
def paper(request):
    """The seven steps as a form to print and fill in with a pen."""
    clinic, scope = request.user.clinic, request.user.scope
    names = scope.snapshot() if scope else {}
    return render(
        request,
        "consults/paper.html",
        {
            "guides": {guide.slug: rules.step_guide(names, guide.slug) for guide in library.step_guides()},
            "safety": library.safety(),
            "groups": library.screen_groups(),
            "belief_questions": library.questions("belief"),
            "activity_questions": library.questions("activity")[:4],
            "last": rules.step_guide(names, "before-you-go"),
            "last_questions": library.questions("before_you_go"),
            "horizons": library.chips("horizons"),
            "ten": range(11),
            "hundred": range(0, 101, 10),
            "help": library.get_help(
                emergency=clinic.emergency_contact, crisis=clinic.crisis_contact, clinic=clinic.clinic_contact
            ),
        },
    )


@require_POST
def complete(request, pk):
    visit = get_consultation(request, pk)
    actions.complete(visit, by=request.user, seen=request.POST.get("seen", ""))
    return redirect("review", pk=visit.pk)


@require_POST
def addendum(request, pk):
    visit = get_consultation(request, pk, joined=SIGNED, counting=True)
    form = AddendumForm(request.POST)
    if form.is_valid():
        actions.add_addendum(visit, by=request.user, **form.cleaned_data)
        return redirect("review", pk=visit.pk)
    return render(request, "consults/review.html", review_context(request, visit, form.sheet()), status=422)


@require_safe
def paused(request, pk):
    """What to do now and whom to call: on screen, and as the sheet the client leaves with."""
    visit = get_consultation(request, pk)
    if not visit.is_paused:
        return redirect("consultation", pk=visit.pk)
    clinic, flags = visit.clinic, library.flags()
    open_findings = [finding for finding in signs(visit) if finding.is_open]
    return render(
        request,
        "consults/paused.html",
        room(request, visit, "safety")
        | {
            "asked": BY_SLUG["safety"],
            "title": "Paused",
            "found": [
                (finding, flags[finding.flag], flags[finding.flag].do.get(finding.level_now))
                for finding in open_findings
            ],
            "help": library.get_help(
                emergency=clinic.emergency_contact,
                crisis=clinic.crisis_contact,
                clinic=clinic.clinic_contact,
                on="paused",
            ),
        },
    )
