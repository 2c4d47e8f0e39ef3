"""Step 4: another way to see it, something tried, and a sign of progress that is about doing."""

import re

from django.db.models import Exists, OuterRef

from consults.models import Alternative, AlternativeRating, Consultation
from consults.steps.alternatives import AlternativeRows, groups, may_wait, said_before, suggestions
from consults.steps.asks import Ask, Asks
from consults.steps.experiments import AgainRows, ExperimentRows, reasons_against_movement
from consults.steps.findings import open_urgent, urgent_is_open
from consults.steps.known import activity_options, in_focus, known_beliefs, rated_today, teach_back, worked_on
from consults.steps.step import Step, StepForm
from education import library
from painconsult.ui.fields import Words


class ReframeForm(StepForm):
    progress_marker = Words(500, label="A sign of progress that is about doing")


def asks(consultation):
    answered = Alternative.objects.filter(belief=OuterRef("belief"))
    ratings = consultation.belief_ratings.select_related("belief").annotate(answered=Exists(answered))
    ratings = list(with_what_is_there(ratings, consultation))
    visit = Consultation.objects.filter(pk=consultation.pk)
    there = ratings[0] if ratings else with_what_is_there(visit, consultation).get()
    focus = worked_on(ratings)
    waits = bool(focus) and all(may_wait(rating.belief, rating) for rating in focus)
    tried = waits and there.was_tried
    enough = [
        Ask("another way to see it", there.has_another_way or tried, "text", rows="alternative"),
        Ask("how believable it is", there.has_believed or tried, "believability", rows="alternative"),
        Ask("a sign of progress", consultation.progress_marker, "progress_marker"),
    ]
    each = all(rating.answered or may_wait(rating.belief, rating) for rating in focus)
    full = [
        Ask("one for each belief you work on", focus and each),
        Ask("something tried or planned", there.was_tried),
    ]
    return Asks(enough, full, begun=there.was_tried)


def with_what_is_there(rows, consultation):
    """These rows, each with what this visit has of step 4: asked in the same question."""
    rated = AlternativeRating.objects.filter(consultation=consultation, believability__isnull=False)
    return rows.annotate(
        has_another_way=Exists(Alternative.objects.filter(client=consultation.client_id)),
        has_believed=Exists(rated),
        was_tried=Exists(consultation.experiments.all()),
    )


def markers(consultation, what=""):
    """[(yardstick, words)]: signs of progress that are about doing, offered from the activity or from `what`."""
    activities = activity_options(consultation)
    what = next(iter(activities.values()), "") or as_a_heading(what)
    return [
        (chip, f"{what}: {chip.label[0].lower()}{chip.label[1:]}" if what else chip.label)
        for chip in library.chips("yardsticks")
    ]


def as_a_heading(words):
    """What they miss as it stands before a colon: "Choir. I cannot stand for the hour." begins with Choir. A full stop
    after fewer than four letters may be of a name ("St. Mary's"), so that nothing ends there."""
    return re.split(r"(?<=\w{4}[.!?…])\s+(?=[^\W\d_a-z])|\n", words.strip())[0].rstrip(".!?… ")


def missed(consultation):
    """What they miss, in their words: the first of it, before there is an activity."""
    losses = consultation.client.cards.filter(kind="loss").values_list("words", flat=True)
    return losses.first() or ""


def put(consultation, data, what="", *names):
    """`marker:<yardstick>` writes a sign of progress; `text:<row>:<number>` another way to see it, `own:<row>` what
    they said back in step 2."""
    if what == "marker" and names:
        offered = {chip.id: text for chip, text in markers(consultation, missed(consultation))}
        said = (data.get("progress_marker") or "").strip()
        if text := offered.get(names[0]):
            data.setlist("progress_marker", [f"{said}\n{text}".strip()])
    if what == "text" and len(names) == 2:
        prefix = f"alternative-{names[0]}"
        beliefs = {str(belief.pk): belief for belief in known_beliefs(consultation)}
        belief = beliefs.get(data.get(f"{prefix}-belief", ""))
        offered = suggestions(consultation, belief) if belief else ()
        if text := {str(n): words for n, words in enumerate(offered)}.get(names[1]):
            data.setlist(f"{prefix}-text", [text])
            data.setlist(f"{prefix}-author", ["clinician"])
    words = teach_back(consultation)
    if what == "own" and words and names and names[0] in data.getlist("alternative"):
        data.setlist(f"alternative-{names[0]}-text", [words])
        data.setlist(f"alternative-{names[0]}-author", ["client"])


def said_back(page):
    """What they said back in step 2, to be taken as another way to see it, until one row says it. Like all that
    reassures it is not offered while an urgent sign is open."""
    words = teach_back(page.consultation)
    if urgent_is_open(page.consultation) or any(
        row.text("text") == words for row in page.rows["alternative"]
    ):
        return ""
    return words


def again(page):
    """[(row, its question, how true it was in step 3)] of the beliefs to ask about once more. What was pressed here stays
    in sight, whatever step 3 chose since."""
    asked = {str(belief.pk): belief for belief in rated_today(page.consultation)}
    focus = [str(belief.pk) for belief in in_focus(page.consultation)]
    return [
        (sheet, f"And how true does {library.quote(belief.statement)} feel now?", belief.today.conviction)
        for sheet in page.rows["again"]
        if (belief := asked.get(sheet.row_id))
        and (sheet.row_id in focus or sheet.text("conviction") or sheet.errors)
    ]


def about(page):
    consultation = page.consultation
    found, urgent = groups(page), open_urgent(consultation)
    grouped = {sheet.row_id for group in found for sheet in group["rows"]}
    here = [group["belief"] for group in found]
    return {
        "groups": found,
        "loose": [sheet for sheet in page.rows["alternative"] if sheet.row_id not in grouped],
        "others": [belief for belief in known_beliefs(consultation) if belief not in here],
        "fixed": said_before(consultation),
        "questions": {question.id: question for question in library.questions("alternative")},
        "markers": markers(consultation),
        "said_back": said_back(page),
        "again": again(page),
        "conviction": library.question("conviction"),
        "against_trying": reasons_against_movement(consultation),
        "urgent": urgent,
        "urgent_names": [flag.name for each in urgent if not (flag := library.flags()[each.flag]).private],
    }


STEP = Step(
    slug="reframe",
    form=ReframeForm,
    asks=asks,
    rows=(AlternativeRows(), ExperimentRows(), AgainRows()),
    put=put,
    about=about,
)
