"""GET /session: who is signed in, and a token that works."""

from django.test import Client


def test_it_names_the_person_and_a_token(as_therapist, therapist):
    reply = as_therapist.get("/session")
    assert reply.status_code == 200
    assert set(reply.json()) == {"user", "csrf"}
    assert reply.json()["user"] == therapist.pk


def test_the_token_works_for_a_form(therapist):
    client = Client(enforce_csrf_checks=True)
    client.force_login(therapist)
    token = client.get("/session").json()["csrf"]
    assert client.post("/sign-out/", headers={"x-csrftoken": token}).status_code == 302


def test_nobody_signed_in_is_401_in_json_and_no_redirect(client, db):
    reply = client.get("/session")
    assert (reply.status_code, reply.json()) == (401, {"user": None})


def test_it_writes_nothing_but_last_seen(as_therapist, django_assert_num_queries):
    as_therapist.get("/session")
    with django_assert_num_queries(2):  # the session, the person
        as_therapist.get("/session")


def test_it_is_only_asked_for(as_therapist):
    assert as_therapist.post("/session").status_code == 405


def test_home_sends_nobody_to_the_sign_in_page(client, db):
    assert client.get("/")["Location"] == "/sign-in/?next=/"
