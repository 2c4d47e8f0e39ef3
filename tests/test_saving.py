"""Saving a step: everything once, nothing silently over what somebody else wrote, nothing lost."""

import re
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from consults.actions import consultations as actions
from consults.actions import drafts
from consults.models import (
    Activity,
    Ally,
    Alternative,
    Belief,
    Card,
    CardUse,
    Draft,
    Experiment,
    Goal,
    ResourceGiven,
    Review,
    SafetyFinding,
    StepEntry,
)
from consults.steps import BY_SLUG
from painconsult.audit.models import AuditEvent
from painconsult.errors import Conflict, Refused
from tests import visits
from tests.conftest import signed_in

KEY = uuid.UUID("11111111-1111-7111-8111-111111111111")


@pytest.fixture
def visit(therapist):
    return visits.open_gate(visits.begin(therapist))


# --- One save ---------------------------------------------------------------------------------


def test_one_save_writes_columns_rows_entry_state_and_deletes_the_draft(visit, therapist):
    drafts.keep_draft(visit, BY_SLUG["acknowledge"], key=KEY, base=0, body="x=1", by=therapist)
    receipt = visits.save(visit, "acknowledge", key=KEY)

    visit.refresh_from_db()
    assert visit.story_client_words == "Three people, three explanations."
    assert visit.explanation_conviction == 80
    assert list(visit.cards.values_list("kind", "words")) == [
        ("loss", "Saturday golf"),
        ("explanation", "My discs are worn."),
    ]
    row = visit.steps.get(slug="acknowledge")
    assert (row.number, row.state, row.saved_by) == (1, "enough", therapist)
    entry = StepEntry.objects.get()
    assert (entry.slug, entry.number, entry.key, entry.saved_by) == ("acknowledge", 1, KEY, therapist)
    assert entry.answers["answers"]["story_client_words"] == "Three people, three explanations."
    assert entry.answers["rows"]["loss"] == [["new1", {"words": "Saturday golf"}]]
    assert (receipt.slug, receipt.number, receipt.saved_at) == ("acknowledge", 1, entry.saved_at)
    assert row.saved_at == entry.saved_at
    assert not Draft.objects.exists()


def test_the_trace_is_the_last_thing_a_save_writes(visit, monkeypatch):
    """When the trace cannot be written, nothing of the save stays."""
    before = visits.contents()
    monkeypatch.setattr(actions, "record", lambda *a, **k: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        visits.save(visit, "acknowledge")
    assert visits.contents() == before


def test_the_trace_names_the_step_and_no_words(visit, therapist):
    visits.save(visit, "acknowledge")
    event = AuditEvent.objects.order_by("-seq").first()
    assert (event.action, event.detail, event.actor) == ("saved", "acknowledge", str(therapist.pk))
    assert (event.object_id, event.client_id) == (str(visit.pk), str(visit.client_id))


def test_a_second_save_counts_on_and_keeps_the_first_entry(visit):
    visits.save(visit, "explain")
    first = StepEntry.objects.values().get()
    visits.save(visit, "explain", {"permission": "yes", "personal_link": "In the car."})
    assert list(StepEntry.objects.values_list("number", flat=True)) == [1, 2]
    assert StepEntry.objects.values().get(number=1) == first
    visit.refresh_from_db()
    assert visit.personal_link == "In the car."


@pytest.mark.parametrize(
    ("slug", "answers"),
    [(slug, {"consent_to_record": "yes"} if slug == "acknowledge" else {}) for slug in visits.ANSWERS],
)
def test_an_empty_save_is_a_save_and_makes_no_rows(visit, slug, answers):
    kinds = (Card, Belief, Alternative, Experiment, Activity, ResourceGiven, Ally, Goal, Review)
    assert visits.save(visit, slug, answers).number == 1
    assert [kind.__name__ for kind in kinds if kind.objects.exists()] == []


def test_a_blank_row_is_no_row(visit):
    visits.save(visit, "beliefs", {"belief": "new1", "belief-new1-statement": "  "})
    assert not Belief.objects.exists()


def test_a_save_touches_no_column_of_another_step(visit):
    visits.save(visit, "acknowledge")
    visits.save(visit, "explain")
    visit.refresh_from_db()
    assert visit.story_client_words == "Three people, three explanations."
    visits.save(visit, "acknowledge", {"consent_to_record": "yes"})
    visit.refresh_from_db()
    assert (visit.story_client_words, visit.personal_link) == ("", "It starts on the drive to the course.")


# --- Bad input --------------------------------------------------------------------------------


BAD = {
    "acknowledge": {"consent_to_record": "yes", "duration_months": "1_0", "story_client_words": "Kept words"},
    "explain": {"fits_me": "11", "personal_link": "Kept words"},
    "beliefs": {
        "belief": "new1",
        "belief-new1-statement": "",
        "belief-new1-behaviour": "Kept words",
        "belief-new1-impact": "٣",
    },
    "activities": {
        "activity": "new1",
        "activity-new1-activity": "Kept words",
        "activity-new1-trial_1": "7.5",
        "activity-new1-unit": "minutes",
    },
}


@pytest.mark.parametrize("slug", BAD)
def test_what_is_refused_comes_back_with_every_word_typed(as_therapist, visit, slug):
    before = visits.contents()
    reply = visits.send(as_therapist, visit, slug, BAD[slug])
    page = reply.content.decode()
    assert reply.status_code == 422
    assert "Kept words" in page
    assert 'id="errors"' in page
    typed = next(text for text in ("1_0", "11", "٣", "7.5") if text in BAD[slug].values())
    if typed not in ("11", "٣"):  # a key that does not exist cannot be shown pressed
        assert f'value="{typed}"' in page
    after = visits.contents()
    assert {name for name in before if before[name] != after[name]} <= {"AuditEvent", "AuditHead"}
    assert not StepEntry.objects.exists()


def test_a_refused_page_keeps_its_key_so_that_its_draft_goes_with_the_save(as_therapist, visit):
    told = visits.hidden(as_therapist.get(visits.url(visit, "explain")))
    reply = as_therapist.post(visits.url(visit, "explain"), told | {"fits_me": "11"})
    assert visits.hidden(reply) == told


# --- The same save twice ----------------------------------------------------------------------


def test_the_same_key_with_the_same_words_is_one_effect_and_the_same_receipt(visit):
    first = visits.save(visit, "beliefs", visits.ANSWERS["beliefs"], base=0, key=KEY)
    before = visits.contents()
    assert visits.save(visit, "beliefs", visits.ANSWERS["beliefs"], base=0, key=KEY) == first
    assert visits.contents() == before | {"Consultation": visits.contents()["Consultation"]}
    assert (Belief.objects.count(), StepEntry.objects.count()) == (1, 1)


def test_after_a_conflict_that_was_resolved_nothing_waits_to_be_saved(as_therapist, visit, colleague):
    told = visits.hidden(as_therapist.get(visits.url(visit, "explain")))
    as_therapist.post(reverse("draft", args=[visit.pk, "explain"]), told | {"personal_link": "mine"})
    visits.save(visit, "explain", {"personal_link": "theirs"}, by=colleague)
    reply = as_therapist.post(visits.url(visit, "explain"), told | {"personal_link": "mine"})
    assert reply.status_code == 409
    anew = visits.hidden(reply)
    assert str(Draft.objects.get().key) == anew["key"]
    assert (
        as_therapist.post(visits.url(visit, "explain"), anew | {"personal_link": "mine"}).status_code == 302
    )
    assert not Draft.objects.exists()


def test_the_same_key_with_other_words_is_a_conflict(visit):
    visits.save(visit, "explain", {"personal_link": "first"}, base=0, key=KEY)
    with pytest.raises(Conflict):
        visits.save(visit, "explain", {"personal_link": "second"}, base=1, key=KEY)
    visit.refresh_from_db()
    assert visit.personal_link == "first"


def test_the_same_key_in_another_step_or_by_another_person_is_a_conflict(visit, colleague):
    visits.save(visit, "explain", {}, key=KEY)
    with pytest.raises(Conflict):
        visits.save(visit, "before-you-go", {}, key=KEY)
    with pytest.raises(Conflict):
        visits.save(visit, "explain", {}, base=0, key=KEY, by=colleague)


def test_the_same_key_in_another_visit_is_a_conflict(visit, therapist):
    visits.save(visit, "explain", {}, key=KEY)
    other = visits.open_gate(visits.begin(therapist))
    with pytest.raises(Conflict):
        visits.save(other, "explain", {}, key=KEY)


def test_pressing_save_twice_leads_to_the_same_place(as_therapist, visit):
    told = visits.hidden(as_therapist.get(visits.url(visit, "beliefs")))
    replies = [
        as_therapist.post(visits.url(visit, "beliefs"), told | visits.ANSWERS["beliefs"]) for _ in "ab"
    ]
    assert [reply.status_code for reply in replies] == [302, 302]
    assert replies[0].url == replies[1].url == visits.url(visit, "reframe")
    assert Belief.objects.count() == 1


# --- Two people at one step -------------------------------------------------------------------


def test_an_old_page_conflicts_and_shows_both_texts(as_therapist, visit, colleague):
    told = visits.hidden(as_therapist.get(visits.url(visit, "explain")))
    visits.save(visit, "explain", {"personal_link": "What Bea wrote"}, by=colleague)
    reply = as_therapist.post(visits.url(visit, "explain"), told | {"personal_link": "What Ann wrote"})
    assert reply.status_code == 409
    page = visits.words(reply)
    assert "What Bea wrote" in page
    assert "What Ann wrote" in page
    assert "Bea Therapist" in page
    visit.refresh_from_db()
    assert visit.personal_link == "What Bea wrote"

    fresh = visits.hidden(reply)
    assert fresh["base"] == "1"
    assert fresh["key"] != told["key"]
    assert re.search(r'(?s)name="personal_link"[^>]*>\s*What Ann wrote', reply.content.decode())
    saved = as_therapist.post(visits.url(visit, "explain"), fresh | {"personal_link": "Both of us"})
    visit.refresh_from_db()
    assert (saved.status_code, visit.personal_link) == (302, "Both of us")


def test_a_conflict_shows_what_differs_in_rows_as_well(as_therapist, visit, colleague):
    visits.save(visit, "beliefs")
    belief = Belief.objects.get()
    told = visits.hidden(as_therapist.get(visits.url(visit, "beliefs")))
    row = {"belief": str(belief.pk), f"belief-{belief.pk}-statement": belief.statement}
    visits.save(visit, "beliefs", row | {f"belief-{belief.pk}-behaviour": "Bea: lies down"}, by=colleague)
    mine = row | {f"belief-{belief.pk}-behaviour": "Ann: braces"}
    reply = as_therapist.post(visits.url(visit, "beliefs"), told | mine)
    assert reply.status_code == 409
    assert "Bea: lies down" in visits.words(reply)
    assert "Ann: braces" in visits.words(reply)


def test_a_new_row_typed_on_an_old_page_is_on_the_conflict_page(as_therapist, visit, colleague):
    told = visits.hidden(as_therapist.get(visits.url(visit, "acknowledge")))
    visits.save(visit, "acknowledge", by=colleague)
    mine = {"consent_to_record": "yes", "loss": "new1", "loss-new1-words": "Lunch with the others"}
    reply = as_therapist.post(visits.url(visit, "acknowledge"), told | mine)
    assert reply.status_code == 409
    assert visits.value_of(reply, "loss-new1-words") == "Lunch with the others"
    assert list(Card.objects.filter(kind="loss").values_list("words", flat=True)) == ["Saturday golf"]


def test_a_base_from_the_future_conflicts(visit):
    with pytest.raises(Conflict):
        visits.save(visit, "explain", {}, base=5)


def test_different_steps_never_conflict(visit, colleague):
    visits.save(visit, "explain", base=0)
    visits.save(visit, "beliefs", base=0, by=colleague)
    visits.save(visit, "before-you-go", base=0)
    numbers = dict(visit.steps.filter(number=1).values_list("slug", "number"))
    assert numbers == {"explain": 1, "beliefs": 1, "before-you-go": 1}


# --- Rows -------------------------------------------------------------------------------------

ROWS = {  # rows name: (step, model, the field that says what it is)
    "loss": ("acknowledge", Card, "words"),
    "remembered": ("acknowledge", Card, "words"),
    "effort": ("acknowledge", Card, "words"),
    "finding": ("safety", SafetyFinding, "action"),
    "belief": ("beliefs", Belief, "statement"),
    "alternative": ("reframe", Alternative, "text"),
    "experiment": ("reframe", Experiment, "movement"),
    "again": ("reframe", Belief, "conviction"),
    "activity": ("activities", Activity, "activity"),
    "resource": ("resources", ResourceGiven, "title"),
    "ally": ("resources", Ally, "name"),
    "goal": ("timescale", Goal, "title"),
    "standing": ("timescale", Goal, "status"),
    "review": ("timescale", Review, "due"),
}
BASE = {"acknowledge": {"consent_to_record": "yes"}}


def test_every_kind_of_row_is_tried_here():
    known = {rows.name: step.slug for step in BY_SLUG.values() for rows in step.rows}
    assert known == {name: slug for name, (slug, *_) in ROWS.items()}


def one_row(visit, name):
    """A stored row of this kind in this visit, made through its step."""
    visits.open_gate(visit)
    if name in ("alternative", "experiment", "again") and not visit.client.beliefs.exists():
        visits.save(visit, "beliefs")
    slug, model, _ = ROWS[name]
    extra = {
        "remembered": {"remembered": "new1", "remembered-new1-words": "Worn for your age"},
        "effort": {"effort": "new1", "effort-new1-words": "Heat"},
        "experiment": {"experiment": "new1", "experiment-new1-movement": "Ten broom swings"},
        "finding": {
            "yes": ["medication_strong"],
            "outcome": "proceed_with_follow_up",
            "outcome_reason": "Letter to the GP",
        },
    }.get(name, {})
    visits.save(visit, slug, visits.good(slug, visit, **extra))
    found = model.objects.filter(client=visit.client)
    if model is Card:
        found = found.filter(kind=name)
    return found.get()


def identity(name, row):
    return row.flag if name == "finding" else str(row.pk)


@pytest.mark.parametrize("name", [name for name in ROWS if name != "finding"])
@pytest.mark.parametrize("whose", ["other client", "other clinic", "nobody", "nonsense"])
def test_a_row_id_that_is_not_of_this_record_is_refused_and_changes_nothing(
    as_therapist, visit, therapist, stranger, name, whose
):
    slug, _, field = ROWS[name]
    foreign = {
        "other client": lambda: identity(name, one_row(visits.begin(therapist), name)),
        "other clinic": lambda: identity(name, one_row(visits.begin(stranger), name)),
        "nobody": lambda: "0198c0de-0000-7000-8000-000000000000",
        "nonsense": lambda: "1 or 1=1",
    }[whose]()
    told = visits.hidden(as_therapist.get(visits.url(visit, slug)))
    before = visits.contents()
    posted = told | BASE.get(slug, {}) | {name: foreign, f"{name}-{foreign}-{field}": "Overwritten"}
    if field == "due":
        posted |= {
            f"{name}-{foreign}-due-{part}": n
            for part, n in zip(("day", "month", "year"), ("4", "4", "2026"), strict=True)
        }
    replies = [
        as_therapist.post(visits.url(visit, slug), posted | more)
        for more in ({}, {f"{name}-{foreign}-remove": "yes"})
    ]
    assert [reply.status_code for reply in replies] == [404, 404]
    assert visits.contents() == before


def test_a_finding_is_named_by_its_sign_so_another_visits_finding_cannot_be_reached(
    as_therapist, visit, therapist
):
    theirs = one_row(visits.begin(therapist), "finding")
    visits.save(visit, "safety", {"finding": theirs.flag, f"finding-{theirs.flag}-action": "Overwritten"})
    theirs.refresh_from_db()
    assert theirs.action == ""
    told = visits.hidden(as_therapist.get(visits.url(visit, "safety")))
    reply = as_therapist.post(visits.url(visit, "safety"), told | {"finding": str(theirs.pk)})
    assert reply.status_code == 404


@pytest.mark.parametrize("name", ["alternative-new1-belief", "alternative-new1-tied_to_activity"])
def test_a_new_row_cannot_hang_on_what_belongs_to_another_client(as_therapist, visit, therapist, name):
    other = visits.begin(therapist)
    theirs = one_row(other, "belief" if name.endswith("belief") else "activity")
    visits.save(visit, "beliefs")
    answers = visits.good("reframe", visit, **{name: str(theirs.pk)})
    reply = visits.send(as_therapist, visit, "reframe", answers)
    assert reply.status_code == 422
    assert not visit.client.alternatives.exists()


def test_a_stored_row_that_the_page_does_not_name_stays(visit):
    visits.save(visit, "beliefs")
    visits.save(visit, "beliefs", {"belief": "new1", "belief-new1-statement": "It will never end."})
    assert sorted(Belief.objects.values_list("statement", flat=True)) == [
        "Every swing grinds my discs down.",
        "It will never end.",
    ]
    assert visit.belief_ratings.get(belief__statement__startswith="Every").conviction == 80


@pytest.mark.parametrize("name", [name for name in ROWS if name not in ("finding", "standing", "again")])
def test_a_row_goes_when_it_is_removed_and_not_before(visit, name):
    row = one_row(visit, name)
    slug, model, _ = ROWS[name]
    visits.save(visit, slug, dict(BASE.get(slug, {})))
    assert model.objects.filter(pk=row.pk).exists()
    visits.save(visit, slug, BASE.get(slug, {}) | {name: str(row.pk), f"{name}-{row.pk}-remove": "yes"})
    assert not model.objects.filter(pk=row.pk).exists()


NAMED = {rows.name: rows.form.main for step in BY_SLUG.values() for rows in step.rows if rows.form.main}


@pytest.mark.parametrize("name", NAMED)
def test_a_stored_row_is_changed_or_removed_but_never_emptied(visit, name):
    row, main = one_row(visit, name), NAMED[name]
    slug, model, _ = ROWS[name]
    stored = vars(model.objects.get(pk=row.pk)) | {"_state": None}
    for emptied in ({}, {f"{name}-{row.pk}-{main}": ""}, {f"{name}-{row.pk}-{main}": "   "}):
        answers = BASE.get(slug, {}) | {name: str(row.pk)} | emptied
        assert f"{row.pk}: {main}" in visits.faults_of(visit, slug, answers)
    assert vars(model.objects.get(pk=row.pk)) | {"_state": None} == stored


def test_a_finding_is_never_removed(visit):
    row = one_row(visit, "finding")
    visits.save(visit, "safety", {"finding": row.flag, f"finding-{row.flag}-remove": "yes"})
    assert SafetyFinding.objects.filter(pk=row.pk).exists()


def test_a_client_given_id_never_becomes_a_row(visit):
    """Only new1, new2 … make rows; their ids come from the server."""
    visits.save(visit, "beliefs", visits.ANSWERS["beliefs"] | {"belief-new1-id": str(KEY)})
    assert Belief.objects.get().pk != KEY


# --- Buttons that save nothing ----------------------------------------------------------------

BUTTONS = [
    ("acknowledge", "add:loss"),
    ("acknowledge", "remove:loss:{loss}"),
    ("acknowledge", "back:loss:{loss}"),
    ("acknowledge", "put:0"),
    ("acknowledge", "show"),
    ("acknowledge", "attention"),
    ("acknowledge", "pause"),
    ("beliefs", "add:belief"),
    ("beliefs", "take:belief:{explanation}"),
    ("beliefs", "leave:{explanation}"),
    ("beliefs", "unleave:{explanation}"),
    ("beliefs", "merge:{explanation}:{belief}"),
    ("beliefs", "remove:belief:{belief}"),
    ("beliefs", "remove:belief:new1"),
    ("reframe", "add:alternative"),
    ("reframe", "add:experiment"),
    ("activities", "add:activity"),
    ("activities", "take:activity:{loss}"),
    ("activities", "leave:{loss}"),
    ("resources", "add:ally"),
    ("timescale", "add:goal"),
    ("timescale", "add:review"),
    ("explain", "nonsense"),
    ("explain", "take:belief:9999"),
    ("explain", "put:x:y:z"),
]


@pytest.mark.parametrize(("slug", "do"), BUTTONS)
def test_a_button_in_a_step_saves_nothing_but_the_draft(as_therapist, visit, slug, do):
    visits.save(visit, "acknowledge")
    visits.save(visit, "beliefs", {"belief": "new1", "belief-new1-statement": "Worn"})
    ids = {
        "loss": Card.objects.get(kind="loss").pk,
        "explanation": Card.objects.get(kind="explanation").pk,
        "belief": Belief.objects.get().pk,
    }
    told = visits.hidden(as_therapist.get(visits.url(visit, slug)))
    before = visits.contents(Draft)
    posted = told | {"private_notes": "still typing", "do": do.format(**ids), "consent_to_record": "yes"}
    reply = as_therapist.post(visits.url(visit, slug), posted)
    assert reply.status_code == (302 if do in ("attention", "pause") else 200)
    assert visits.contents(Draft) == before
    assert "private_notes=still+typing" in Draft.objects.get().body
    if reply.status_code == 200:
        assert "still typing" in reply.content.decode()
        assert visits.hidden(reply) == told


def test_adding_a_row_keeps_the_rows_already_typed(as_therapist, visit):
    typed = {"belief": ["new1"], "belief-new1-statement": "It is worn out"}
    reply = visits.send(as_therapist, visit, "beliefs", typed, do="add:belief")
    page = reply.content.decode()
    assert 'name="belief" value="new1"' in page
    assert 'name="belief" value="new2"' in page
    assert "It is worn out" in page


# --- Cards ------------------------------------------------------------------------------------


def test_a_card_taken_up_counts_once_and_is_not_offered_again(as_therapist, visit):
    visits.save(visit, "acknowledge")
    card = Card.objects.get(kind="explanation")
    assert not CardUse.objects.exists()
    visits.save(
        visit,
        "beliefs",
        {"belief": "new1", "belief-new1-statement": card.words, "belief-new1-card": str(card.pk)},
    )
    use = CardUse.objects.get()
    assert (use.card, use.became, use.belief, use.slug) == (card, "taken", Belief.objects.get(), "beliefs")
    assert f"take:belief:{card.pk}" not in as_therapist.get(visits.url(visit, "beliefs")).content.decode()


# --- Drafts -----------------------------------------------------------------------------------


def keep(browser, visit, slug, told, **typed):
    return browser.post(reverse("draft", args=[visit.pk, slug]), told | typed)


def test_a_draft_is_kept_raw_and_comes_back_to_the_same_person_only(as_therapist, visit, colleague):
    told = visits.hidden(as_therapist.get(visits.url(visit, "explain")))
    reply = keep(as_therapist, visit, "explain", told, fits_me="11", personal_link="half a sent")
    assert reply.status_code == 200
    assert re.fullmatch(r"\d\d:\d\d", reply.json()["kept_at"])
    assert Draft.objects.get().body == "fits_me=11&personal_link=half+a+sent"
    mine = as_therapist.get(visits.url(visit, "explain"))
    assert "half a sent" in mine.content.decode()
    assert visits.hidden(mine) == told
    assert "half a sent" not in signed_in(colleague).get(visits.url(visit, "explain")).content.decode()
    visit.refresh_from_db()
    assert visit.personal_link == ""


def test_a_draft_is_refused_once_its_key_is_saved(as_therapist, visit):
    told = visits.hidden(as_therapist.get(visits.url(visit, "explain")))
    as_therapist.post(visits.url(visit, "explain"), told | visits.ANSWERS["explain"])
    reply = keep(as_therapist, visit, "explain", told, personal_link="late")
    assert (reply.status_code, reply.json()) == (409, {"saved": True})
    assert not Draft.objects.exists()


def test_saving_throws_the_draft_away_and_the_record_is_shown(as_therapist, visit):
    told = visits.hidden(as_therapist.get(visits.url(visit, "explain")))
    keep(as_therapist, visit, "explain", told, personal_link="half a sent")
    as_therapist.post(visits.url(visit, "explain"), told | visits.ANSWERS["explain"])
    page = as_therapist.get(visits.url(visit, "explain")).content.decode()
    assert "It starts on the drive to the course." in page
    assert "half a sent" not in page


def test_a_draft_on_an_old_page_still_conflicts_when_it_is_saved(as_therapist, visit, colleague):
    told = visits.hidden(as_therapist.get(visits.url(visit, "explain")))
    keep(as_therapist, visit, "explain", told, personal_link="half a sent")
    visits.save(visit, "explain", {"personal_link": "What Bea wrote"}, by=colleague)
    restored = visits.hidden(as_therapist.get(visits.url(visit, "explain")))
    assert restored["base"] == "0"
    reply = as_therapist.post(visits.url(visit, "explain"), restored | {"personal_link": "half a sent"})
    assert reply.status_code == 409


def test_a_draft_can_be_thrown_away(as_therapist, visit):
    told = visits.hidden(as_therapist.get(visits.url(visit, "explain")))
    keep(as_therapist, visit, "explain", told, personal_link="half a sent")
    reply = as_therapist.post(visits.url(visit, "explain"), told | {"do": "discard"})
    assert reply.url == visits.url(visit, "explain")
    assert not Draft.objects.exists()


def test_throwing_away_leaves_the_drafts_of_others(as_therapist, visit, colleague):
    theirs = signed_in(colleague)
    keep(
        theirs, visit, "explain", visits.hidden(theirs.get(visits.url(visit, "explain"))), personal_link="Bea"
    )
    told = visits.hidden(as_therapist.get(visits.url(visit, "explain")))
    as_therapist.post(visits.url(visit, "explain"), told | {"do": "discard"})
    assert Draft.objects.get().user == colleague


@pytest.mark.parametrize("who", ["colleague", "stranger"])
def test_another_persons_key_cannot_be_written(as_therapist, visit, colleague, stranger, who):
    told = visits.hidden(as_therapist.get(visits.url(visit, "explain")))
    keep(as_therapist, visit, "explain", told, personal_link="mine")
    before = Draft.objects.values().get()
    user = colleague if who == "colleague" else stranger
    other = visit if who == "colleague" else visits.open_gate(visits.begin(stranger))
    reply = keep(signed_in(user), other, "explain", told, personal_link="not mine")
    assert reply.status_code == 409
    assert Draft.objects.values().get() == before


def test_a_draft_is_not_part_of_the_record_or_the_trace(as_therapist, visit):
    told = visits.hidden(as_therapist.get(visits.url(visit, "explain")))
    before = visits.contents(Draft)
    keep(as_therapist, visit, "explain", told, personal_link="half a sent")
    assert visits.contents(Draft) == before


def test_secrets_of_the_form_are_not_kept_in_a_draft(as_therapist, therapist, visit):
    told = visits.hidden(as_therapist.get(visits.url(visit, "explain")))
    keep(
        as_therapist,
        visit,
        "explain",
        told,
        csrfmiddlewaretoken="t",
        typed_by=str(therapist.pk),
        do="show",
        fits_me="3",
    )
    assert Draft.objects.get().body == "fits_me=3"


@pytest.mark.parametrize(
    "told", [{}, {"key": "x", "base": "0"}, {"key": str(KEY), "base": "٣"}, {"key": str(KEY)}]
)
def test_a_form_without_its_key_or_base_is_not_found(as_therapist, visit, told):
    for address in (visits.url(visit, "explain"), reverse("draft", args=[visit.pk, "explain"])):
        assert as_therapist.post(address, told | {"personal_link": "x"}).status_code == 404
    assert not StepEntry.objects.exists()
    assert not Draft.objects.exists()


# --- After completion -------------------------------------------------------------------------


def test_a_completed_visit_refuses_saves_drafts_and_buttons(as_therapist, visit):
    told = visits.hidden(as_therapist.get(visits.url(visit, "explain")))
    visits.completed(visit)
    before = visits.contents()
    address = visits.url(visit, "explain")
    for posted in ({"do": "save"}, {"do": "add:belief"}, {"do": "attention"}, {"do": "show"}, {}):
        reply = as_therapist.post(address, told | {"personal_link": "too late"} | posted)
        assert reply.status_code == 409
        assert "too late" in reply.content.decode()
        assert "completed" in visits.words(reply)
    assert keep(as_therapist, visit, "explain", told, personal_link="too late").status_code == 409
    assert visits.contents() == before
    assert as_therapist.get(address).url == reverse("review", args=[visit.pk]) + "#h-explain"


def test_what_was_heard_at_a_completed_visit_keeps_its_words(visit, therapist):
    visits.save(visit, "beliefs")
    visits.completed(visit)
    later = visits.open_gate(visits.begin(therapist, visit.client))
    belief = Belief.objects.get()
    visits.save(
        later,
        "beliefs",
        {
            "belief": str(belief.pk),
            f"belief-{belief.pk}-statement": "Rewritten",
            f"belief-{belief.pk}-conviction": "45",
        },
    )
    belief.refresh_from_db()
    assert belief.statement == "Every swing grinds my discs down."
    assert list(belief.ratings.order_by("id").values_list("conviction", flat=True)) == [80, 45]


@pytest.mark.parametrize("name", ["belief", "alternative", "activity", "goal"])
def test_what_was_heard_at_a_completed_visit_cannot_be_removed_later(visit, therapist, name):
    row = one_row(visit, name)
    visits.completed(visit)
    later = visits.open_gate(visits.begin(therapist, visit.client))
    slug, model, _ = ROWS[name]
    read = visits.document(later, slug, {name: str(row.pk), f"{name}-{row.pk}-remove": "yes"})
    assert not read.is_valid()
    assert "earlier visit" in str(read.form.errors)
    assert model.objects.filter(pk=row.pk).exists()


# --- Replies ----------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["plain", "htmx"])
def test_each_reply_has_its_number_with_and_without_htmx(as_therapist, client, visit, colleague, headers):
    told = visits.hidden(as_therapist.get(visits.url(visit, "explain")))
    address = visits.url(visit, "explain")
    assert as_therapist.post(address, told | {"fits_me": "11"}, headers=headers).status_code == 422
    visits.save(visit, "explain", by=colleague)
    assert as_therapist.post(address, told | {"fits_me": "3"}, headers=headers).status_code == 409
    gone = client.post(address, told | {"personal_link": "typed when signed out"}, headers=headers)
    assert gone.status_code == 401
    assert ("typed when signed out" in gone.content.decode()) is (not headers)


def test_a_form_made_for_somebody_else_is_not_taken(as_therapist, visit, colleague):
    told = visits.hidden(as_therapist.get(visits.url(visit, "explain")))
    reply = as_therapist.post(
        visits.url(visit, "explain"), told | {"typed_by": str(colleague.pk), "personal_link": "Bea's words"}
    )
    assert reply.status_code == 403
    assert not StepEntry.objects.exists()


# --- States -----------------------------------------------------------------------------------


def test_before_you_go_restates_steps_1_and_2_without_touching_their_numbers(visit):
    visits.save(visit, "acknowledge")
    visits.save(visit, "explain")
    assert visits.state(visit, "acknowledge") == ("enough", ["how understood they felt"])
    assert visits.state(visit, "explain") == ("enough", ["how much sense it makes"])
    stamps = list(visit.steps.order_by("slug").values_list("slug", "saved_at").exclude(slug="before-you-go"))
    visits.save(visit, "before-you-go")
    assert visits.state(visit, "acknowledge") == ("full", [])
    assert visits.state(visit, "explain") == ("full", [])
    assert dict(visit.steps.values_list("slug", "number").filter(number__gt=0)) == {
        "acknowledge": 1,
        "explain": 1,
        "before-you-go": 1,
    }
    assert stamps == list(
        visit.steps.order_by("slug").values_list("slug", "saved_at").exclude(slug="before-you-go")
    )


def test_beliefs_restate_step_4(visit):
    visits.save(visit, "beliefs")
    visits.save(visit, "reframe")
    assert visits.state(visit, "reframe")[0] == "enough"
    visits.save(
        visit,
        "reframe",
        {"experiment": "new1", "experiment-new1-movement": "Swings", "progress_marker": "Holes"},
    )
    assert visits.state(visit, "reframe") == ("full", [])
    extra = {"belief": "new1", "belief-new1-statement": "It will never end", "belief-new1-focus": "yes"}
    visits.save(visit, "beliefs", extra)
    assert visits.state(visit, "reframe") == ("enough", ["one for each belief you work on"])


def test_a_step_that_may_not_be_saved_yet_is_refused_by_the_action(therapist):
    visit = visits.begin(therapist)
    with pytest.raises(Refused, match="after the safety check"):
        visits.save(visit, "explain", {})
    visit = visits.change(
        visit,
        outcome="clear_to_proceed",
        outcome_by=therapist,
        outcome_at=timezone.now(),
        consent_to_record="no",
    )
    with pytest.raises(Refused, match="said no to a record"):
        visits.save(visit, "explain", {})


@pytest.mark.parametrize(("told", "drafts"), [({}, 0), ({"personal_link": "On the tram"}, 1)])
def test_a_way_out_keeps_a_draft_only_of_what_is_not_in_the_record(as_therapist, visit, told, drafts):
    visits.save(visit, "explain")
    shown = visits.as_shown(visit, "explain") | told
    assert visits.send(as_therapist, visit, "explain", shown, do="attention").status_code == 302
    assert Draft.objects.count() == drafts


def test_a_way_out_keeps_what_was_removed_and_what_was_taken_back(as_therapist, visit):
    visits.save(visit, "beliefs")
    shown = visits.as_shown(visit, "beliefs")
    gone = {f"belief-{shown['belief'][0]}-remove": "yes"}
    key = visits.hidden(as_therapist.get(visits.url(visit, "beliefs")))
    as_therapist.post(visits.url(visit, "beliefs"), key | shown | gone | {"do": "attention"})
    assert "remove=yes" in Draft.objects.get().body
    as_therapist.post(visits.url(visit, "beliefs"), key | shown | {"do": "attention"})
    assert "remove=yes" not in Draft.objects.get().body
