"""A step in the browser: shown, arranged, drafted, saved."""

import uuid
from contextlib import suppress

from django.http import Http404, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from consults import rules
from consults.actions import consultations as actions
from consults.actions import drafts
from consults.steps import BY_SLUG, wording
from consults.steps.arranging import arrange
from consults.steps.document import Document
from consults.steps.page import StepPage, differences
from consults.views.doors import get_consultation, read_for_a_page
from consults.views.room import place_of_step, room, step_row
from consults.views.ways import (
    LEAVING,
    NEEDS_DRAFT,
    OPENED_FOR,
    OPENED_FROM,
    THE_PLAN,
    Ways,
    after_saving,
    interrupted,
    next_label,
    onward,
    place,
)
from painconsult.errors import Conflict, Refused

NOT_DRAFTED = (
    "csrfmiddlewaretoken",
    "do",
    "key",
    "base",
    "typed_by",
    "at",
    "back",
    "back_at",
    "then",
    "on",
    "about",
)


def get_step(slug):
    if slug not in BY_SLUG:
        raise Http404
    return BY_SLUG[slug]


@require_http_methods(["GET", "HEAD", "POST"])
def step(request, pk, slug):
    posted = request.method == "POST"
    asked = get_step(slug)
    consultation = get_consultation(request, pk, reading=not posted, joined=asked.joined)
    if posted:
        try:
            return _posted(request, consultation, asked)
        except Conflict:
            return _conflict(request, pk=consultation.pk, asked=asked)
    if consultation.is_completed:
        return redirect(place_of_step(consultation, asked))
    typed = drafts.drafts_of(consultation, by=request.user)
    draft = typed.get(asked.slug)
    data = QueryDict(draft.body) if draft else None
    return show(request, consultation, asked, data=data, draft=draft, typed=typed)


def _posted(request, consultation, asked):
    """What the pressed button asks for; without one, Save."""
    do = request.POST.get("do") or "save"
    verb, *names = do.split(":")
    if verb == "save":
        return _save(request, consultation, asked, then=names[0] if names else "")
    if do == "discard":
        drafts.discard_drafts(consultation, asked, by=request.user)
        ways = Ways.of(request)
        again = reverse("step", args=[consultation.pk, asked.slug], query=ways.query)
        return redirect(ways.page(consultation) or again)
    if verb in LEAVING:
        with suppress(Conflict):  # this page is saved already; what needs attention does not wait
            if verb in NEEDS_DRAFT or _holds_more(request, consultation, asked):
                _keep(request, consultation, asked, request.POST)
        return LEAVING[verb](request, consultation, asked, *names[:1])
    data = _arranged(consultation, asked, request.POST, do)
    kept_at = _keep(request, consultation, asked, data)
    base, key = posted_base(request), posted_key(request)
    return show(request, consultation, asked, data=data, base=base, key=key, kept_at=kept_at)


def _arranged(consultation, asked, data, do):
    """What is on the page after a press that saves nothing."""
    verb, *names = do.split(":")
    if verb != "wording":
        return arrange(asked, consultation, data, do)
    page = StepPage(asked, consultation, step_row(consultation, asked), data=data)
    return wording.take(page, *names) if len(names) == 3 else data


def _save(request, consultation, asked, then):
    document = Document(asked, consultation, request.POST)
    key, base = posted_key(request), posted_base(request)
    if not document.is_valid():
        return show(
            request, consultation, asked, data=request.POST, document=document, base=base, key=key, status=422
        )
    actions.save_step(consultation, asked, document, base=base, key=key, by=request.user)
    return redirect(after_saving(consultation, asked, Ways.of(request), then, on=request.POST.get("on", "")))


def _conflict(request, pk, asked):
    """Both texts, and yours ready to be saved on top: a new base and a new key."""
    consultation = get_consultation(request, pk)
    row, key = step_row(consultation, asked), uuid.uuid4()
    drafts.move_draft(consultation, asked, key=posted_key(request), to=key, base=row.number, by=request.user)
    differs = differences(
        StepPage(asked, consultation, row), StepPage(asked, consultation, row, data=request.POST)
    )
    return show(
        request,
        consultation,
        asked,
        data=request.POST,
        base=row.number,
        key=key,
        status=409,
        conflict={"differs": differs, "by": row.saved_by, "at": row.saved_at},
    )


def _holds_more(request, consultation, asked):
    """Whether a page holds anything that is not in the record, or was kept before: else there is nothing to keep."""
    data, row = request.POST, step_row(consultation, asked)
    if any(name.endswith("-remove") and data[name] == "yes" for name in data):
        return True
    pages = (StepPage(asked, consultation, row), StepPage(asked, consultation, row, data=data))
    return bool(differences(*pages)) or drafts.draft_of(consultation, asked, by=request.user) is not None


def show(
    request,
    consultation,
    asked,
    *,
    data=None,
    document=None,
    draft=None,
    base=None,
    key=None,
    status=200,
    typed=None,
    **more,
):
    """Render a step: from the record, from what was posted, or from a draft. `typed`: what waits unsaved."""
    read_for_a_page(consultation)
    row = step_row(consultation, asked)
    context = room(request, consultation, asked.slug, typed) | {
        "asked": asked,
        "row": row,
        "draft": draft,
        **more,
    }
    if (
        (reasons := rules.reasons_to_wait(consultation, asked))
        and data is not None
        and request.method == "POST"
    ):
        raise Refused(" ".join(reasons))  # its page shows what was typed
    if reasons:
        return render(request, "consults/step_closed.html", context | {"reasons": reasons}, status=status)
    page = StepPage(asked, consultation, row, data=data, document=document)
    if data is not None:
        wording.advise(page)
    ways = Ways.of(request)
    back_to = interrupted(ways, context["steps"])
    at, way_on = place(request.GET), onward(consultation, asked, context["typed"])
    context |= {
        "page": page,
        "sheet": page.sheet,
        "rows": page.rows,
        "kept_wording": [] if data is None else data.getlist(wording.KEPT),
        "base": draft.base if draft else row.number if base is None else base,
        "key": draft.key if draft else key or uuid.uuid4(),
        "ways": ways,
        "back_to": back_to,
        "opened_from": ways.back in OPENED_FROM,
        "next_label": next_label(consultation, asked, way_on, ways, back_to),
        "on": way_on[1].slug if way_on[1] else THE_PLAN,
        "focus": at or focus_of(page, request.GET),
        "came_back": bool(at),
        **(asked.about(page) if asked.about else {}),
    }
    return render(request, asked.template, context, status=status)


def focus_of(page, said):
    """The id of the field to begin at. `next` is what is still missing for today, as the record has it."""
    if said.get("focus") == "next":
        return page.place_of_next(page.step.asks(page.consultation))
    return said.get("focus") or OPENED_FOR.get(said.get("about"), "")


def posted_key(request):
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        raise Http404 from None


def posted_base(request):
    base = request.POST.get("base", "")
    if not (base.isascii() and base.isdecimal() and len(base) < 10):
        raise Http404
    return int(base)


def _keep(request, consultation, asked, data):
    """Store what is being typed as this person's draft; returns when."""
    kept = QueryDict(mutable=True)
    for name in data:
        if name not in NOT_DRAFTED:
            kept.setlist(name, data.getlist(name))
    return drafts.keep_draft(
        consultation,
        asked,
        key=posted_key(request),
        base=posted_base(request),
        body=kept.urlencode(),
        by=request.user,
    )


@require_POST
def draft(request, pk, slug):
    """The page's own call: keep what is typed, and say when it was kept."""
    consultation = get_consultation(request, pk)
    try:
        kept_at = _keep(request, consultation, get_step(slug), request.POST)
    except Conflict:
        return JsonResponse({"saved": True}, status=409)
    return JsonResponse({"kept_at": timezone.localtime(kept_at).strftime("%H:%M")})
