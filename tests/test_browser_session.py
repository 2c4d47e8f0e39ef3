"""What static/app.js keeps: nothing typed is lost, nothing is sent twice, nobody sends for another.

A form of its own, so that these tests do not change with the steps.
"""

import json
import time
import uuid
from urllib.parse import parse_qs

import pytest
from django.contrib.sessions.models import Session
from django.http import HttpResponse, JsonResponse
from django.template import engines
from django.urls import include, path
from playwright.sync_api import expect

from painconsult import urls as site
from painconsult.errors import Refused
from tests.conftest import sign_in_browser
from tests.factories import PASSWORD, make_therapist

handler403, handler404, handler500 = site.handler403, site.handler404, site.handler500
DESK = """{% extends request.htmx|yesno:"_fragment.html,base.html" %}
{% block title %}{{ title }}{% endblock %}
{% block main %}<p class="receipt" role="status" id="receipt">Nothing yet</p><h1 tabindex="-1">{{ title }}</h1>
<form id="step-form" method="post" action="/desk" data-draft="/desk/draft" novalidate
 hx-post="/desk" hx-target="#page" hx-swap="innerHTML show:window:top" hx-push-url="true">
{% csrf_token %}<input type="hidden" name="base" value="0"><input type="hidden" name="key" value="{{ key }}">
{% if error %}<div class="govuk-error-summary" id="errors"><h2>There is a problem</h2></div>{% endif %}
<label for="story">Story</label><textarea id="story" name="story">{{ story }}</textarea>
<fieldset class="scale"><legend>How sure</legend><div class="keys">{% for n in ten %}<label><input type="radio" name="sure" value="{{ n }}">{{ n }}</label>{% endfor %}</div></fieldset>
<fieldset class="scale conviction"><legend>How true</legend><output class="chosen"></output><div class="keys">{% for n in ten %}<label><input type="radio" name="true" value="{{ n }}0">{{ n }}0</label>{% endfor %}</div>
<div class="stepper"><button type="button" data-step="-5">less</button><button type="button" data-step="5">more</button></div></fieldset>
<button type="button" data-reveal="more" aria-expanded="false">More questions</button><div id="more" hidden><input name="extra" aria-label="Extra"></div>
<button type="button" data-dialog-open="sure">Ask</button><dialog id="sure"><p>Sure?</p><button type="button" data-dialog-close>No</button></dialog>
<button class="govuk-button" name="do" value="save">Save</button></form>{% endblock %}"""
LINK = """{% extends "plan_base.html" %}{% block title %}Your plan{% endblock %}
{% block main %}<h1>Your plan</h1><form method="post" action="/p/open" data-link>{% csrf_token %}
<div data-without-secret><label for="code">Code</label><input id="code" name="secret"></div>
<button data-with-secret hidden>Open my plan</button></form>{% endblock %}"""

server = {}


def draw(request, template, status=200, **context):
    page = engines["django"].from_string(template)
    context = {"ten": range(11), "key": uuid.uuid4(), "title": "Desk", "story": ""} | context
    return HttpResponse(page.render(context, request), status=status)


def desk(request):
    if request.method == "GET":
        return draw(request, DESK)
    server["asked"].append(request.POST.dict())
    status = server["answers"].pop(0) if server["answers"] else 200
    if status == "slow":
        time.sleep(0.7)
    if status == "refused":
        raise Refused("Only a manager can do this.", status=403)
    if status == 422:
        return draw(request, DESK, 422, error=True, story=request.POST["story"], title="Error: Desk")
    if status in (413, 500, 503):
        return HttpResponse(status=status)
    server["saved"].append(request.POST.dict())
    return draw(request, DESK, title="Saved desk")


def draft(request):
    status = server["draft_answers"].pop(0) if server["draft_answers"] else 200
    if status != 200:
        return HttpResponse(status=status)
    server["drafts"].append(request.POST.dict())
    return JsonResponse({"kept_at": "14:03"})


def link(request):
    return draw(request, LINK)


def opened(request):
    return HttpResponse("opened " + request.POST["secret"])


link.login_required = opened.login_required = False
urlpatterns = [
    path("desk", desk),
    path("desk/draft", draft),
    path("p", link),
    path("p/open", opened),
    path("", include("painconsult.urls")),
]
pytestmark = [pytest.mark.browser, pytest.mark.urls(__name__)]


@pytest.fixture(autouse=True)
def clean_server():
    server.update(asked=[], saved=[], drafts=[], answers=[], draft_answers=[])


@pytest.fixture
def desk_page(therapist_page, live_server):
    therapist_page.goto(f"{live_server.url}/desk")
    return therapist_page


def save(page):
    page.get_by_role("button", name="Save", exact=True).click()


def stories(name):
    return [row["story"] for row in server[name]]


# --- Drafts -----------------------------------------------------------------------------------


def test_a_draft_is_kept_two_seconds_after_the_last_key(desk_page):
    desk_page.fill("#story", "It went in October")
    expect(desk_page.locator("#receipt")).to_have_text("Nothing yet")
    expect(desk_page.locator("#receipt")).to_have_text("Draft kept 14:03")
    assert stories("drafts") == ["It went in October"]
    assert set(server["drafts"][0]) == {"csrfmiddlewaretoken", "base", "key", "story", "extra"}


def test_a_draft_that_does_not_arrive_is_said_and_sent_again(desk_page):
    server["draft_answers"] = [503]
    desk_page.fill("#story", "one")
    expect(desk_page.locator("#offline")).to_contain_text("Keep this page open.")
    expect(desk_page.locator("#receipt")).to_have_text("Nothing yet")
    expect(desk_page.locator("#receipt")).to_have_text("Draft kept 14:03", timeout=8000)
    expect(desk_page.locator("#offline")).to_be_hidden()
    assert stories("drafts") == ["one"]


def test_a_draft_goes_out_when_the_connection_is_back(desk_page, context):
    context.set_offline(True)
    desk_page.fill("#story", "one")
    expect(desk_page.locator("#offline")).to_be_visible()
    context.set_offline(False)
    expect(desk_page.locator("#receipt")).to_have_text("Draft kept 14:03")


def test_a_page_already_saved_elsewhere_says_so_and_stops(desk_page):
    server["draft_answers"] = [409]
    desk_page.fill("#story", "one")
    expect(desk_page.locator("#message")).to_contain_text("already saved elsewhere. Reload to see it.")


def test_leaving_with_something_unkept_asks_first(desk_page, live_server):
    asked = []
    desk_page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    server["draft_answers"] = [503] * 9
    desk_page.locator("#story").press_sequentially("one")
    desk_page.goto(f"{live_server.url}/signed-in")
    assert asked == ["beforeunload"]


def test_leaving_with_a_kept_draft_asks_nothing(desk_page, live_server):
    asked = []
    desk_page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    desk_page.locator("#story").press_sequentially("one")
    expect(desk_page.locator("#receipt")).to_have_text("Draft kept 14:03")
    desk_page.goto(f"{live_server.url}/signed-in")
    assert asked == []


def test_a_link_waits_until_what_was_typed_is_kept_and_asks_nothing(desk_page):
    asked = []
    desk_page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    desk_page.locator("#story").press_sequentially("one")
    desk_page.locator("a.brand").click()
    expect(desk_page.locator("h1")).not_to_have_text("Desk")
    assert (asked, stories("drafts")) == ([], ["one"])


def test_a_link_does_not_leave_what_could_not_be_kept(desk_page):
    server["draft_answers"] = [503] * 9
    desk_page.locator("#story").press_sequentially("one")
    desk_page.locator("a.brand").click()
    expect(desk_page.locator("#offline")).to_contain_text("Keep this page open")
    expect(desk_page.locator("h1")).to_have_text("Desk")


# --- Sending ----------------------------------------------------------------------------------


def test_saving_swaps_the_page_and_moves_the_focus_to_its_heading(desk_page):
    desk_page.fill("#story", "one")
    save(desk_page)
    expect(desk_page.get_by_role("heading", name="Saved desk")).to_be_focused()
    expect(desk_page).to_have_title("Saved desk – painconsult")
    assert [(row["story"], row["do"]) for row in server["saved"]] == [("one", "save")]


def test_an_invalid_answer_moves_the_focus_to_the_errors_and_keeps_the_text(desk_page):
    server["answers"] = [422]
    desk_page.fill("#story", "one")
    save(desk_page)
    expect(desk_page.locator("#errors")).to_be_focused()
    expect(desk_page.locator("#story")).to_have_value("one")


def test_a_double_press_saves_once(desk_page):
    server["answers"] = ["slow"]
    desk_page.fill("#story", "one")
    desk_page.get_by_role("button", name="Save", exact=True).dblclick()
    expect(desk_page.get_by_role("heading", name="Saved desk")).to_be_visible()
    assert stories("asked") == ["one"]


def test_no_answer_is_sent_again_with_the_same_key(desk_page):
    server["answers"] = [503]
    desk_page.fill("#story", "one")
    save(desk_page)
    expect(desk_page.locator("#message")).to_contain_text("The server did not answer.")
    expect(desk_page.locator("#story")).to_have_value("one")
    expect(desk_page.get_by_role("heading", name="Saved desk")).to_be_visible(timeout=8000)
    assert len({row["key"] for row in server["asked"]}) == 1
    assert [row["do"] for row in server["asked"]] == ["save", "save"]
    expect(desk_page.locator("#message")).to_be_empty()


def test_send_again_sends_at_once(desk_page, context):
    context.set_offline(True)
    desk_page.fill("#story", "one")
    save(desk_page)
    again = desk_page.get_by_role("button", name="Send again")
    expect(again).to_be_visible()
    desk_page.evaluate("window.ononline = null")
    context.set_offline(False)
    expect(desk_page.get_by_role("heading", name="Saved desk")).to_be_visible()
    assert stories("saved") == ["one"]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (413, "Shorten the longest answer"),
        (500, "Something went wrong on our side."),
        ("refused", "Only a manager can do this."),
    ],
)
def test_each_refusal_is_said_in_words_and_the_form_stays(desk_page, status, words):
    server["answers"] = [status]
    desk_page.fill("#story", "one")
    save(desk_page)
    expect(desk_page.locator("#message")).to_contain_text(words)
    expect(desk_page.locator("#story")).to_have_value("one")
    expect(desk_page.locator("#receipt")).not_to_contain_text("Saved")


# --- Signing in again -------------------------------------------------------------------------


def sign_in_again(page, context, email):
    with context.expect_page() as opened:
        page.get_by_role("link", name="Sign in again").click()
    tab = opened.value
    tab.fill("#id_login", email)
    tab.fill("#id_password", PASSWORD)
    tab.get_by_role("button", name="Sign in").click()
    expect(tab.get_by_role("heading", name="You are signed in")).to_be_visible()
    tab.close()
    page.bring_to_front()
    page.evaluate("dispatchEvent(new Event('focus'))")


def test_the_same_person_signs_in_again_and_nothing_is_lost(desk_page, context, therapist):
    desk_page.fill("#story", "one")
    Session.objects.all().delete()
    save(desk_page)
    expect(desk_page.locator("#message")).to_contain_text("You were signed out")
    sign_in_again(desk_page, context, therapist.email)
    expect(desk_page.get_by_role("heading", name="Saved desk")).to_be_visible()
    assert stories("saved") == ["one"]


def test_somebody_else_never_sends_what_was_typed(desk_page, context, clinic):
    colleague = make_therapist(clinic)
    desk_page.fill("#story", "one")
    Session.objects.all().delete()
    save(desk_page)
    sign_in_again(desk_page, context, colleague.email)
    expect(desk_page.locator("#message")).to_contain_text("Somebody else is signed in on this device.")
    save(desk_page)
    desk_page.wait_for_timeout(2500)
    expect(desk_page.locator("#story")).to_have_value("one")
    assert (server["saved"], server["drafts"]) == ([], [])


def test_an_old_token_is_renewed_without_a_word(desk_page):
    desk_page.fill("#story", "one")
    desk_page.evaluate("document.querySelector('[name=csrfmiddlewaretoken]').value = 'x'.repeat(64)")
    save(desk_page)
    expect(desk_page.get_by_role("heading", name="Saved desk")).to_be_visible()
    assert stories("saved") == ["one"]


def test_without_script_the_same_is_sent_after_signing_in(browser, live_server, therapist):
    context = browser.new_context(java_script_enabled=False)
    sign_in_browser(context, live_server, therapist)
    page = context.new_page()
    page.goto(f"{live_server.url}/desk")
    page.fill("#story", "one")
    Session.objects.all().delete()
    save(page)
    with context.expect_page() as opened:
        page.get_by_role("link", name="Sign in (opens a new tab)").click()
    opened.value.fill("#id_login", therapist.email)
    opened.value.fill("#id_password", PASSWORD)
    opened.value.get_by_role("button", name="Sign in").click()
    opened.value.get_by_role("heading", name="You are signed in").wait_for()
    page.get_by_role("button", name="I have signed in: send it again").click()
    page.get_by_role("button", name="Send it again").click()
    expect(page.get_by_role("heading", name="Saved desk")).to_be_visible()
    assert stories("saved") == ["one"]
    context.close()


def test_two_minutes_before_the_end_a_person_can_stay(therapist_page, live_server):
    therapist_page.clock.install()
    therapist_page.goto(f"{live_server.url}/desk")
    therapist_page.clock.fast_forward(1079_000)
    expect(therapist_page.locator("#message")).to_be_empty()
    therapist_page.clock.fast_forward(2_000)
    expect(therapist_page.locator("#message")).to_contain_text("You will be signed out in two minutes")
    therapist_page.get_by_role("button", name="Stay signed in").click()
    expect(therapist_page.locator("#message")).to_be_empty()


# --- Small things -----------------------------------------------------------------------------


def test_digits_choose_an_answer_and_one_then_zero_chooses_ten(desk_page):
    desk_page.locator("[name=sure]").first.focus()
    desk_page.keyboard.press("7")
    assert desk_page.locator("[name=sure]:checked").input_value() == "7"
    desk_page.keyboard.press("1")
    desk_page.keyboard.press("0")
    assert desk_page.locator("[name=sure]:checked").input_value() == "10"


def test_five_more_and_five_less_are_sent(desk_page):
    desk_page.locator("[name=true][value='60']").check()
    desk_page.get_by_role("button", name="more", exact=True).click()
    expect(desk_page.locator("output.chosen")).to_have_text("65")
    save(desk_page)
    desk_page.get_by_role("heading", name="Saved desk").wait_for()
    assert server["saved"][0]["true"] == "65"


def test_five_less_than_an_odd_five_is_a_key_again(desk_page):
    desk_page.locator("[name=true][value='60']").check()
    for name, shown in (("more", "65"), ("less", "60"), ("less", "55"), ("less", "50")):
        desk_page.get_by_role("button", name=name, exact=True).click()
        expect(desk_page.locator("output.chosen")).to_have_text(shown)
    assert desk_page.locator("[name=true]:checked").count() == 1


def test_more_questions_open_and_take_the_focus(desk_page):
    desk_page.get_by_role("button", name="More questions").click()
    expect(desk_page.get_by_label("Extra")).to_be_focused()


def test_a_dialog_opens_and_closes(desk_page):
    desk_page.get_by_role("button", name="Ask").click()
    expect(desk_page.locator("dialog")).to_be_visible()
    desk_page.get_by_role("button", name="No").click()
    expect(desk_page.locator("dialog")).to_be_hidden()


def test_nothing_is_stored_in_the_browser(desk_page):
    desk_page.fill("#story", "canary 7193")
    save(desk_page)
    desk_page.get_by_role("heading", name="Saved desk").wait_for()
    stored = desk_page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert json.loads(stored)[0] == {}
    assert "canary" not in stored


def test_a_link_opens_only_when_pressed_and_its_secret_leaves_the_address(page, live_server):
    sent = []
    page.on("request", lambda request: sent.append((request.method, request.url, request.post_data or "")))
    page.goto(f"{live_server.url}/p#s3cret-7193")
    expect(page.get_by_role("button", name="Open my plan")).to_be_visible()
    assert page.url == f"{live_server.url}/p"
    assert {method for method, _, _ in sent} == {"GET"}
    page.get_by_role("button", name="Open my plan").click()
    expect(page.locator("body")).to_have_text("opened s3cret-7193")
    posted = [parse_qs(data)["secret"] for method, _, data in sent if method == "POST"]
    assert posted == [["s3cret-7193"]]
    assert not any("s3cret" in url for method, url, _ in sent if method == "POST")
