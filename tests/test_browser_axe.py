"""axe finds nothing on any page and state: light, dark, phone. One record, many pages."""

import uuid

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from consults.actions import plans as plan_actions
from consults.models import Client
from tests import visits
from tests.conftest import sign_in_browser
from tests.factories import make_manager
from tests.room import Complaints

pytestmark = pytest.mark.browser
AXE = Axe().axe_script
LAPTOP, PHONE = {"width": 1366, "height": 900}, {"width": 390, "height": 844}
STEPS = list(visits.ANSWERS)
# What no step accepts, at least one answer and one row each.
WRONG = {
    "safety": {"outcome": "clear_to_proceed", "yes": "ces_bladder", "touch_safe": "no"},
    "acknowledge": {"duration_months": "1_0", "remembered": "new1", "remembered-new1-who": "A doctor"},
    "explain": {"education_dose_minutes": "7.5", "messages_used": "nothing"},
    "beliefs": {"belief": "new1", "belief-new1-conviction": "83", "belief-new1-behaviour": "Stops"},
    "reframe": {
        "alternative": "new1",
        "alternative-new1-believability": "40",
        "experiment-new1-date-day": "40",
    },
    "activities": {
        "activity": "new1",
        "activity-new1-activity": "Golf",
        "activity-new1-amounts": "measured",
        "activity-new1-trial_1": "3/4",
        "activity-new1-confidence": "3",
        "activity-new1-barriers_chosen": "weather",
    },
    "resources": {"ally_answer": "yes", "ally": "new1", "ally-new1-will_do": "Walk"},
    "timescale": {
        "goal": "new1",
        "goal-new1-level_0": "9 to 12 holes",
        "goal-new1-level_p1": "12 holes",
        "goal-new1-title": "Golf",
        "review": "new1",
        "review-new1-due-day": "31",
        "review-new1-due-month": "2",
    },
    "before-you-go": {"felt_understood": "11"},
}
# The first visit left an urgent sign open; what the second one adds has other names.
SECOND_VISIT = {
    "safety": {"outcome": "proceed_with_follow_up", "outcome_reason": "The surgery knows"},
    "beliefs": {"belief-new1-statement": "If it hurts, I am injuring it."},
    "activities": {"activity-new1-activity": "Drive to my daughter"},
    "resources": {"ally-new1-name": "Ruth"},
    "timescale": {"goal-new1-title": "Drive for forty minutes"},
}


@pytest.fixture
def complaints():
    return Complaints()


@pytest.fixture
def look(page, live_server):
    """look(address) opens a page and has axe read it; look() reads the page that is open."""
    page.set_viewport_size(LAPTOP)
    page.emulate_media(reduced_motion="reduce")  # else colours are read while they fade

    def look(path=None, *, until="#main"):
        if path is not None:
            page.goto(live_server.url + path)
        page.locator(until).first.wait_for()
        return faults(page, page.url.removeprefix(live_server.url))

    return look


@pytest.fixture
def record(therapist):
    return visits.make_everything(visits.give_hands(therapist))


def faults(page, where):
    """Every rule in light; colours again in dark; every rule and the width on a phone."""
    found = [f"{where} light: {fault}" for fault in axe(page)]
    page.emulate_media(color_scheme="dark")
    found += [f"{where} dark: {fault}" for fault in axe(page, runOnly=["color-contrast"])]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE)
    found += [f"{where} phone: {fault}" for fault in axe(page)]
    width = page.evaluate("document.documentElement.scrollWidth")
    found += [f"{where} phone: {width} px wide"] if width > PHONE["width"] else []
    page.set_viewport_size(LAPTOP)
    return found


def axe(page, **options):
    """What breaks a rule. The script is put into a page once, and the rules it breaks are all that comes back."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    asked = {"resultTypes": ["violations"], **options}
    for broken in page.evaluate("asked => axe.run(asked).then((found) => found.violations)", asked):
        for node in broken["nodes"]:
            yield f"{broken['id']} {node['target']} {node['html'][:160]}"


def send(page, answers):
    """Add these answers to the open form and send it as the browser would without a script."""
    page.evaluate(
        """answers => {
            const form = document.querySelector('#step-form') ?? document.querySelector('main form');
            for (const [name, value] of Object.entries(answers)) {
              form.querySelectorAll(`[name="${name}"]`).forEach((field) => field.disabled = true);
              const field = Object.assign(document.createElement('input'), {type: 'hidden', name, value});
              form.append(field);
            }
            form.submit();
        }""",
        answers,
    )
    page.wait_for_load_state()


def addresses(visit):
    return {slug: f"/consultations/{visit.pk}/{slug}" for slug in STEPS}


def test_every_step_empty_and_refused(look, page, context, live_server, therapist):
    visit = visits.begin(visits.give_hands(therapist))
    sign_in_browser(context, live_server, therapist)
    found = look(f"/consultations/{visit.pk}/explain")  # closed
    visits.open_gate(visit)
    for slug, path in addresses(visit).items():
        found += look(path, until="#step-form")
        send(page, WRONG[slug] | {"base": "0", "key": str(uuid.uuid4())})
        found += look(until="#errors")
    assert not found, "\n".join(found)


def test_every_step_filled_and_in_conflict(look, page, context, live_server, record, therapist):
    visit = record.visit
    sign_in_browser(context, live_server, therapist)
    for slug in STEPS:
        visits.save(
            visits.change(visit), slug, visits.good(slug, visits.change(visit), **SECOND_VISIT.get(slug, {}))
        )
    found = []
    for slug, path in addresses(visit).items():
        found += look(path, until="#step-form")
        if slug in ("acknowledge", "beliefs", "timescale"):
            send(page, {"base": "0", "key": str(uuid.uuid4()), "client_words": "Something else"})
            found += look(until=".versus")
    found += look(f"/consultations/{visit.pk}/review") + look(f"/consultations/{visit.pk}/plan")
    found += turned_pages(look, page, visit, live_server)
    assert not found, "\n".join(found)


def turned_pages(look, page, visit, live_server):
    found = []
    for slug, do in (("beliefs", "turn:"), ("before-you-go", "turn"), ("explain", "turn")):
        page.goto(f"{live_server.url}/consultations/{visit.pk}/{slug}")
        if slug == "explain":
            page.locator("label:has([name=messages_used])").first.click()
        page.locator(f'[name=do][value^="{do}"]').first.click()
        found += look(until="body.turned #main")
    found += look(f"/consultations/{visit.pk}/hands-on")
    visits.change(visit, consent_to_touch="yes")
    return found + look(f"/consultations/{visit.pk}/hands-on", until="body.blank")


def test_every_other_page_of_staff(look, page, context, live_server, record, therapist):
    client, first, visit = record.client, record.first, record.visit
    found = []
    sign_in_browser(context, live_server, therapist)
    other = visits.make_client(therapist, preferred_name="Ada", full_name="Ada Other")
    for path in (
        "/clients",
        "/clients?all=1",
        "/clients/new",
        f"/clients/{client.pk}",
        f"/clients/{other.pk}",
        f"/clients/{client.pk}/edit",
        f"/clients/{other.pk}/start",
        f"/findings/{record.finding.pk}",
        f"/goals/{client.goals.get().pk}/levels",
        f"/consultations/{first.pk}/review",
        f"/consultations/{first.pk}/plan",
        "/paper",
    ):
        found += look(path)
    page.goto(f"{live_server.url}/clients/new")
    send(page, {"preferred_name": "", "birth_date-day": "31", "birth_date-month": "2"})
    found += look(until="#errors")
    page.goto(f"{live_server.url}/goals/{client.goals.get().pk}/levels")
    page.get_by_role("button", name="Lock the five levels").click()
    found += look(until="#errors")
    page.goto(f"{live_server.url}/consultations/{visit.pk}/timescale")
    page.locator("summary", has_text="Reached, or let go").click()
    page.locator('[name=do][value^="take:goal:"]').click()
    found += look(until=".horizons")
    page.goto(f"{live_server.url}/consultations/{first.pk}/plan")
    page.get_by_role("button", name="Make a link").click()
    found += look(until="#url")
    visits.save(
        visits.change(visit),
        "safety",
        {
            "yes": ["ces_bladder"],
            "outcome": "paused_referred",
            "finding": "ces",
            "finding-ces-action": "Rang at once",
        },
    )
    found += look(f"/consultations/{visit.pk}/paused") + look(f"/consultations/{visit.pk}/reframe")
    found += look(f"/consultations/{visit.pk}/safety") + look(f"/clients/{client.pk}")
    assert not found, "\n".join(found)


def test_the_pages_of_a_manager_and_an_empty_clinic(look, context, live_server, record, manager):
    sign_in_browser(context, live_server, manager)
    found = look("/progress") + look("/clients") + look(f"/clients/{record.client.pk}")
    context.clear_cookies()
    sign_in_browser(context, live_server, make_manager())
    found += look("/progress") + look("/clients")
    assert not found, "\n".join(found)


def test_the_pages_of_a_link(look, page, record, live_server):
    found = look("/p")
    page.get_by_role("button", name="Open my plan").click()
    found += look(until="#secret-error")
    page.fill("#secret", "A" * 43)
    page.get_by_role("button", name="Open my plan").click()
    expect(page.locator("h1")).to_have_text("This link no longer opens")
    found += look()
    page.goto("about:blank")
    found += look(f"/p#{record.secret}", until="[data-with-secret]:visible")
    page.get_by_role("button", name="Open my plan").click()
    expect(page.locator("h1")).to_contain_text("’s plan")
    assert Client.objects.count() == 1
    found += look()
    plan_actions.revoke(record.link, by=record.client.therapist)
    found += look("/p/plan")
    assert not found, "\n".join(found)
