"""Step 4: another way to see it, something tried, and a sign of progress that is about doing."""

from consults.models import AlternativeRating
from consults.steps.alternatives import AlternativeRows, groups, may_wait, suggestions
from consults.steps.document import Asks, Step, StepForm
from consults.steps.earlier import in_focus
from consults.steps.experiments import ExperimentRows
from education import library
from painconsult.ui.fields import Words


class ReframeForm(StepForm):
    progress_marker = Words(500, label="A sign of progress that is about doing")


def asks(consultation):
    focus = in_focus(consultation)
    answered = set(consultation.client.alternatives.values_list("belief_id", flat=True))
    experiments = list(consultation.experiments.all())
    tried = bool(experiments)
    believable = AlternativeRating.objects.filter(
        consultation=consultation, believability__isnull=False
    ).exists()
    waits = bool(focus) and all(may_wait(rating) for rating in focus)
    enough = [
        ("another way to see it", bool(answered) or (waits and tried)),
        ("how believable it is", believable or (waits and tried)),
        ("a sign of progress", bool(consultation.progress_marker)),
    ]
    each = all(rating.belief_id in answered or may_wait(rating) for rating in focus)
    full = [("one for each belief you work on", bool(focus) and each), ("something tried or planned", tried)]
    return Asks(enough, full, begun=tried)


def markers(consultation):
    """Signs of progress that are about doing, offered from the activity or from what is missed."""
    activities = [activity.activity for activity in consultation.client.activities.all()]
    losses = [card.words for card in consultation.client.cards.all() if card.kind == "loss"]
    what = next(iter(activities or losses), "")
    return (
        [(chip, f"{what}: {chip.label[0].lower()}{chip.label[1:]}") for chip in yardsticks()] if what else []
    )


def yardsticks():
    return library.chips("yardsticks")


def put(consultation, data, what="", *names):
    """`marker:<yardstick>` writes a sign of progress; `text:<row>:<number>` another way to see it."""
    if what == "marker" and names:
        offered = {chip.id: text for chip, text in markers(consultation)}
        said = (data.get("progress_marker") or "").strip()
        if text := offered.get(names[0]):
            data.setlist("progress_marker", [f"{said}\n{text}".strip()])
    if what == "text" and len(names) == 2:
        prefix = f"alternative-{names[0]}"
        beliefs = {str(belief.pk): belief for belief in consultation.client.beliefs.all()}
        belief = beliefs.get(data.get(f"{prefix}-belief", ""))
        offered = suggestions(consultation, belief) if belief else ()
        if text := {str(n): words for n, words in enumerate(offered)}.get(names[1]):
            data.setlist(f"{prefix}-text", [text])
            data.setlist(f"{prefix}-author", ["clinician"])


def about(page):
    consultation = page.consultation
    found = groups(page)
    grouped = {sheet.row_id for group in found for sheet in group["rows"]}
    return {
        "groups": found,
        "loose": [sheet for sheet in page.rows["alternative"] if sheet.row_id not in grouped],
        "others": [
            belief
            for belief in consultation.client.beliefs.all()
            if belief not in [group["belief"] for group in found]
        ],
        "fixed": {
            str(pk)
            for pk in consultation.client.alternatives.exclude(heard_in=consultation.pk).values_list(
                "pk", flat=True
            )
        },
        "questions": {question.id: question for question in library.questions("alternative")},
        "markers": markers(consultation),
    }


STEP = Step(
    slug="reframe",
    form=ReframeForm,
    asks=asks,
    rows=(AlternativeRows(), ExperimentRows()),
    put=put,
    about=about,
)
