"""Nobody sees what is not theirs. Every address of the site, by every kind of visitor, in every method."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import get_resolver, reverse

from tests import factories, visits
from tests.conftest import signed_in

MARK = "Canary7193"
METHODS = ("get", "head", "post", "put", "patch", "delete", "options")
MISSING = {"uuid": "0198c0de-0000-7000-8000-000000000000", "int": 999999999}

# Every address has a row. What a row of the other clinic is asked by:
CLIENT, VISIT, FINDING, GOAL, LINK, STEP, LIST, MANAGER, DOOR = (
    "client",
    "visit",
    "finding",
    "goal",
    "link",
    "step of a visit",
    "own clinic",
    "own clinic, managers",
    "open to anybody",
)
MATRIX = {
    "home": LIST,
    "session": DOOR,
    "signed_in": LIST,
    "account_login": DOOR,
    "account_logout": DOOR,
    "account_reset_password": DOOR,
    "account_reset_password_done": DOOR,
    "account_reset_password_from_key": DOOR,
    "account_reset_password_from_key_done": DOOR,
    "clients": LIST,
    "new_client": LIST,
    "client": CLIENT,
    "edit_client": CLIENT,
    "start": CLIENT,
    "new_link": CLIENT,
    "paper": LIST,
    "reads_along": LIST,
    "finding": FINDING,
    "goal_levels": GOAL,
    "revoke": LINK,
    "consultation": VISIT,
    "review": VISIT,
    "complete": VISIT,
    "addendum": VISIT,
    "paused": VISIT,
    "plan": VISIT,
    "hands_on": VISIT,
    "turned": STEP,
    "brain": VISIT,
    "draft": STEP,
    "step": STEP,
    "progress": MANAGER,
    "plan_door": DOOR,
    "plan_opened": DOOR,
}
OBJECTS = (CLIENT, VISIT, FINDING, GOAL, LINK, STEP)
SLUGS = list(visits.ANSWERS)


def names():
    return {
        pattern.name for one in get_resolver().url_patterns for pattern in getattr(one, "url_patterns", [one])
    }


def test_every_address_has_a_row_in_the_matrix():
    assert names() == set(MATRIX)


@pytest.fixture
def theirs(db):
    """A whole record of another clinic, with a mark in every text."""
    clinic = factories.make_clinic(name=f"Hillside {MARK}", display_name=f"Hill {MARK}")
    return visits.make_everything(factories.make_therapist(clinic, name=f"Sam {MARK}"), MARK)


def addresses(record=None):
    """Every (name, address) of the site; with a record's ids, or with ids that are nobody's."""
    pks = dict.fromkeys((CLIENT, VISIT, LINK, GOAL), MISSING["uuid"]) | {FINDING: MISSING["int"]}
    if record:
        pks = {
            CLIENT: record.client.pk,
            VISIT: record.visit.pk,
            LINK: record.link.pk,
            FINDING: record.finding.pk,
            GOAL: record.client.goals.get().pk,
        }
    for name, kind in MATRIX.items():
        if kind == STEP:
            for slug in SLUGS:
                yield name, reverse(name, args=[pks[VISIT], slug])
        elif kind in pks:
            yield name, reverse(name, args=[pks[kind]])
        elif name == "account_reset_password_from_key":
            yield name, reverse(name, kwargs={"uidb36": "1", "key": "set-password"})
        else:
            yield name, reverse(name)


POSTED = {
    "key": "0198c0de-1111-7000-8000-000000000000",
    "base": "0",
    "do": "save",
    "label": "x",
    "q": "Graham",
}


def asked(browser, method, address):
    return getattr(browser, method)(address, POSTED if method == "post" else {})


def body(reply):
    """A reply's words without what differs in every reply: tokens, and the ids that were asked for."""
    text = reply.content.decode()
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "ID", text)
    text = re.sub(r"/findings/\d+", "/findings/ID", text)
    return re.sub(r"[A-Za-z0-9]{64}", "TOKEN", text)


def everything_said(reply):
    return f"{reply.content.decode(errors='replace')} {dict(reply.headers)} {reply.cookies}"


def walk(browser, record):
    """Yield (name, method, address, reply) for every address and method."""
    for name, address in addresses(record):
        for method in METHODS:
            yield name, method, address, asked(browser, method, address)


def clinical(contents):
    return {name: rows for name, rows in contents.items() if name not in ("AuditEvent", "AuditHead", "User")}


def test_a_therapist_of_another_clinic_finds_nothing_and_changes_nothing(as_therapist, therapist, theirs):
    before, faults = clinical(visits.contents()), []
    for name, method, _, reply in walk(as_therapist, theirs):
        if MARK in everything_said(reply):
            faults.append((name, method, "tells"))
        if MATRIX[name] in OBJECTS and reply.status_code not in (404, 405):
            faults.append((name, method, reply.status_code))
        if reply.status_code >= 500:
            faults.append((name, method, reply.status_code))
        if name == "account_logout" and method == "post":
            as_therapist.force_login(therapist)
    assert faults == []
    assert clinical(visits.contents()) == before


@pytest.mark.parametrize("role", ["therapist", "manager"])
def test_what_is_foreign_and_what_is_not_there_look_the_same(clinic, theirs, role):
    browser, faults = signed_in(factories.make_user(clinic, role=role)), []
    for (name, foreign), (_, missing) in zip(addresses(theirs), addresses(), strict=True):
        if MATRIX[name] not in OBJECTS:
            continue
        for method in METHODS:
            one, other = asked(browser, method, foreign), asked(browser, method, missing)
            if (one.status_code, body(one)) != (other.status_code, body(other)):
                faults.append((name, method, one.status_code, other.status_code))
            if sorted(one.headers) != sorted(other.headers):
                faults.append((name, method, "headers"))
    assert faults == []


@pytest.mark.parametrize("who", ["nobody", "deactivated", "link holder"])
def test_whoever_is_not_signed_in_comes_no_further_than_the_door(theirs, who):
    browser, before = Client(), clinical(visits.contents())
    if who == "deactivated":
        user = theirs.client.therapist
        browser.force_login(user)
        user.is_active = False
        user.save()
        before = clinical(visits.contents())
    if who == "link holder":
        assert browser.post(reverse("plan_door"), {"secret": theirs.secret}).status_code == 302
        before = clinical(visits.contents())
    faults = []
    for name, method, _, reply in walk(browser, theirs):
        may_read = who == "link holder" and name == "plan_opened"
        said = everything_said(reply)
        if name == "plan_door":
            said = said.replace(
                theirs.client.clinic.display_name, ""
            )  # its neutral words, for before a link is opened
        if MARK in said and not may_read:
            faults.append((name, method, "tells"))
        if MATRIX[name] != DOOR:
            to_sign_in = reply.status_code == 302 and reply.url.startswith("/sign-in/")
            if not to_sign_in and reply.status_code not in (401, 405):
                faults.append((name, method, reply.status_code))
        if reply.status_code >= 500:
            faults.append((name, method, reply.status_code))
    assert faults == []
    assert clinical(visits.contents()) == before


def test_the_walk_would_notice_what_may_be_seen(theirs):
    """The same walk by the record's own therapist: the mark is there, so the tests above can fail."""
    browser = signed_in(theirs.client.therapist)
    told = {name for name, address in addresses(theirs) if MARK in browser.get(address).content.decode()}
    assert {"clients", "client", "edit_client", "start", "finding", "step", "review", "plan"} <= told


def test_a_link_shows_the_plan_and_nothing_that_was_written_for_staff(theirs):
    browser = Client()
    browser.post(reverse("plan_door"), {"secret": theirs.secret})
    page = browser.get(reverse("plan_opened"))
    assert page.status_code == 200
    text = page.content.decode()
    assert "Chip in the garden" in text
    for secret in (f"Note{MARK}", f"Friday{MARK}", f"Rang Dr Reid{MARK}", f"Foster{MARK}", f"Typing{MARK}"):
        assert secret not in text
    assert "Every swing grinds my discs down." not in text
    assert "Three people, three explanations." not in text


def test_a_manager_sees_states_and_the_whole_clinic_but_not_another(as_manager, therapist, theirs):
    own = visits.make_everything(therapist, "Own7194")
    page = as_manager.get(reverse("progress")).content.decode()
    assert "Graham FosterOwn7194" in page
    assert MARK not in page
    for secret in (
        "NoteOwn7194",
        "FridayOwn7194",
        "Rang Dr ReidOwn7194",
        "Three people, three explanations.",
    ):
        assert secret not in page
    assert own.client.pk


def test_a_therapist_does_not_open_the_managers_page(as_therapist):
    assert as_therapist.get(reverse("progress")).status_code == 404


def test_a_person_made_inactive_is_out_at_the_next_press(therapist):
    visit = visits.open_gate(visits.begin(therapist))
    browser = signed_in(therapist)
    told = visits.hidden(browser.get(visits.url(visit, "explain")))
    therapist.is_active = False
    therapist.save()
    reply = browser.post(visits.url(visit, "explain"), told | {"personal_link": "after I left"})
    assert reply.status_code == 401
    assert not visit.entries.exists()


def test_reading_writes_nothing_but_the_trace(as_therapist, therapist):
    record = visits.make_everything(therapist)
    before = clinical(visits.contents())
    for _, address in addresses(record):
        for method in ("get", "head", "options"):
            asked(as_therapist, method, address)
    assert clinical(visits.contents()) == before


def test_no_address_holds_a_name_a_birth_date_or_a_reference(therapist):
    record = visits.make_everything(therapist)
    client = record.client
    for _, address in addresses(record):
        for secret in ("Graham", "Foster", "1966", client.reference):
            assert secret not in address


def test_somebody_inactive_or_not_signed_in_reads_no_row_whatever_asks(therapist):
    visit = visits.begin(therapist)
    rows = (type(visit), type(visit.client))
    assert [model.objects.for_user(therapist).count() for model in rows] == [1, 1]
    assert [model.objects.for_user(AnonymousUser()).count() for model in rows] == [0, 0]
    therapist.is_active = False
    assert [model.objects.for_user(therapist).count() for model in rows] == [0, 0]
