"""Every step of a consultation does the same: it opens, saves, refuses, restores. The matrix is STEPS."""

import re
import uuid
from operator import attrgetter

import pytest
from django.urls import reverse
from django.utils import timezone

from consults.models import Draft
from consults.steps import BY_SLUG, SEVEN, STEPS, following
from consults.steps.arranging import arrange
from consults.steps.asks import Ask, Asks, furthest
from tests import visits

every_step = pytest.mark.parametrize("step", STEPS, ids=attrgetter("slug"))

# One text per step that its good answers hold, and that its page must show again.
A_WORD = {
    "safety": "clear_to_proceed",
    "acknowledge": "Saturday golf",
    "explain": "It starts on the drive to the course.",
    "beliefs": "Every swing grinds my discs down.",
    "reframe": "Out of practice and jumpy, not worn away",
    "activities": "Chip in the garden",
    "resources": "Carrying the bag unasked",
    "timescale": "Nine holes once a fortnight",
    "before-you-go": "9",
}
# One answer per step that cannot be right.
BAD = {
    "safety": {"outcome": "probably fine"},
    "acknowledge": {"consent_to_record": "yes", "duration_months": "1_0"},
    "explain": {"fits_me": "11"},
    "beliefs": {"belief": "new1", "belief-new1-statement": "", "belief-new1-impact": "5"},
    "reframe": {"alternative": "new1", "alternative-new1-text": "x", "alternative-new1-believability": "33"},
    "activities": {"activity": "new1", "activity-new1-activity": "x", "activity-new1-confidence": "11"},
    "resources": {"ally": "new1", "ally-new1-name": "", "ally-new1-will_do": "walk"},
    "timescale": {
        "review": "new1",
        "review-new1-due-day": "31",
        "review-new1-due-month": "2",
        "review-new1-due-year": "2026",
    },
    "before-you-go": {"makes_sense": "1_0"},
}


@pytest.fixture
def visit(therapist):
    visit = visits.open_gate(visits.begin(therapist))
    visits.save(visit, "beliefs")
    visits.save(visit, "activities")
    return visit


def test_a_first_visit_lists_the_story_before_the_check_and_a_later_one_after_it(as_therapist, visit):
    def listed(of):
        return re.findall(
            r'class="name">([^<]+)<', as_therapist.get(visits.url(of, "acknowledge")).content.decode()
        )

    assert listed(visit)[:3] == ["Acknowledge", "Safety check", "Explain"]
    visits.completed(visits.open_gate(visit))
    later = visits.begin(visit.therapist, visit.client)
    assert listed(later)[:3] == ["Safety check", "Acknowledge", "Explain"]


def answers(visit, step):
    """Good answers that make no second belief or activity."""
    return visits.good(step.slug, visit)


def test_there_is_one_good_set_of_answers_for_exactly_the_nine_steps():
    assert set(visits.ANSWERS) == {
        "safety",
        "acknowledge",
        "explain",
        "beliefs",
        "reframe",
        "activities",
        "resources",
        "timescale",
        "before-you-go",
    }
    assert list(visits.ANSWERS) == [step.slug for step in STEPS]
    assert set(A_WORD) == set(BAD) == set(visits.ANSWERS)


def test_the_seven_steps_come_in_the_order_of_the_article():
    assert [step.slug for step in SEVEN] == [
        "acknowledge",
        "explain",
        "beliefs",
        "reframe",
        "activities",
        "resources",
        "timescale",
    ]


def test_a_first_visit_goes_from_the_story_to_the_safety_check_and_on():
    way, step = ["acknowledge"], SEVEN[0]
    while step := following(step, gate_done=False):
        way.append(step.slug)
    assert way == [
        "acknowledge",
        "safety",
        "explain",
        "beliefs",
        "reframe",
        "activities",
        "resources",
        "timescale",
        "before-you-go",
    ]
    assert following(SEVEN[0], gate_done=True).slug == "explain"


@every_step
def test_a_step_opens_as_a_page_and_as_a_piece(as_therapist, visit, step):
    page = as_therapist.get(visits.url(visit, step.slug))
    piece = as_therapist.get(visits.url(visit, step.slug), headers={"HX-Request": "true"})
    assert (page.status_code, piece.status_code) == (200, 200)
    assert page.content.decode().count("<html") == 1
    assert "<html" not in piece.content.decode()
    assert "<body" not in piece.content.decode()
    assert visits.hidden(piece)["base"] == visits.hidden(page)["base"]
    assert "HX-Request" in page["Vary"]


@every_step
def test_what_was_saved_is_shown_again(as_therapist, visit, step):
    reply = visits.send(as_therapist, visit, step.slug, answers(visit, step))
    assert reply.status_code == 302, visits.words(reply)[:600]
    page = as_therapist.get(visits.url(visit, step.slug)).content.decode()
    assert A_WORD[step.slug] in page
    if step.slug == "before-you-go":
        assert 'value="9" checked' in page
        assert 'value="7" checked' in page


AFTER = {
    "safety": "explain",
    "acknowledge": "explain",
    "explain": "beliefs",
    "beliefs": "reframe",
    "reframe": "activities",
    "activities": "resources",
    "resources": "timescale",
    "timescale": "before-you-go",
}


@every_step
def test_saving_leads_on(as_therapist, visit, step):
    told = answers(visit, step)
    visit.steps.exclude(slug=step.slug).update(state="begun")
    reply = visits.send(as_therapist, visit, step.slug, told)
    after = AFTER.get(step.slug)
    assert reply.url == (visits.url(visit, after) if after else reverse("plan", args=[visit.pk]))


NEXT = re.compile(r'name="do" value="save">([^<]+)<svg')


def leads_to(browser, visit, slug):
    """What the button of a step says, and where it leads; the step is saved as it stands."""
    page = browser.get(visits.url(visit, slug)).content.decode()
    return NEXT.search(page)[1], visits.send(browser, visit, slug, visits.as_shown(visit, slug)).url


def test_an_older_step_leads_on_to_the_first_one_that_is_still_thin(as_therapist, visit):
    for slug in ("explain", "beliefs", "reframe", "activities"):
        visits.save(visit, slug)
    support = ("Next: support and resources", visits.url(visit, "resources"))
    assert leads_to(as_therapist, visit, "beliefs") == support
    visits.change(visit).steps.filter(slug="activities").update(state="begun")
    assert leads_to(as_therapist, visit, "explain") == (
        "Next: what matters to you",
        visits.url(visit, "activities"),
    )


def test_a_step_not_for_today_is_passed_over_too(as_therapist, visit):
    visits.save(visit, "explain")
    visits.save(visit, "beliefs", {"not_appropriate_reason": "They are tired."})
    assert leads_to(as_therapist, visit, "explain")[1] == visits.url(visit, "reframe")


def test_a_step_where_something_waits_unsaved_is_not_passed_over(as_therapist, visit):
    for slug in ("explain", "beliefs", "reframe"):
        visits.save(visit, slug)
    told = visits.hidden(as_therapist.get(visits.url(visit, "beliefs")))
    as_therapist.post(reverse("draft", args=[visit.pk, "beliefs"]), told | {"private_notes": "Half a sent"})
    said, url = leads_to(as_therapist, visit, "explain")
    assert (said, url) == ("Next: beliefs about the pain", visits.url(visit, "beliefs"))


def test_when_every_later_step_has_enough_an_older_one_leads_to_the_plan(as_therapist, visit):
    visits.save_all(visit)
    visit.steps.update(state="enough")
    said, url = leads_to(as_therapist, visit, "beliefs")
    assert (said, url) == ("Next: look at the plan together", reverse("plan", args=[visit.pk]))


@pytest.mark.parametrize("nonsense", ["elsewhere", "//evil.example", "safety", ""])
def test_a_way_on_that_is_no_step_to_come_is_the_next_one(as_therapist, visit, nonsense):
    told = visits.hidden(as_therapist.get(visits.url(visit, "explain"))) | {"on": nonsense}
    reply = as_therapist.post(visits.url(visit, "explain"), told | {"do": "save"})
    assert reply.url == visits.url(visit, "beliefs")


@pytest.mark.parametrize("consent", ["", "no"])
def test_consent_given_now_opens_the_steps_that_waited_for_it(as_therapist, visit, consent):
    """The check may be done before anybody was asked for consent, or a no may become a yes."""
    visit.steps.update(saved_at=None, saved_by=None, state="not_started", number=0)
    visits.change(visit, consent_to_record=consent)
    reply = visits.send(as_therapist, visit, "acknowledge", {"consent_to_record": "yes"})
    assert reply.url == visits.url(visit, "explain")


def test_after_a_no_to_a_record_saving_leads_on_to_what_may_be_kept(as_therapist, visit):
    reply = visits.send(as_therapist, visit, "acknowledge", {"consent_to_record": "no"})
    assert reply.url == visits.url(visit, "activities")


@every_step
def test_nothing_but_save_pressed_is_a_save(as_therapist, visit, step):
    told = {"consent_to_record": "yes"} if step.slug == "acknowledge" else {}
    before = visit.entries.filter(slug=step.slug).count()
    assert visits.send(as_therapist, visit, step.slug, told).status_code == 302
    assert visit.entries.filter(slug=step.slug).count() == before + 1


@every_step
def test_what_cannot_be_right_is_refused_and_the_words_stay(as_therapist, visit, step):
    told = BAD[step.slug] | {"private_notes": "My own note, typed here"}
    before = visit.entries.count()
    reply = visits.send(as_therapist, visit, step.slug, told)
    page = reply.content.decode()
    assert reply.status_code == 422
    assert 'id="errors"' in page
    assert "My own note, typed here" in page
    assert visit.entries.count() == before


@every_step
def test_an_old_page_is_a_conflict(as_therapist, visit, step):
    told = visits.hidden(as_therapist.get(visits.url(visit, step.slug)))
    visits.save(visit, step.slug, {"consent_to_record": "yes", "private_notes": "Bea wrote this"})
    mine = {"consent_to_record": "yes", "private_notes": "Ann wrote this"}
    reply = as_therapist.post(visits.url(visit, step.slug), told | mine)
    assert reply.status_code == 409
    assert "Bea wrote this" in visits.words(reply)
    assert "Ann wrote this" in visits.words(reply)


@every_step
def test_a_draft_is_restored(as_therapist, visit, step):
    told = visits.hidden(as_therapist.get(visits.url(visit, step.slug)))
    as_therapist.post(reverse("draft", args=[visit.pk, step.slug]), told | {"private_notes": "Half a sent"})
    page = as_therapist.get(visits.url(visit, step.slug))
    assert "Half a sent" in page.content.decode()
    assert visits.hidden(page) == told


@every_step
def test_a_step_that_waits_says_why_and_takes_nothing(as_therapist, therapist, step):
    visit = visits.begin(therapist)
    page = as_therapist.get(visits.url(visit, step.slug))
    assert page.status_code == 200
    key = {"key": str(uuid.uuid4()), "base": "0"}
    reply = as_therapist.post(
        visits.url(visit, step.slug), key | {"consent_to_record": "yes", "client_words": "Early"}
    )
    if step.slug in ("safety", "acknowledge", "before-you-go"):
        assert 'name="key"' in page.content.decode()
        assert reply.status_code == 302
    else:
        assert "This opens after the safety check." in visits.words(page)
        assert 'name="key"' not in page.content.decode()
        assert reply.status_code == 409
        assert "Early" in reply.content.decode()
        assert not visit.entries.exists()


@every_step
def test_without_consent_to_a_record_only_the_check_and_the_plan_are_kept(as_therapist, visit, step):
    visit = visits.change(visit, consent_to_record="no")
    page = visits.words(as_therapist.get(visits.url(visit, step.slug)))
    waits = "They said no to a record" in page
    assert waits is (step.slug in ("explain", "beliefs", "reframe"))


@every_step
def test_a_step_can_be_set_aside_with_a_reason(visit, step):
    told = {"not_appropriate_reason": "She was too tired", "consent_to_record": "yes"}
    visits.save(visit, step.slug, told)
    assert visits.state(visit, step.slug) == ("not_appropriate", [])
    assert visit.steps.get(slug=step.slug).not_appropriate_reason == "She was too tired"
    visits.save(visit, step.slug, answers(visit, step))
    assert visits.state(visit, step.slug)[0] in ("enough", "full")


@every_step
def test_a_step_of_no_such_name_is_not_found(as_therapist, visit, step):
    assert as_therapist.get(visits.url(visit, f"{step.slug}-x")).status_code == 404
    assert as_therapist.put(visits.url(visit, step.slug)).status_code == 405


def test_a_state_counts_answers_and_nothing_else():
    there, missing, wanting = Ask("a", "words"), Ask("b", ""), Ask("c", None)
    assert Asks([missing]).stand == ("not_started", ["b"])
    assert Asks([missing], begun=True).stand == ("begun", ["b"])
    assert Asks([there, missing], [there]).stand == ("begun", ["b"])
    assert Asks([there], [wanting]).stand == ("enough", ["c"])
    assert Asks([there], [there]).stand == ("full", [])
    assert Asks([there, missing, wanting]).next is missing
    assert Asks([there]).next is None


def test_of_two_rows_the_one_that_got_further_counts():
    there, missing = Ask("a", True), Ask("b", False)
    levels, half = Asks([missing, missing], [there]), Asks([there, missing])
    more = Asks([there, missing], [there])
    assert furthest([levels, half]) is half  # what can wait does not make up for what is asked today
    assert furthest([half, more]) is more


def test_the_page_never_shows_the_clients_full_name_in_its_address_or_title(as_therapist, visit):
    page = as_therapist.get(visits.url(visit, "acknowledge")).content.decode()
    title = page.partition("<title>")[2].partition("</title>")[0]
    assert "Graham" in title
    assert "Reid" not in title


def test_the_client_shows_the_newest_answer_about_a_record(visit):
    visits.save(visit, "acknowledge", {"consent_to_record": "no"})
    visit.client.refresh_from_db()
    assert (visit.client.consent_to_record, visit.client.consent_to_record_on) == ("no", visit.held_on)


def test_with_no_to_a_record_no_story_is_stored(visit):
    told = visits.ANSWERS["acknowledge"] | {"consent_to_record": "no"}
    read = visits.document(visit, "acknowledge", told)
    assert not read.is_valid()
    assert "nothing of the story may be kept" in visits.faults(read)["consent_to_record"]


def test_the_card_of_a_belief_says_how_true_it_was_earlier_in_the_visit(as_therapist, therapist):
    visit = visits.open_gate(visits.begin(therapist))
    words = "Every swing grinds my discs down."
    visits.change(visit, client_explanation=words, explanation_conviction=85)
    told = {"belief": "new1", "belief-new1-statement": words}
    page = visits.words(visits.send(as_therapist, visit, "beliefs", told, do="show"))
    assert "True 85 in step 1, not asked again yet" in page
    assert "stays in the record" not in page
    Draft.objects.all().delete()
    visits.save(visit, "beliefs", told | {"belief-new1-conviction": "70"})
    page = visits.words(as_therapist.get(visits.url(visit, "beliefs")))
    assert "True 70 , in step 1 85 Other questions" in page
    assert "The first answer stays in the record." in page
    assert "Still 85 , as in step 1" in page
    visits.change(visit, client_explanation="Something else")
    page = visits.words(as_therapist.get(visits.url(visit, "beliefs")))
    assert "True 70 Other questions" in page
    told = {"belief": (id := str(visit.client.beliefs.get().pk)), f"belief-{id}-statement": words}
    page = visits.words(
        visits.send(as_therapist, visit, "beliefs", told | {f"belief-{id}-conviction": "50"}, do="show")
    )
    assert "True 50 , at first 70 Other questions" in page


def test_the_record_says_how_true_the_same_words_felt_in_step_1(as_therapist, therapist):
    visit = visits.open_gate(visits.begin(therapist))
    visits.change(visit, client_explanation="Every swing grinds my discs down.", explanation_conviction=85)
    for conviction, told in (
        ("85", "True 85 of 100 The idea"),
        ("50", "True 50 of 100 (85 in step 1) The idea"),
    ):
        visits.change(visit).client.beliefs.all().delete()
        visits.save(visit, "beliefs", visits.ANSWERS["beliefs"] | {"belief-new1-conviction": conviction})
        record = as_therapist.get(reverse("review", args=[visit.pk])).content.decode()
        assert told in visits.words_of(re.sub(r"</?b>", "", record))


@pytest.mark.parametrize(
    ("missed", "sign"),
    [
        ("Choir. Standing for the hour, I cannot do it.", "Choir: doing it with others"),
        ("Golf, with the boys", "Golf, with the boys: doing it with others"),
        ("Would I ever dance again?", "Would I ever dance again: doing it with others"),
        ("St. Mary’s choir", "St. Mary’s choir: doing it with others"),
        ("No. 7 bus to town. I used to go each week.", "No. 7 bus to town: doing it with others"),
    ],
)
def test_a_sign_of_progress_begins_with_what_they_miss_and_not_with_all_they_said_of_it(visit, missed, sign):
    visit.client.activities.all().delete()
    visits.save(visit, "acknowledge", visits.ANSWERS["acknowledge"] | {"loss-new1-words": missed})
    data = visits.posted({})
    arranged = arrange(BY_SLUG["reframe"], visits.change(visit), data, "put:marker:with_whom")
    assert arranged["progress_marker"] == sign


def test_a_belief_rated_before_and_after_the_explanation_says_so(visit, therapist):
    assert visit.belief_ratings.get().context == "before"
    visits.save(visit, "explain")
    visits.save(
        visit, "beliefs", {"belief": "new1", "belief-new1-statement": "New", "belief-new1-conviction": "50"}
    )
    assert visit.belief_ratings.get(belief__statement="New").context == "after"
    assert visit.steps.get(slug="explain").saved_at <= timezone.now()
