"""What a person reads when something went wrong; what the log may know."""

import ast
import logging
import re
from html import unescape

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path

from painconsult import errors
from tests.conftest import signed_in
from tests.factories import PASSWORD

CANARY = "Graham-7193"


def echo(request):
    return HttpResponse(repr(sorted(request.POST.lists())))


def fail(request, kind):
    raise {
        "bug": ValueError(CANARY),
        "operational": OperationalError(CANARY),
        "interface": InterfaceError(CANARY),
        "forbidden": PermissionDenied(CANARY),
        "refused": errors.Refused("This visit was completed at 14:03."),
        "refused-403": errors.Refused("Only a manager can do this.", status=403),
    }[kind]


urlpatterns = [
    path("echo", echo),
    path("fail/<slug:kind>", fail),
    path("", include("painconsult.urls")),
]
for _code in (400, 403, 404, 429, 500):
    globals()[f"handler{_code}"] = getattr(__import__("painconsult.urls", fromlist=["x"]), f"handler{_code}")

pytestmark = pytest.mark.urls(__name__)


@pytest.fixture
def staff(therapist):
    return signed_in(therapist, raise_request_exception=False)


def words(reply):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", reply.content.decode().partition("<main")[2]))


# --- Expected and unexpected ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "status", "heading"),
    [
        ("bug", 500, "Something went wrong on our side"),
        ("operational", 503, "The database did not answer"),
        ("interface", 503, "The database did not answer"),
        ("forbidden", 403, "This may not be done from here"),
        ("refused", 409, "This visit was completed at 14:03."),
        ("refused-403", 403, "Only a manager can do this."),
    ],
)
def test_each_failure_is_a_page_in_words(staff, kind, status, heading):
    reply = staff.get(f"/fail/{kind}")
    assert (reply.status_code, heading in words(reply)) == (status, True)
    assert CANARY not in reply.content.decode()


def test_a_database_that_does_not_answer_says_when_to_try_again(staff):
    reply = staff.get("/fail/operational")
    assert reply["Retry-After"] == "2"
    assert "What you saved before is safe" in words(reply)


def test_the_page_of_a_silent_database_asks_the_database_nothing(client):
    """No database fixture: any query, such as who is signed in, would fail the test."""
    assert errors.unavailable().status_code == 503


def test_a_database_that_fails_before_the_view_is_answered_the_same(staff, monkeypatch):
    def fail(*args):
        raise OperationalError(CANARY)

    monkeypatch.setattr("painconsult.accounts.backend.StaffBackend.get_user", fail)
    assert staff.get("/signed-in").status_code == 503


def test_an_unexpected_failure_has_a_number_that_the_log_knows(staff, caplog):
    reply = staff.get("/fail/bug")
    shown = re.search(r"this number: ([0-9a-f]{10})", words(reply)).group(1)
    assert reply["X-Incident"] == shown
    lines = [errors.WithoutValues().format(record) for record in caplog.records]
    assert any(f"incident={shown}" in line for line in lines)


def test_no_value_of_a_failure_reaches_the_log(staff, caplog, capsys):
    for kind in ("bug", "operational", "interface"):
        staff.post(f"/fail/{kind}", {"story": CANARY})
    lines = [errors.WithoutValues().format(record) for record in caplog.records]
    assert lines
    assert CANARY not in "".join(lines)
    assert CANARY not in capsys.readouterr().err


def test_the_log_names_the_class_and_the_places():
    def inner():
        raise KeyError(CANARY)

    try:
        try:
            inner()
        except KeyError as error:
            raise ValueError(CANARY) from error
    except ValueError as error:
        said = errors.where(error)
    assert re.fullmatch(
        r"ValueError at tests/test_errors\.py:\d+ \w+; "
        r"after KeyError at tests/test_errors\.py:\d+ inner < tests/test_errors\.py:\d+ \w+",
        said,
    )


def test_a_line_of_the_log_is_one_line():
    record = logging.LogRecord("x", logging.ERROR, "x.py", 1, "first\nsecond\r%s", ("third",), None)
    assert errors.WithoutValues().format(record) == "first second third"


def test_a_page_that_cannot_be_drawn_still_gives_the_number(staff, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError(CANARY)

    monkeypatch.setattr(errors, "render", fail)
    reply = staff.get("/fail/bug")
    assert reply.status_code == 500
    assert re.fullmatch(r"Something went wrong .* Incident [0-9a-f]{10}\.", reply.content.decode())


def test_an_address_for_forms_only_says_so(staff):
    reply = staff.get("/session")
    assert reply.status_code == 200
    reply = staff.delete("/session")
    assert (reply.status_code, reply["Allow"]) == (405, "GET")
    assert "It only takes answers from a form." in words(reply)


# --- Too much ---------------------------------------------------------------------------------


def test_a_text_beyond_a_megabyte_is_too_long(staff):
    reply = staff.post("/echo", {"story": "a" * 1_000_001})
    assert (reply.status_code, "That was too long" in words(reply)) == (413, True)


def test_a_thousand_and_one_fields_are_too_many(staff):
    reply = staff.post("/echo", {f"f{n}": "1" for n in range(1001)})
    assert (reply.status_code, "This request could not be read" in words(reply)) == (400, True)


def test_a_file_is_refused_and_the_rest_is_not_taken_in_half(staff):
    form = {"before": "1", "file": SimpleUploadedFile("a.txt", b"text"), "after": "2"}
    assert staff.post("/echo", form).status_code == 400


# --- Typed, but not sent ----------------------------------------------------------------------

TYPED = {
    "csrfmiddlewaretoken": "x",
    "base": "4",
    "key": "0198c3c5-1111-7222-8333-444455556666",
    "story": "It went in <October>",
    "belief": ["0198c3c5-1111-7222-8333-444455556666", "new1"],
    "belief-new1-words": "“Worn discs”",
    "empty": " ",
    "password": "hidden " + CANARY,
}


def test_a_form_sent_after_the_session_ended_shows_what_was_typed(client, db):
    reply = client.post("/echo", TYPED)
    page = reply.content.decode()
    assert reply.status_code == 401
    assert "<dt>Story</dt><dd>It went in &lt;October&gt;</dd>" in page
    assert "<dt>Belief words</dt><dd>“Worn discs”</dd>" in page
    assert "<dt>Empty</dt>" not in page
    assert "<dt>Key</dt>" not in page
    assert 'href="/sign-in/?next=/signed-in" target="_blank" rel="noopener"' in page


def test_no_password_is_shown_or_carried(client, db):
    assert CANARY not in client.post("/echo", TYPED).content.decode()


def test_the_same_is_sent_again_after_signing_in(therapist):
    client = Client(enforce_csrf_checks=True)
    door = client.get("/sign-in/").content.decode()
    token = _fields(door)[0][1]
    page = client.post("/echo", TYPED | {"csrfmiddlewaretoken": token}).content.decode()
    _sign_in_in_another_tab(client, therapist, token)
    again = client.post("/echo", _as_form(_fields(page)))  # with the token of before
    assert (again.status_code, again["X-Reason"]) == (403, "csrf")
    sent = client.post("/echo", _as_form(_fields(again.content.decode())))
    assert sent.status_code == 200
    got = dict(ast.literal_eval(sent.content.decode()))
    del got["csrfmiddlewaretoken"]
    assert got == {
        "base": ["4"],
        "key": ["0198c3c5-1111-7222-8333-444455556666"],
        "story": ["It went in <October>"],
        "belief": ["0198c3c5-1111-7222-8333-444455556666", "new1"],
        "belief-new1-words": ["“Worn discs”"],
        "empty": [" "],
    }


def _sign_in_in_another_tab(client, person, token):
    form = {"login": person.email, "password": PASSWORD, "csrfmiddlewaretoken": token}
    assert client.post("/sign-in/", form).status_code == 302


def test_what_another_site_sent_is_never_offered_to_be_sent_again(therapist):
    client = Client(enforce_csrf_checks=True)
    client.force_login(therapist)
    for headers in ({"sec-fetch-site": "same-site"}, {"origin": "https://evil.example"}):
        reply = client.post("/echo", {"story": CANARY}, headers=headers)
        assert reply.status_code == 403
        assert CANARY not in reply.content.decode()


def test_an_old_token_after_signing_out_still_shows_what_was_typed(client, db):
    reply = Client(enforce_csrf_checks=True).post("/echo", TYPED)
    assert reply.status_code == 403
    assert "<dt>Belief words</dt><dd>“Worn discs”</dd>" in reply.content.decode()


def _fields(page):
    form = page.partition("<main")[2]
    return [(n, unescape(v)) for n, v in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)]


def _as_form(fields):
    form = {}
    for name, value in fields:
        form.setdefault(name, []).append(value)
    return form


def test_a_form_typed_by_one_person_is_not_sent_by_another(as_therapist, therapist, manager):
    assert as_therapist.post("/echo", {"typed_by": therapist.pk, "story": "x"}).status_code == 200
    reply = as_therapist.post("/echo", {"typed_by": manager.pk, "story": CANARY})
    assert reply.status_code == 403
    assert "Somebody else is signed in here" in words(reply)
    assert CANARY not in reply.content.decode()


@pytest.mark.parametrize(
    "headers",
    [{"hx-request": "true"}, {"x-requested-with": "fetch"}, {"accept": "application/json"}],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_script_that_is_signed_out_gets_401_and_nothing_else(client, db, headers, method):
    reply = getattr(client, method)("/echo", headers=headers)
    assert (reply.status_code, reply.content) == (401, b"")


def test_a_page_asked_for_while_signed_out_leads_to_sign_in_and_back(client, db):
    reply = client.get("/echo?page=2")
    assert (reply.status_code, reply["Location"]) == (302, "/sign-in/?next=/echo%3Fpage%3D2")


def test_an_old_token_at_the_sign_in_page_shows_and_carries_nothing(therapist):
    client = Client(enforce_csrf_checks=True)
    reply = client.post("/sign-in/", {"login": CANARY, "password": CANARY})
    assert reply.status_code == 403
    assert CANARY not in reply.content.decode()
    assert 'href="/sign-in/"' in reply.content.decode()


def test_an_old_token_in_a_swap_is_told_apart_from_other_refusals(therapist):
    client = Client(enforce_csrf_checks=True)
    client.force_login(therapist)
    reply = client.post("/echo", {"story": "x"}, headers={"hx-request": "true"})
    assert (reply.status_code, reply["X-Reason"]) == (403, "csrf")


def test_a_refusal_shows_what_was_typed(staff):
    page = staff.post("/fail/refused", {"story": "It went in"}).content.decode()
    assert "<dt>Story</dt><dd>It went in</dd>" in page
