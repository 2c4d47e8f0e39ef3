"""Links to a plan: a secret that is stored nowhere, one page that tells nothing, one that shows the plan."""

import hashlib
import json
from datetime import timedelta
from unittest import mock
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.core import signing
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consults.actions import plans as actions
from consults.actions.consultations import version_of
from consults.exports.qr import qr
from consults.models import Ally, PlanLink, Review
from consults.views import plans as views
from painconsult.accounts.models import Clinic
from painconsult.audit.models import AuditEvent
from painconsult.errors import Refused
from tests import factories
from tests.conftest import without_append_only
from tests.qr_reading import squares, text_in
from tests.visits import (
    completed,
    make_activity,
    make_client,
    make_flare_plan,
    make_goal,
    make_visit,
    value_of,
)

DOOR, PLAN = "/p", "/p/plan"
WRONG = "w" * 43


@pytest.fixture
def visit(therapist):
    visit = make_visit(make_client(therapist), therapist)
    make_activity(visit)
    make_goal(visit)
    make_flare_plan(visit)
    return visit


@pytest.fixture
def plan(visit):
    return publish(visit).plan


@pytest.fixture
def made(plan, therapist):
    return actions.new_link(plan, "Phone", by=therapist)


@pytest.fixture
def phone():
    """A browser that nobody has signed in with."""
    return Client()


def publish(visit, struck=()):
    return actions.publish(visit, list(struck), by=visit.therapist, seen=version_of(visit))


def press(phone, secret, **more):
    return phone.post(DOOR, {"secret": secret}, **more)


# --- the secret -----------------------------------------------------------------------------------


def test_a_secret_has_256_bits_and_is_stored_nowhere(plan, as_therapist, phone):
    reply = as_therapist.post(reverse("new_link", args=[plan.client_id]), {"label": "Phone"})
    secret = reply.context["made"]["url"].partition("#")[2]
    assert len(secret) == 43
    assert press(phone, secret).status_code == 302
    press(phone, WRONG)
    assert [place for place, text in stored_texts() if secret in text] == []
    assert PlanLink.objects.get().secret_hash not in ("", secret, hashlib.sha256(secret.encode()).hexdigest())


def test_the_link_is_shown_once(plan, as_therapist):
    reply = as_therapist.post(reverse("new_link", args=[plan.client_id]), {"label": "Mum’s tablet"})
    secret = reply.context["made"]["url"].partition("#")[2]
    assert reply.status_code == 200
    assert f"{settings.SITE_URL}/p#{secret}" in reply.content.decode()
    again = as_therapist.get(reverse("plan", args=[plan.versions.first().consultation_id]))
    assert secret not in again.content.decode()
    assert "Mum’s tablet" in again.content.decode()


def test_the_code_beside_a_new_link_opens_the_same_address(plan, as_therapist):
    reply = as_therapist.post(reverse("new_link", args=[plan.client_id]), {"label": "Phone"})
    assert text_in(squares(qr_of(reply))) == reply.context["made"]["url"]


@pytest.mark.parametrize("length", [20, 40, 62, 63, 84, 106])
def test_what_a_code_says_can_be_read_from_its_squares(length):
    text = ("https://pain.example/p#" + "aZ-_9" * 20)[:length]
    drawing = render_to_string("consults/plan/_qr.html", {"qr": qr(text), "name": "Code"})
    assert text_in(squares(drawing)) == text


def test_a_code_is_drawn_without_styles_and_in_whole_pixels(plan, as_therapist):
    drawing = ElementTree.fromstring(
        qr_of(as_therapist.post(reverse("new_link", args=[plan.client_id]), {"label": "Phone"}))
    )
    side = int(drawing.get("viewBox").split()[-1])
    assert drawing.get("width") == drawing.get("height")
    assert int(drawing.get("width")) % side == 0
    assert 220 <= int(drawing.get("width")) <= 275
    assert (drawing.get("role"), drawing.get("aria-label")) == ("img", "QR code that opens the plan")
    assert not [part for part in drawing.iter() if {"style", "fill", "href"} & set(part.attrib)]


def test_a_page_of_a_new_link_that_is_loaded_again_makes_no_other(plan, as_therapist):
    new_link = reverse("new_link", args=[plan.client_id])
    page = as_therapist.get(reverse("plan", args=[plan.versions.first().consultation_id]))
    told = {"label": "Phone", "known": value_of(page, "known")}
    made = as_therapist.post(new_link, told)
    again = as_therapist.post(new_link, told)
    assert (made.status_code, again.status_code) == (200, 409)
    assert PlanLink.objects.count() == 1
    assert "A link was made already" in again.content.decode()
    assert again.context["made"] is None
    another = as_therapist.post(new_link, {"label": "Tablet", "known": value_of(again, "known")})
    assert another.status_code == 200
    assert PlanLink.objects.count() == 2


def test_after_a_link_is_made_an_open_visit_can_be_completed(plan, visit, as_therapist):
    where = f"{reverse('review', args=[visit.pk])}#h-complete"
    new_link = reverse("new_link", args=[plan.client_id])
    assert (
        f'href="{where}">Next: complete this visit'
        in as_therapist.post(new_link, {"label": "Phone"}).content.decode()
    )
    assert 'id="h-complete"' in as_therapist.get(where).content.decode()
    completed(visit)
    assert "complete this visit" not in as_therapist.post(new_link, {"label": "Phone"}).content.decode()


def test_the_code_is_where_the_address_is_and_nowhere_else(made, plan, as_therapist):
    mark = 'class="qr"'
    new_link = reverse("new_link", args=[plan.client_id])
    for page in (
        as_therapist.get(reverse("plan", args=[plan.versions.first().consultation_id])),
        as_therapist.get(reverse("client", args=[plan.client_id])),
        as_therapist.post(new_link, {"label": ""}),
    ):
        assert mark not in page.content.decode()
    assert as_therapist.post(new_link, {"label": "Phone"}).content.decode().count(mark) == 1


def qr_of(reply):
    told = reply.content.decode()
    return told[told.index('<svg class="qr"') :].partition("</svg>")[0] + "</svg>"


@pytest.mark.parametrize("told", [{"label": ""}, {"label": "a\x00b"}, {"label": "Phone", "days": "9999"}])
def test_a_link_without_a_name_or_with_a_made_up_length_is_not_made(plan, as_therapist, told):
    reply = as_therapist.post(reverse("new_link", args=[plan.client_id]), told)
    assert reply.status_code == 422
    assert not PlanLink.objects.exists()


def test_two_links_have_two_secrets(plan, therapist):
    (_, one), (_, two) = (actions.new_link(plan, "Phone", by=therapist) for _ in range(2))
    assert one != two


# --- the door -------------------------------------------------------------------------------------


def test_the_door_tells_nothing_about_anybody(made, plan, phone):
    reply = phone.get(DOOR)
    told = reply.content.decode().casefold()
    assert "<title>open your page</title>" in told
    for word in ("graham", "pain", plan.clinic.name.casefold(), "therapist", "og:"):
        assert word not in told, word
    assert reply.cookies == {}


def test_the_door_says_which_clinic_only_by_its_neutral_name_and_where_there_is_one(made, plan, phone):
    Clinic.objects.update(display_name="Harbour Lane")
    told = phone.get(DOOR).content.decode()
    assert "Harbour Lane" in told
    assert plan.clinic.name not in told
    factories.make_clinic(display_name="Hill Street")
    told = phone.get(DOOR).content.decode()
    assert "Harbour Lane" not in told
    assert "Hill Street" not in told


def test_an_opened_plan_says_whose_it_is_from_where_and_what_it_is_for(made, plan, phone):
    press(phone, made[1])
    told = phone.get(PLAN).content.decode()
    top = told.partition('class="bad-day')[0]
    for words in (
        "Graham’s plan",
        f"With your massage therapist at {plan.clinic.name}",
        "Why it matters to you",
    ):
        assert words in top
    assert "<title>Your plan</title>" in told


def test_wherever_half_an_hour_is_told_it_is_told_that_the_link_opens_again(made, phone):
    """Read quickly, "it closes again" was taken for the end of the plan."""
    told = [phone.get(DOOR).content.decode(), phone.get(PLAN).content.decode()]
    press(phone, made[1])
    for page in [*told, phone.get(PLAN).content.decode()]:
        after = page.partition("half an hour")[2]
        assert "Your link opens it again, as often as you like" in after or "open your link again" in after


@pytest.mark.parametrize("agent", ["WhatsApp/2.23", "Slackbot-LinkExpanding 1.0", "Outlook SafeLinks"])
@pytest.mark.parametrize("method", ["get", "head", "options"])
@pytest.mark.parametrize("path", [DOOR, PLAN])
def test_a_preview_or_a_scanner_opens_and_writes_nothing(made, phone, agent, method, path):
    before = checksum()
    getattr(phone, method)(path, headers={"user-agent": agent})
    assert checksum() == before


def test_looking_at_an_opened_plan_writes_nothing(made, phone):
    press(phone, made[1])
    before = checksum()
    assert phone.get(PLAN).status_code == 200
    assert checksum() == before


@pytest.mark.parametrize("wrapped", ["{}", " {} ", "https://pain.example/p#{}", "https://pain.example/p#{}."])
def test_a_code_or_a_whole_link_can_be_pasted(made, phone, wrapped):
    assert press(phone, wrapped.format(made[1])).status_code == 302


def test_pressing_without_a_code_asks_for_it(phone, db):
    reply = press(phone, "")
    assert reply.status_code == 422
    assert "There is no code here yet" in reply.content.decode()


def test_the_pages_of_a_link_may_not_be_kept_indexed_or_passed_on(made, phone):
    press(phone, made[1])
    for reply in (phone.get(DOOR), phone.get(PLAN), press(phone, WRONG)):
        assert reply["Cache-Control"] == "no-store"
        assert reply["X-Robots-Tag"] == "noindex, nofollow, noarchive"
        assert reply["Referrer-Policy"] == "no-referrer"


def test_a_press_from_another_site_is_refused(made, phone):
    reply = press(phone, made[1], headers={"sec-fetch-site": "cross-site"})
    assert reply.status_code == 403
    assert PlanLink.objects.get().times_opened == 0


# --- opening --------------------------------------------------------------------------------------


def test_a_press_opens_the_plan_and_counts_it(made, phone):
    reply = press(phone, made[1], follow=True)
    assert reply.redirect_chain == [(PLAN, 302)]
    told = reply.content.decode()
    assert "Graham’s plan" in told
    assert "<title>Your plan</title>" in told
    assert "Harbour clinic" in told
    press(phone, made[1])
    link = PlanLink.objects.get()
    assert link.times_opened == 2
    assert link.first_opened_at < link.last_opened_at
    events = AuditEvent.objects.filter(action="link_opened")
    assert list(events.values_list("object_id", "actor")) == [(str(link.pk), "")] * 2


def test_a_plan_needs_at_most_six_queries(made, phone, django_assert_max_num_queries):
    press(phone, made[1])
    with django_assert_max_num_queries(6):
        assert phone.get(PLAN).status_code == 200


def test_the_newest_version_is_shown(made, visit, phone):
    press(phone, made[1])
    goal = visit.client.goals.get()
    publish(visit, [f"goal-{goal.pk}"])
    told = phone.get(PLAN).content.decode()
    assert "Version 2" in told
    assert "Play golf with the group" not in told


def test_help_is_near_the_top_and_written_out(made, phone):
    told = press(phone, made[1], follow=True).content.decode()
    assert told.index('href="#help"') < told.index("Bad day?") < told.index("Your next small step")
    assert "Call 999 or go now" in told
    assert "thoughts that life is not worth living (116 123, day and night)" in told


def test_an_ally_who_takes_consent_back_leaves_the_page_at_once(visit, therapist, phone):
    ally = Ally.objects.create(
        clinic=visit.clinic,
        client=visit.client,
        heard_in=visit,
        name="Rosalind",
        consent="yes",
        will_do="calls on Sundays",
    )
    _, secret = actions.new_link(publish(visit).plan, "Phone", by=therapist)
    assert "Rosalind" in press(phone, secret, follow=True).content.decode()
    ally.consent = ""
    ally.save()
    assert "Rosalind" not in phone.get(PLAN).content.decode()


def test_times_are_shown_by_the_clinics_clock(made, plan, phone):
    type(plan.clinic).objects.update(time_zone="Pacific/Auckland")
    PlanLink.objects.update(expires_at=timezone.now() + timedelta(days=90))
    link = PlanLink.objects.get()
    press(phone, made[1])
    late = link.expires_at.replace(hour=20, minute=0)
    PlanLink.objects.update(expires_at=late)
    day = (late + timedelta(days=1)).strftime("%-d %B %Y")  # 20:00 UTC is the next morning there
    assert f"works until {day}" in phone.get(PLAN).content.decode()


# --- the cookie -----------------------------------------------------------------------------------


def test_the_cookie_is_signed_short_and_for_these_pages_only(made, phone):
    morsel = press(phone, made[1]).cookies[views.COOKIE]
    assert (morsel["path"], morsel["max-age"], morsel["samesite"]) == ("/p", 1800, "Lax")
    assert morsel["httponly"] is True
    told = signing.loads(morsel.value, salt=views.COOKIE_SALT)
    assert list(told) == [str(made[0].pk)]


def test_a_cookie_somebody_wrote_themselves_opens_nothing(made, phone):
    forged = signing.dumps({str(made[0].pk): 0}, salt="another purpose")
    for value in (forged, json.dumps({str(made[0].pk): 0}), "nonsense", ""):
        phone.cookies[views.COOKIE] = value
        reply = phone.get(PLAN)
        assert "Graham" not in reply.content.decode()


def test_a_cookie_with_one_letter_changed_opens_nothing(made, phone):
    value = press(phone, made[1]).cookies[views.COOKIE].value
    phone.cookies[views.COOKIE] = value[:-1] + ("a" if value[-1] != "a" else "b")
    assert "Graham" not in phone.get(PLAN).content.decode()


def test_after_half_an_hour_the_page_is_closed(made, phone):
    press(phone, made[1])
    later = signing.time.time() + 1801
    with mock.patch.object(signing.time, "time", return_value=later):
        reply = phone.get(PLAN)
    assert "Closed again" in reply.content.decode()
    assert "Graham" not in reply.content.decode()


def test_without_a_cookie_there_is_nothing_to_see(phone, db):
    reply = phone.get(PLAN)
    assert reply.status_code == 200
    assert "Open my plan" in reply.content.decode()


# --- links that open nothing ----------------------------------------------------------------------


def expire(link):
    PlanLink.objects.filter(pk=link.pk).update(expires_at=timezone.now() - timedelta(seconds=1))


def test_wrong_expired_and_revoked_get_the_same_answer(plan, therapist, phone):
    (over, first), (closed, second) = (actions.new_link(plan, "Phone", by=therapist) for _ in range(2))
    expire(over)
    actions.revoke(closed, by=therapist)
    replies = [press(phone, secret) for secret in (WRONG, first, second)]
    assert [reply.status_code for reply in replies] == [404, 404, 404]
    assert len({reply.content for reply in replies}) == 1
    assert "This link no longer opens" in replies[0].content.decode()
    assert "01632 960 001" in replies[0].content.decode()
    assert list(AuditEvent.objects.filter(action="link_refused").values_list("object_id", flat=True)) == [
        str(over.pk),
        str(closed.pk),
    ]


def test_where_a_site_has_two_clinics_an_unknown_code_names_neither(made, therapist, phone):
    factories.make_clinic(clinic_contact="01632 960 999")
    actions.revoke(made[0], by=therapist)
    assert "01632 960 001" in press(phone, made[1]).content.decode()
    told = press(phone, WRONG).content.decode()
    assert "01632" not in told
    assert "Call the number on your printed page" in told


def test_a_revoked_link_closes_a_page_that_is_open(made, therapist, phone):
    press(phone, made[1])
    actions.revoke(made[0], by=therapist)
    reply = phone.get(PLAN)
    assert reply.status_code == 404
    assert "Graham" not in reply.content.decode()
    assert PlanLink.objects.get().revoked_by == therapist


def test_an_expired_link_closes_a_page_that_is_open(made, phone):
    press(phone, made[1])
    expire(made[0])
    assert phone.get(PLAN).status_code == 404


def test_a_dead_link_is_not_counted_as_opened(made, therapist, phone):
    actions.revoke(made[0], by=therapist)
    press(phone, made[1])
    assert PlanLink.objects.get().times_opened == 0


def test_revoking_twice_keeps_the_first_time(made, therapist, manager):
    actions.revoke(made[0], by=therapist)
    actions.revoke(made[0], by=manager)
    assert PlanLink.objects.get().revoked_by == therapist
    assert AuditEvent.objects.filter(action="link_revoked").count() == 1


# --- home may not be safe -------------------------------------------------------------------------


def test_where_home_may_not_be_safe_no_link_is_made(plan, therapist, as_therapist):
    type(plan.client).objects.update(home_may_be_unsafe=True)
    with pytest.raises(Refused, match="Home may not be safe"):
        actions.new_link(plan, "Phone", by=therapist)
    reply = as_therapist.post(reverse("new_link", args=[plan.client_id]), {"label": "Phone"})
    assert reply.status_code == 409
    assert not PlanLink.objects.exists()


def test_where_home_may_not_be_safe_links_made_before_stop_opening(made, plan, phone):
    factories.make_clinic()
    press(phone, made[1])
    type(plan.client).objects.update(home_may_be_unsafe=True)
    assert phone.get(PLAN).content == press(phone, made[1]).content == press(phone, WRONG).content


# --- too many tries -------------------------------------------------------------------------------


def test_unknown_codes_are_limited_and_known_ones_never(made, therapist, phone):
    dead, dead_secret = actions.new_link(made[0].plan, "Old phone", by=therapist)
    actions.revoke(dead, by=therapist)
    with mock.patch.object(views.time, "time", return_value=1_800_000_000):
        answers = [press(phone, f"{number:043d}").status_code for number in range(31)]
        assert answers == [404] * 30 + [429]
        assert press(phone, dead_secret).status_code == 404
        assert press(phone, made[1]).status_code == 302
        assert press(phone, WRONG, REMOTE_ADDR="203.0.113.9").status_code == 404


def test_one_ipv6_network_is_one_address(phone, db):
    with mock.patch.object(views.time, "time", return_value=1_800_000_000):
        for number in range(30):
            press(phone, WRONG, REMOTE_ADDR=f"2001:db8::{number:x}")
        assert press(phone, WRONG, REMOTE_ADDR="2001:db8::ffff").status_code == 429
        assert press(phone, WRONG, REMOTE_ADDR="2001:db8:1::1").status_code == 404


# --- how long, and whose --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reviews", "goals", "days"),
    [
        ([], [], 90),
        ([3], [], 30),
        ([16], [], 30),
        ([30], [], 44),
        ([166], [], 180),
        ([200], [], 180),
        ([], [40], 54),
        ([], [3], 30),
        ([16], [42], 56),
        ([60], [42], 74),
        ([16, 90], [42, 150], 56),  # the next of each
        ([16], [-1], 30),
        ([16], [-1, 42], 56),
        ([-5], [-1], 90),
        ([0], [0], 30),
    ],
)
def test_a_link_lasts_until_two_weeks_after_the_next_review_and_the_nearest_goal(
    visit, therapist, reviews, goals, days
):
    today = timezone.localdate()
    for ahead in reviews:
        due = today + timedelta(days=ahead)
        Review.objects.create(clinic=visit.clinic, client=visit.client, booked_in=visit, due=due)
    for ahead in goals:
        make_goal(visit, title=f"In {ahead} days", due_date=today + timedelta(days=ahead))
    link, _ = actions.new_link(publish(visit).plan, "Phone", by=therapist)
    assert link.expires_at - link.created_at == timedelta(days=days)


def test_a_goal_that_was_left_out_of_the_plan_keeps_no_link_open(visit, therapist):
    goal = make_goal(visit, due_date=timezone.localdate() + timedelta(days=60))
    link, _ = actions.new_link(publish(visit, [f"goal-{goal.pk}"]).plan, "Phone", by=therapist)
    assert link.expires_at - link.created_at == timedelta(days=90)


def test_no_link_lasts_longer_than_180_days(plan, therapist):
    link, _ = actions.new_link(plan, "Phone", 9999, by=therapist)
    assert link.expires_at - link.created_at == timedelta(days=180)


def test_the_page_says_until_when_a_link_opens_if_nobody_says_otherwise(
    visit, plan, as_therapist, time_machine
):
    time_machine.move_to("2026-04-20T09:00:00Z", tick=True)
    told = as_therapist.get(reverse("plan", args=[visit.pk])).content.decode()
    assert "Works until" in told
    assert '<option value="">19 July 2026</option>' in told
    assert '<option value="30">20 May 2026 (30 days)</option>' in told


def test_a_link_needs_a_published_plan(therapist, as_therapist):
    client = make_client(therapist)
    reply = as_therapist.post(reverse("new_link", args=[client.pk]), {"label": "Phone"})
    assert reply.status_code == 409
    assert "There is no published plan yet" in reply.content.decode()


def test_links_of_another_clinic_are_not_there(made, plan, as_stranger):
    assert as_stranger.post(reverse("new_link", args=[plan.client_id])).status_code == 404
    assert as_stranger.post(reverse("revoke", args=[made[0].pk])).status_code == 404
    assert PlanLink.objects.get().revoked_at is None


def test_staff_revoke_a_link_from_the_plan(made, visit, as_therapist):
    reply = as_therapist.post(reverse("revoke", args=[made[0].pk]))
    assert reply.url == reverse("plan", args=[visit.pk]) + "#links"
    assert PlanLink.objects.get().revoked_at is not None
    assert as_therapist.get(reverse("revoke", args=[made[0].pk])).status_code == 405


def test_a_clients_page_learns_the_state_of_the_plan(plan, made, therapist):
    actions.revoke(actions.new_link(plan, "Old phone", by=therapist)[0], by=therapist)
    state = actions.plan_state(plan.client)
    assert state["version"].number == 1
    assert state["published_at"] == plan.versions.get().published_at
    assert [(link.label, link.is_live) for link in state["links"]] == [("Old phone", False), ("Phone", True)]


def test_a_client_without_a_plan_has_no_version(therapist):
    assert actions.plan_state(make_client(therapist)) == {"version": None, "published_at": None, "links": []}


# --- what is in the database ----------------------------------------------------------------------


def tables():
    return sorted(connection.introspection.table_names())


def rows(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
        return cursor.fetchall()


def stored_texts():
    for table in tables():
        for row in rows(table):
            yield table, " ".join(str(value) for value in row)


def checksum():
    """Every row of every table, as one number."""
    told = "\n".join(sorted(f"{table} {text}" for table, text in stored_texts()))
    return hashlib.sha256(told.encode()).hexdigest()


def test_the_checksum_sees_a_change(made):
    before = checksum()
    PlanLink.objects.update(times_opened=1)
    assert checksum() != before


# --- in a browser ---------------------------------------------------------------------------------


@pytest.fixture
def _emptied(transactional_db):
    """Playwright's loop gives this thread a connection of its own, which the suite's flush does not know."""
    yield
    with connection.cursor() as cursor:
        for statement in without_append_only():
            cursor.execute(statement)


@pytest.mark.browser
@pytest.mark.usefixtures("_emptied")
def test_a_link_opens_with_one_press_and_its_secret_stays_out_of_every_address(made, page, live_server):
    asked = []
    page.on("request", lambda request: asked.append(request))
    page.goto(f"{live_server.url}/p#{made[1]}")
    assert page.locator("#secret").is_hidden()
    page.get_by_role("button", name="Open my plan").click()
    page.wait_for_url("**/p/plan")
    assert page.get_by_role("heading", level=1).inner_text() == "Graham’s plan"
    page.get_by_text("Bad day?").click()
    assert page.get_by_text("On a bad day:").is_visible()
    addresses = " ".join(request.url + str(request.headers) for request in asked)
    assert made[1] not in addresses
    assert {request.url.partition("/p")[0].partition("/static")[0] for request in asked} == {live_server.url}


@pytest.mark.browser
@pytest.mark.usefixtures("_emptied")
def test_a_link_opens_without_scripts_by_pasting_it(made, browser, live_server):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/p#{made[1]}")
    page.get_by_label("Your link, or the code in it").fill(f"{live_server.url}/p#{made[1]}")
    page.get_by_role("button", name="Open my plan").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Graham’s plan"
    context.close()


@pytest.mark.browser
@pytest.mark.usefixtures("_emptied")
def test_a_line_left_out_leaves_the_phone_at_once_and_can_be_published(plan, therapist_page, live_server):
    visit = plan.versions.get().consultation
    page = therapist_page
    page.goto(live_server.url + reverse("plan", args=[visit.pk]))
    phone = page.get_by_role("region", name="The client’s page")
    assert phone.get_by_text("Play golf with the group").is_visible()
    line = page.locator(".strike li").filter(has_text="Play golf")
    line.locator(".line").click()
    assert not line.locator("input").is_checked()  # its words are no button
    line.locator("input").press("Enter")  # as a press does, and nothing is published
    phone.get_by_text("Play golf with the group").wait_for(state="detached")
    assert plan.versions.count() == 1
    page.get_by_role("button", name="Publish the new version").click()
    page.get_by_text("This is version 2, as it is published.").wait_for()
    assert plan.versions.count() == 2


@pytest.mark.browser
@pytest.mark.usefixtures("_emptied")
def test_on_paper_a_plan_is_two_sheets(made, page, live_server):
    page.goto(f"{live_server.url}/p#{made[1]}")
    page.get_by_role("button", name="Open my plan").click()
    page.wait_for_url("**/p/plan")
    paper = page.pdf(prefer_css_page_size=True)
    assert paper.count(b"/Type /Page\n") == 2
