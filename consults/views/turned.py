"""The screen turned round: one question at a time for the client, the explanation, and hands-on.

A run writes into the step's draft; only Save on the step's own page saves.
"""

from django.http import Http404, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from consults import rules
from consults.actions import drafts
from consults.steps import BY_SLUG
from consults.steps.cards import said_in_step_1
from consults.steps.document import Document
from consults.steps.explain import circumstances, offered
from consults.steps.page import StepPage
from consults.views.doors import get_consultation
from consults.views.room import step_row
from consults.views.steps import get_step
from consults.views.ways import ROW, whole_page
from education import library
from painconsult.errors import Conflict

MOST_IDEAS = 3


def questions_of(asked, row):
    """[(posted name, question)] of a run: this idea, or before you go."""
    if asked.slug == "beliefs":
        return [(f"belief-{row}-{question.id}", question) for question in library.questions("belief")]
    if asked.slug == "before-you-go":
        return [(question.id, question) for question in library.questions("before_you_go")]
    raise Http404


@require_http_methods(["GET", "HEAD", "POST"])
def turned(request, pk, slug):
    """One question a screen. Pressing an answer goes on; back and skip are always there."""
    consultation, asked = get_consultation(request, pk), get_step(slug)
    draft = drafts.draft_of(consultation, asked, by=request.user)
    asked_row = request.GET.get("row", "")
    row = asked_row if ROW.match(asked_row) else ""
    home = where_it_began(consultation, asked, row)
    if draft is None or consultation.is_completed or rules.reasons_to_wait(consultation, asked):
        return whole_page(request, home)
    if slug == "explain":
        return explanation(request, consultation, asked, QueryDict(draft.body), home)
    questions = questions_of(asked, row)
    if request.GET.get("q") == str(len(questions)):
        last = f"{request.path}?row={row}&q={len(questions) - 1}"
        return render(request, "consults/turned/thanks.html", {"home": home, "back": last})
    at = number(request.GET.get("q"), len(questions))
    if request.method == "POST":
        try:
            return _answered(request, consultation, asked, draft, questions, at, home)
        except Conflict:  # the step was saved meanwhile: its page shows what is stored
            return whole_page(request, home)
    return show_question(request, consultation, asked, draft, questions, at, home)


def where_it_began(consultation, asked, row=""):
    """The step's page at the card whose questions were asked, or at the button that turned the screen."""
    place = f"card-{row}" if row else "turn"
    return f"{reverse('step', args=[consultation.pk, asked.slug])}?at={place}#{place}"


def _answered(request, consultation, asked, draft, questions, at, home):
    """Write the answer into the draft, then go where the pressed button says."""
    name, _ = questions[at]
    go = request.POST.get("go", "on")
    if go != "skip" and name in request.POST:
        body = QueryDict(draft.body, mutable=True)
        body[name] = request.POST[name]
        document = Document(asked, consultation, body)
        document.is_valid()
        sheet, field = sheet_of(step_page(consultation, asked, body, document), name)
        if sheet is not None and not sheet.error(field):
            drafts.keep_draft(
                consultation, asked, key=draft.key, base=draft.base, body=body.urlencode(), by=request.user
            )
    then = at - 1 if go == "back" else at + 1
    if go == "home" or then < 0:
        return whole_page(request, home)
    return redirect(f"{request.path}?row={request.GET.get('row', '')}&q={then}")


def step_page(consultation, asked, data, document=None):
    return StepPage(asked, consultation, step_row(consultation, asked), data=data, document=document)


def sheet_of(page, name):
    """(sheet, field) of a posted name; no sheet where the page has none for it. Other cards may wait for words."""
    prefix, _, field = name.rpartition("-")
    sheets = [page.sheet, *page.rows.get("belief", ())]
    return next((sheet for sheet in sheets if sheet.prefix == prefix and field in sheet), None), field


def show_question(request, consultation, asked, draft, questions, at, home):
    _, question = questions[at]
    page = step_page(consultation, asked, QueryDict(draft.body))
    sheets = [sheet_of(page, name) for name, _ in questions]
    sheet, field = sheets[at]
    if sheet is None:
        return whole_page(request, home)
    words = sheet.text("statement") if sheet.prefix else ""
    context = {
        "consultation": consultation,
        "asked": asked,
        "sheet": sheet,
        "field": field,
        "question": question,
        "words": words,
        "then": said_in_step_1(consultation, words) if question.id == "conviction" else None,
        "dots": [
            "on" if n == at else "past" if each.text(field) else "" for n, (each, field) in enumerate(sheets)
        ],
        "at": at + 1,
        "of": len(questions),
        "here": f"{request.path}?row={request.GET.get('row', '')}&q={at}",
    }
    return render(request, "consults/turned/question.html", context)


def explanation(request, consultation, asked, body, home):
    """The ideas chosen for today, one a screen, with the client's own example and what we do not know."""
    messages = [
        library.message(id) for id in body.getlist("messages_used") if id in known_messages(consultation)
    ]
    if not messages:
        return whole_page(request, home)
    at = number(request.GET.get("q"), len(messages))
    message, condition = messages[at], bool(consultation.client.known_condition)
    picture = chosen_picture(body, message) if at == 0 else library.picture(message.picture)
    return render(
        request,
        "consults/turned/explanation.html",
        {
            "consultation": consultation,
            "asked": asked,
            "message": message,
            "explanation": message.explain(condition),
            "picture": picture,
            "picture_words": picture.words(condition),
            "own_picture": body.get("metaphor_own", "").strip(),
            "fits": body.get("personal_link", ""),
            "dots": [("past" if n < at else "on" if n == at else "") for n in range(len(messages))],
            "at": at + 1,
            "of": len(messages),
            "last": at + 1 == len(messages),
            "home": home,
        },
    )


def known_messages(consultation):
    return {message.id for message in offered(consultation)}


def chosen_picture(body, message):
    """The picture pressed on the page, with the first idea; else the idea's own."""
    try:
        return library.picture(body.get("metaphor", ""))
    except KeyError:
        return library.picture(message.picture)


@require_safe
def brain(request, pk):
    """The kinds of change that can turn pain up, always with what nobody knows about them."""
    consultation, asked = get_consultation(request, pk), BY_SLUG["explain"]
    if consultation.is_completed or rules.reasons_to_wait(consultation, asked):
        return whole_page(request, reverse("step", args=[consultation.pk, asked.slug]))
    kinds = circumstances(consultation)
    cards = library.brain_cards("change", urgent=kinds["urgent"])
    beside = dict.fromkeys(id for card in cards for id in card.show_with)
    known = kinds["known_condition"]
    context = {
        "consultation": consultation,
        "kind": next(kind for kind in library.card_kinds() if kind.id == "change"),
        "cards": [(card, card.words(known)) for card in cards],
        "unsure": [library.brain_card(id).words(known) for id in beside],
        "at": number(request.GET.get("q"), MOST_IDEAS),
        "home": where_it_began(consultation, asked),
    }
    return render(request, "consults/turned/brain.html", context)


@require_safe
def hands_on_page(request, pk):
    """A blank screen while hands work; one press comes back to what is noticed now."""
    consultation = get_consultation(request, pk)
    back = reverse("step", args=[consultation.pk, "reframe"])
    if reasons := rules.reasons_against_hands_on(consultation):
        return render(
            request, "consults/turned/no_hands_on.html", {"reasons": reasons, "back": back}, status=409
        )
    row = request.GET.get("row", "")
    url = f"{back}?at=f-experiment-{row}-noticed_after" if ROW.match(row) else back
    return render(
        request, "consults/turned/hands_on.html", {"back": url, "leave_out": consultation.touch_words}
    )


def number(text, count):
    """A question's place from the address; anything else is the first."""
    return next((n for n in range(count) if text == str(n)), 0)
