"""Requests that no page of ours sends: an answer in words or a plain refusal, never a failure of ours."""

import uuid
from io import BytesIO

import pytest
from django.test import Client

from consults.steps import STEPS
from tests import visits
from tests.conftest import signed_in

DIGITS = "9" * 5000
BUTTONS = [
    "put",
    "leave",
    "take",
    "add",
    "merge",
    "remove",
    "back",
    "unleave",
    "attention:x",
    "turn:x",
    "handson:x",
    "pause:x",
    "save:x",
    "discard:x",
    "nonsense",
    "nonsense:x:y:z",
    ":",
    ":::",
    "add:nonsense",
    "put:nonsense:x:y:z",
    "take:belief",
    "take:belief:x:y",
    "remove:belief:x",
    "\x00",
    DIGITS,
]
ROWS = [
    "belief",
    "activity",
    "goal",
    "review",
    "ally",
    "resource",
    "loss",
    "alternative",
    "experiment",
    "finding",
]
BUTTONS += [f"{verb}:{DIGITS}" for verb in ("leave", "unleave", "put", "turn", "handson", "save")]
BUTTONS += [f"{verb}:{rows}:{DIGITS}" for verb in ("take", "remove", "back", "put") for rows in ROWS]
BUTTONS += [f"merge:{DIGITS}:{DIGITS}"]


@pytest.fixture
def staff(therapist):
    return signed_in(therapist, raise_request_exception=False)


@pytest.mark.parametrize("slug", [step.slug for step in STEPS])
def test_a_button_that_no_page_has_is_answered(staff, therapist, slug):
    visit = visits.open_gate(visits.begin(therapist))
    for before in ("acknowledge", "beliefs", "activities"):
        visits.save(visit, before)
    base = visit.steps.get(slug=slug).number
    for do in BUTTONS:
        told = {"base": base, "key": uuid.uuid4(), "do": do}
        reply = staff.post(visits.url(visit, slug), told)
        assert reply.status_code < 500, do[:40]
        base = visit.steps.get(slug=slug).number


@pytest.mark.parametrize("name", ["base", "key", "back", "typed_by", "focus"])
@pytest.mark.parametrize("value", ["", "x", "-1", "1.5", "\x00", DIGITS])
def test_a_hidden_field_that_no_page_has_is_answered(staff, therapist, name, value):
    visit = visits.open_gate(visits.begin(therapist))
    told = {"base": 0, "key": uuid.uuid4(), name: value}
    for do in ("save", "show", "attention"):
        assert staff.post(visits.url(visit, "beliefs"), told | {"do": do}).status_code < 500


# --- Headers ----------------------------------------------------------------------------------

CHARSETS = [
    "utf-8",
    "UTF-16",
    "hex",
    "rot13",
    "base64",
    "idna",
    "undefined",
    "unknown-8bit",
    "x\x00y",
    "../../etc",
    '"utf-8',
    "a" * 5000,
    "",
]


@pytest.mark.parametrize("charset", CHARSETS)
def test_a_charset_that_is_none_does_not_fail_before_our_pages(db, charset):
    """Through the web server's door: Django reads the charset before its middleware can do anything."""
    from painconsult.wsgi import application

    body = b"login=ann%40clinic.example&password=x"
    for content_type in (
        f"application/x-www-form-urlencoded; charset={charset}",
        f"application/x-www-form-urlencoded;CHARSET = {charset}; boundary=x",
        f"multipart/form-data; boundary=x; charset={charset}",
    ):
        assert answer(application, content_type, body) < 500


def answer(application, content_type, body):
    environ = Client()._base_environ(
        PATH_INFO="/sign-in/",
        REQUEST_METHOD="POST",
        CONTENT_TYPE=content_type,
        CONTENT_LENGTH=str(len(body)),
        **{"wsgi.input": BytesIO(body)},
    )
    statuses = []
    list(application(environ, lambda status, headers: statuses.append(int(status[:3]))))
    return statuses[0]
