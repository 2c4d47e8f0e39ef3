"""A goal after its visit: its levels are finished when the client has left."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from consults import rules
from consults.actions import goals as actions
from consults.actions.plans import newest_version
from consults.forms import LevelsForm
from consults.steps.levels import LEVEL_FIELDS, drafted
from consults.steps.pacing import counted
from consults.views.doors import get_goal
from consults.views.steps import posted_base
from painconsult.errors import Conflict


@require_http_methods(["GET", "HEAD", "POST"])
def levels(request, pk):
    """The five levels with what the numbers give; saved as a draft, or locked."""
    goal = get_goal(request, pk)
    if request.method != "POST":
        if not goal.heard_in.is_completed:
            return redirect("step", pk=goal.heard_in_id, slug="timescale")
        return show(request, goal, LevelsForm(goal=goal))
    if any(name not in request.POST for name in LevelsForm.base_fields):
        raise Http404  # a page sends every line, an empty one too: one that is missing is no wish to empty it
    form, base = LevelsForm(request.POST, goal=goal), posted_base(request)
    if not form.is_valid():
        return show(request, goal, form, base=base, status=422)
    texts = {name: form.cleaned_data[name] for name in LevelsForm.base_fields}
    on_plan = any(texts[name] != getattr(goal, name) for name in texts if name != "level_m2")
    try:
        actions.finish_levels(goal, texts, base=base, lock=form.locking, by=request.user)
    except Conflict:
        goal.refresh_from_db()
        return show(request, goal, form, differs=differences(goal, texts), status=409)
    if on_plan and newest_version(goal.client_id) and not goal.heard_in.is_paused:
        messages.success(request, "The levels are saved. Their plan shows them once you publish it again.")
    return redirect("client", pk=goal.client_id)


def show(request, goal, form, *, base=None, differs=None, status=200):
    sheet = form.sheet({name: getattr(goal, name) for name in form.fields})
    draft = drafted(vars(goal))
    context = {
        "goal": goal,
        "client": goal.client,
        "sheet": sheet,
        "base": goal.levels_number if base is None else base,
        "reasons": rules.reasons_not_to_finish(goal),
        "levels": [
            (name, draft.get(level, "")) for level, name in sorted(LEVEL_FIELDS.items(), reverse=True)
        ],
        "numbers": numbers_of(goal) if draft else None,
        "differs": differs,
    }
    return render(request, "consults/goal_levels.html", context, status=status)


def numbers_of(goal):
    """(how much on the day, how much by then), as one says it."""
    return counted(goal.now_amount, goal.unit), counted(goal.expected_amount, goal.unit)


def differences(goal, texts):
    """[(label, stored text, yours)] of each level in which two people differ."""
    labels = LevelsForm.base_fields
    return [
        (labels[name].label, getattr(goal, name), text)
        for name, text in texts.items()
        if getattr(goal, name) != text
    ]
