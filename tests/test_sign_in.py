"""Who gets in, who does not, and what either of them is told."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.urls import NoReverseMatch, reverse

from painconsult.accounts.models import User
from painconsult.audit.models import AuditEvent
from tests.conftest import signed_in
from tests.factories import PASSWORD, make_therapist

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MISMATCH = "Email and password do not match."


def sign_in(client, email, password=PASSWORD, **more):
    return client.post("/sign-in/", {"login": email, "password": password} | more)


def actions():
    return list(AuditEvent.objects.values_list("action", flat=True).order_by("id"))


def test_a_therapist_signs_in_and_lands_at_the_start(client, therapist):
    reply = sign_in(client, therapist.email)
    assert (reply.status_code, reply["Location"]) == (302, "/")
    assert client.get("/session").json()["user"] == therapist.pk


@pytest.mark.parametrize(
    ("given", "typed"),
    [
        ("Ann@Clinic.example", "  aNN@CLINIC.EXAMPLE "),
        ("ann@praxis-weiß.example", "Ann@Praxis-Weiß.example"),
    ],
)
def test_an_address_means_the_same_however_it_is_typed(client, clinic, given, typed):
    make_therapist(clinic, email=given)
    assert sign_in(client, typed).status_code == 302


def test_signing_in_goes_on_where_the_person_wanted_to_go(client, therapist):
    wanted = client.get("/signed-in")
    assert wanted["Location"] == "/sign-in/?next=/signed-in"
    assert sign_in(client, therapist.email, next="/signed-in")["Location"] == "/signed-in"


def test_signing_in_never_leads_to_another_site(client, therapist):
    assert sign_in(client, therapist.email, next="https://evil.example/")["Location"] == "/"


def test_a_wrong_password_and_an_unknown_person_read_the_same(client, therapist):
    wrong = sign_in(client, therapist.email, "not the password")
    unknown = sign_in(client, "nobody@clinic.example", "not the password")
    assert MISMATCH in wrong.content.decode()
    assert _bare(wrong, therapist.email) == _bare(unknown, "nobody@clinic.example")


def _bare(reply, email):
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", reply.content.decode())
    return reply.status_code, text.replace(email, "")


def test_somebody_made_inactive_reads_what_a_wrong_password_reads(client, clinic):
    gone = make_therapist(clinic, is_active=False)
    assert MISMATCH in sign_in(client, gone.email).content.decode()
    assert client.get("/session").status_code == 401


def test_the_sixth_try_in_five_minutes_is_refused_even_with_the_right_password(client, therapist):
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(5):
            assert MISMATCH in sign_in(client, therapist.email, "wrong").content.decode()
            clock.shift(10)  # the limit by address is ten a minute
        assert "Too many tries" in sign_in(client, therapist.email).content.decode()
        clock.shift(301)
        assert sign_in(client, therapist.email).status_code == 302


def test_tries_on_one_account_do_not_hold_up_another(client, clinic, therapist):
    colleague = make_therapist(clinic)
    for _ in range(5):
        sign_in(client, therapist.email, "wrong")
    assert sign_in(client, colleague.email).status_code == 302


def test_nobody_signs_up_and_the_rest_of_allauth_is_not_there(client):
    for name in ("account_signup", "account_email", "account_inactive", "account_change_password"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


def test_signing_out_takes_a_post_and_empties_the_cache(as_therapist):
    assert as_therapist.get("/sign-out/").status_code == 200
    assert as_therapist.get("/session").status_code == 200
    reply = as_therapist.post("/sign-out/")
    assert (reply.status_code, reply["Location"]) == (302, "/")
    assert reply["Clear-Site-Data"] == '"cache", "storage"'
    assert as_therapist.get("/session").status_code == 401


def test_signing_out_twice_is_no_error(as_therapist):
    as_therapist.post("/sign-out/")
    assert as_therapist.post("/sign-out/").status_code == 302


def test_signing_in_and_out_and_failing_leave_a_trace(client, clinic, therapist):
    sign_in(client, therapist.email, "wrong")
    sign_in(client, therapist.email)
    client.post("/sign-out/")
    assert actions() == ["sign-in-failed", "signed-in", "signed-out"]
    assert set(AuditEvent.objects.values_list("chain", flat=True)) == {str(clinic.pk)}


def test_a_try_for_an_unknown_address_is_recorded_without_the_address(client, db):
    sign_in(client, "nobody@clinic.example")
    event = AuditEvent.objects.get()
    assert (event.chain, event.action, event.object_id, event.detail) == ("site", "sign-in-failed", "", "")


# --- A new password ---------------------------------------------------------------------------


def ask_for_link(client, email):
    reply = client.post("/password/", {"email": email})
    assert (reply.status_code, reply["Location"]) == (302, "/password/sent/")
    return mail.outbox[-1]


def link_in(letter):
    return re.search(r"http://127\.0\.0\.1:8000(/password/\S+)", letter.body).group(1)


def choose(client, path, password):
    form = client.get(path, follow=True)
    return client.post(form.request["PATH_INFO"], {"password1": password, "password2": password})


def test_a_forgotten_password_is_replaced_by_mail(client, therapist):
    letter = ask_for_link(client, therapist.email.upper())
    assert (letter.to, letter.subject) == ([therapist.email], "Your new password for painconsult")
    assert letter.alternatives == []
    assert choose(client, link_in(letter), "a boat under the bridge")["Location"] == "/password/changed/"
    assert sign_in(client, therapist.email, "a boat under the bridge").status_code == 302
    assert actions() == ["password-reset", "signed-in"]


def test_the_link_in_the_mail_is_built_from_the_settings_not_from_the_host(client, therapist, settings):
    settings.SITE_URL = "https://pain.clinic.example/"
    client.post("/password/", {"email": therapist.email}, headers={"host": "localhost"})
    assert "https://pain.clinic.example/password/" in mail.outbox[0].body
    assert "localhost" not in mail.outbox[0].body


def test_a_link_works_once(client, therapist):
    path = link_in(ask_for_link(client, therapist.email))
    choose(client, path, "a boat under the bridge")
    assert "This link no longer works" in Client().get(path, follow=True).content.decode()


def test_a_link_works_for_thirty_minutes(client, therapist):
    with time_machine.travel(NOON, tick=False) as clock:
        path = link_in(ask_for_link(client, therapist.email))
        clock.shift(timedelta(minutes=31))
        assert "This link no longer works" in client.get(path, follow=True).content.decode()


def test_a_new_password_ends_the_other_sessions(client, therapist):
    elsewhere = signed_in(therapist)
    assert elsewhere.get("/session").status_code == 200
    choose(client, link_in(ask_for_link(client, therapist.email)), "a boat under the bridge")
    assert elsewhere.get("/session").status_code == 401


def test_a_new_password_lets_a_locked_out_person_in_at_once(client, therapist):
    for _ in range(5):
        sign_in(client, therapist.email, "wrong")
    choose(client, link_in(ask_for_link(client, therapist.email)), "a boat under the bridge")
    assert sign_in(client, therapist.email, "a boat under the bridge").status_code == 302


@pytest.mark.parametrize("password", ["shortpass11", "password1234"])
def test_a_short_or_common_password_is_refused_in_words(client, therapist, password):
    reply = choose(client, link_in(ask_for_link(client, therapist.email)), password)
    assert reply.status_code == 200
    assert 'class="govuk-error-summary"' in reply.content.decode()


def test_an_unknown_address_gets_the_same_answer_and_a_letter_that_says_so(client, db):
    letter = ask_for_link(client, "nobody@clinic.example")
    assert "There is no account with this address." in letter.body


# --- How long a session lasts -----------------------------------------------------------------


def test_twenty_quiet_minutes_end_a_session(therapist):
    with time_machine.travel(NOON, tick=False) as clock:
        client = signed_in(therapist)
        assert client.get("/session").status_code == 200
        clock.shift(timedelta(minutes=20, seconds=1))
        assert client.get("/session").status_code == 401


def test_a_session_in_use_goes_on(therapist):
    with time_machine.travel(NOON, tick=False) as clock:
        client = signed_in(therapist)
        for _ in range(4):
            clock.shift(timedelta(minutes=15))
            assert client.get("/session").status_code == 200


def test_a_session_ends_after_twelve_hours_however_busy(therapist):
    with time_machine.travel(NOON, tick=False) as clock:
        client = signed_in(therapist)
        for _ in range(48):
            assert client.get("/session").status_code == 200
            clock.shift(timedelta(minutes=15))
        clock.shift(1)
        assert client.get("/session").status_code == 401
        assert Session.objects.count() == 0


def test_last_seen_is_written_at_most_once_a_minute(therapist, django_assert_num_queries):
    with time_machine.travel(NOON, tick=False) as clock:
        client = signed_in(therapist)
        client.get("/signed-in")
        with django_assert_num_queries(2):  # the session, the person with their clinic
            client.get("/signed-in")
        clock.shift(60)
        client.get("/signed-in")
        ends = Session.objects.get().expire_date
        assert ends == NOON + timedelta(minutes=21)


def test_somebody_made_inactive_is_out_at_the_next_request(as_therapist, therapist):
    User.objects.filter(pk=therapist.pk).update(is_active=False)
    assert as_therapist.get("/session").status_code == 401
    User.objects.filter(pk=therapist.pk).update(is_active=True)
    assert as_therapist.get("/session").status_code == 401


def test_the_session_gets_a_new_key_at_sign_in(client, therapist):
    client.get("/sign-in/")
    session = client.session
    session["before"] = True
    session.save()
    client.cookies["session"] = session.session_key
    sign_in(client, therapist.email)
    assert client.cookies["session"].value != session.session_key
