"""axe finds nothing on the pages of the site layer, in light, dark and on a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.sessions.models import Session

pytestmark = pytest.mark.browser


@pytest.fixture(params=["light", "dark", "phone"])
def tab(request, page):
    page.emulate_media(color_scheme="dark" if request.param == "dark" else "light")
    if request.param == "phone":
        page.set_viewport_size({"width": 390, "height": 844})
    return page


def check(page):
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("path", ["/sign-in/", "/password/", "/password/sent/", "/password/1-x/", "/nowhere"])
def test_a_public_page(tab, live_server, path):
    tab.goto(live_server.url + path)
    check(tab)


def test_a_refused_sign_in(tab, live_server):
    tab.goto(f"{live_server.url}/sign-in/")
    tab.fill("#id_login", "nobody@clinic.example")
    tab.fill("#id_password", "wrong")
    tab.get_by_role("button", name="Sign in").click()
    tab.locator(".govuk-error-summary").wait_for()
    check(tab)


@pytest.mark.parametrize("path", ["/signed-in", "/sign-out/", "/nowhere"])
def test_a_page_of_staff(tab, context, live_server, therapist, path):
    from tests.conftest import sign_in_browser

    sign_in_browser(context, live_server, therapist)
    tab.goto(live_server.url + path)
    check(tab)


def test_a_form_sent_after_the_session_ended(tab, context, live_server, therapist):
    from tests.conftest import sign_in_browser

    sign_in_browser(context, live_server, therapist)
    tab.goto(f"{live_server.url}/signed-in")
    Session.objects.all().delete()
    tab.evaluate("""() => {
        const form = document.querySelector('form');
        form.action = '/signed-in';
        form.insertAdjacentHTML('beforeend', '<input type=hidden name=story value="It went in October">');
        form.submit();
    }""")
    tab.get_by_role("heading", name="What you typed").wait_for()
    check(tab)
