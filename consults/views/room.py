"""What every page of a consultation shows around its middle: who, the steps and where each stands, what to ask."""

from django.urls import reverse

from consults import rules
from consults.actions import drafts
from consults.models import Step as StepRow
from consults.steps import BY_SLUG, in_order
from consults.steps.findings import signs
from education import library

MARKS = {
    "not_started": "todo",
    "begun": "partly",
    "enough": "done",
    "full": "done",
    "not_appropriate": "not",
}


def room(request, consultation, here, typed=None):
    """What templates/consults/room.html reads. `typed`: what waits unsaved, where that is known already."""
    guide = None
    if typed is None:
        typed = drafts.drafts_of(consultation, by=request.user)
    if here in BY_SLUG:
        guide = rules.step_guide(consultation.scope, here, first_visit=consultation.is_first)
    saved = [row for row in consultation.steps.all() if row.saved_at]
    last = max(saved, key=lambda row: row.saved_at, default=None)
    return {
        "consultation": consultation,
        "client": consultation.client,
        "guide": guide,
        "title": guide.title if guide else "",
        "steps": [
            step_line(consultation, each, here, is_typed=each.slug in typed)
            for each in in_order(consultation)
        ],
        "here": here,
        "typed": typed,
        "elsewhere": [
            rules.step_guide(consultation.scope, each.slug).short
            for each in in_order(consultation)
            if each.slug in typed and here in BY_SLUG and each.slug != here
        ],
        "saved_at": last and last.saved_at,
        "saved_last": last and last.slug != here and rules.step_guide(consultation.scope, last.slug).short,
        "open_findings": [
            (finding, library.flags()[finding.flag]) for finding in signs(consultation) if finding.is_open
        ],
    }


def step_line(consultation, each, here, *, is_typed):
    """One line of the step list: its name, its state in words, its mark, and whether it opens."""
    row = step_row(consultation, each)
    guide = rules.step_guide(consultation.scope, each.slug)
    words = StepRow.STATES[row.state]
    if row.state == "begun" and row.missing:
        words = f"Begun: {row.missing[0]}"
    if row.state == "not_appropriate":
        words = f"Not today: {row.not_appropriate_reason}"
    mark = MARKS[row.state]
    if each.slug == "safety" and row.state == "not_started" and consultation.is_first:
        words = "After step 1"
    if is_typed:
        words, mark = "Draft kept", "partly" if mark == "todo" else mark
    if each.needs_gate and not rules.gate_is_open(consultation):
        paused = consultation.is_paused
        mark, words = "closed", "Paused" if paused else "After the check"
    return {
        "slug": each.slug,
        "name": guide.short,
        "number": guide.number,
        "state": words,
        "mark": mark,
        "here": each.slug == here,
        "url": "" if mark == "closed" else place_of_step(consultation, each),
    }


def place_of_step(consultation, each):
    """A step's own page; of a visit that is completed, its place in the record."""
    if consultation.is_completed:
        return f"{reverse('review', args=[consultation.pk])}#h-{each.slug}"
    return reverse("step", args=[consultation.pk, each.slug])


def step_row(consultation, asked):
    return next(row for row in consultation.steps.all() if row.slug == asked.slug)
