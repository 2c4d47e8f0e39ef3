"""Finding a client: by the beginnings of their names, as people type them, and by the whole reference."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consults.actions import clients as actions
from consults.folding import found_by
from consults.management import filling
from consults.models import Client, ClientWord
from tests import visits


def found(browser, typed, address="/clients"):
    """The preferred names that are listed."""
    html = unescape(browser.post(address, {"q": typed}).content.decode())
    return re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a>', html)


def stored():
    return {(str(client), bytes(word)) for client, word in ClientWord.objects.values_list("client", "word")}


def fill(therapist, clients):
    visits.give_hands(therapist)
    filling.fill(therapist.clinic, clients, 0, say=lambda words: None)


def change(client, **answers):
    told = {name: getattr(client, name) for name in actions.DETAILS} | answers
    actions.change_client(client, told, by=client.therapist, base=actions.version_of(client))


# --- What is found ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Ayşe Öztürk", "ozturk"),
        ("Ayşe Öztürk", "ÖZTÜRK AYSE"),
        ("Ayse Ozturk", "Öztürk"),
        ("Renée Lefèvre", "renee lefe"),
        ("Rene\u0301e Lefevre", "renée"),
        ("Jürgen Weiß", "weiss"),
        ("Jurgen Weiss", "weiß"),
        ("Søren Kjær", "soren kjaer"),
        ("Łukasz Wałęsa", "lukasz walesa"),
        ("İpek Işık", "ipek isik"),
        ("Đorđe Đurić", "dorde duric"),
        ("Þóra Æsa", "thora aesa"),
        ("Ольга Королёва", "КОРОЛЕВА"),
        ("Νίκος Παπαδόπουλος", "νικοσ"),
        ("Siân O’Brien", "obrien"),
        ("Sian O'Brien", "o'brien"),
        ("Sian O'Brien", "brien"),
        ("Zoë Smith-O'Brien", "obrien"),
        ("Leilani Kaʻahumanu", "kaahumanu"),
        ("Zoë Smith", "zo\u00ade"),
        ("Zoë Smith-Jones", "smith"),
        ("Zoë Smith-Jones", "jones"),
        ("Zoë Smith-Jones", "smith-jon"),
        ("Zoë Smith-Jones", "smithjones"),
        ("Zoë Smith Jones", "smith-jones"),
        ("Zoë  Smith", "  z   S  "),
        ("Ada03 Reid", "ada"),
        ("Ada03 Reid", "ada03"),
    ],
)
def test_a_name_is_found_as_people_type_it(as_therapist, therapist, name, typed):
    visits.make_client(therapist, preferred_name="Her", full_name=name)
    visits.make_client(therapist, preferred_name="Mia", full_name="Maria Hill")
    assert found(as_therapist, typed) == ["Her"]


@pytest.mark.parametrize("typed", ["raham", "reid foster", "graham graham s", "-", "%", "graham 1966"])
def test_what_begins_no_word_of_a_client_finds_nobody(as_therapist, therapist, typed):
    visits.make_client(therapist, full_name="Graham Reid")
    assert found(as_therapist, typed) == []


def test_every_typed_word_has_to_begin_a_word_of_the_same_client(as_therapist, therapist):
    visits.make_client(therapist, preferred_name="One", full_name="Graham Foster")
    visits.make_client(therapist, preferred_name="Two", full_name="Graham Reid")
    visits.make_client(therapist, preferred_name="Three", full_name="Foster Hill")
    assert found(as_therapist, "gra fos") == ["One"]
    assert found(as_therapist, "fos") == ["Three", "One"]
    assert found(as_therapist, "two r") == ["Two"]


@pytest.mark.parametrize("typed", ["D-12", "d-12", "D12", "graham d-12"])
def test_a_reference_is_found_whole_whatever_its_case(as_therapist, therapist, typed):
    for number in (1, 12, 120):
        visits.make_client(therapist, preferred_name=f"Graham {number}", reference=f"D-{number}")
    assert found(as_therapist, typed) == ["Graham 12"]


def test_a_reference_of_letters_is_found_like_a_name(as_therapist, therapist):
    visits.make_client(therapist, preferred_name="Her", reference="MOON-Älv")
    assert found(as_therapist, "moon-alv") == ["Her"]


def test_the_letter_before_every_reference_finds_names_only(as_therapist, therapist):
    visits.make_client(therapist, preferred_name="Her", full_name="Dora Hill", reference="D-1")
    visits.make_client(therapist, preferred_name="Mia", full_name="Maria Hill", reference="D-2")
    assert found(as_therapist, "d") == ["Her"]


def test_very_long_names_and_searches_are_found_too(as_therapist, therapist):
    long = "ﷺ" * 80
    visits.make_client(therapist, preferred_name=long, full_name=long * 2, reference="R" * 39 + "1")
    assert found(as_therapist, long) == [long]
    assert found(as_therapist, "r" * 39 + "1") == [long]
    assert found(as_therapist, " ".join("abcdefghijklmnopqrstuvwxyz")) == []


# --- Whose, and in which order ------------------------------------------------------------------


def test_nobody_of_another_clinic_is_found(as_therapist, therapist, stranger):
    visits.make_client(therapist, preferred_name="Ours", full_name="Graham Foster")
    visits.make_client(stranger, preferred_name="Theirs", full_name="Graham Foster", reference="X-9")
    assert found(as_therapist, "graham") == ["Ours"]
    assert found(as_therapist, "graham foster") == ["Ours"]
    assert found(as_therapist, "x-9") == []


def test_nobody_who_is_archived_is_found(as_therapist, therapist):
    visits.make_client(therapist, full_name="Graham Foster", status="archived")
    assert found(as_therapist, "graham") == []


def test_the_newest_come_first_thirty_to_a_page_and_each_once(as_therapist, therapist):
    for n in range(32):
        client = visits.make_client(therapist, preferred_name=f"Ann {n:02d}", full_name="Anna Annasdotter")
        Client.objects.filter(pk=client.pk).update(created_at=timezone.now() - timedelta(days=n))
    assert found(as_therapist, "ann") == [f"Ann {n:02d}" for n in range(30)]
    assert found(as_therapist, "ann a", "/clients?page=2") == ["Ann 30", "Ann 31"]


# --- The words are written with the client ------------------------------------------------------


def test_a_new_client_is_found_by_the_number_they_were_given(as_therapist):
    three = {"preferred_name": "Ayşe", "full_name": "Ayşe Öztürk"}
    born = {"birth_date-day": "3", "birth_date-month": "4", "birth_date-year": "1967"}
    as_therapist.post("/clients/new", three | born)
    assert found(as_therapist, "ozturk") == found(as_therapist, "c-0001") == ["Ayşe"]


def test_a_renamed_client_is_found_by_the_new_name_only(as_therapist, therapist):
    client = visits.make_client(therapist, preferred_name="Mia", full_name="Maria Hill", reference="A-1")
    change(client, full_name="Maria Reid", reference="A-2")
    assert found(as_therapist, "reid") == found(as_therapist, "a-2") == ["Mia"]
    assert found(as_therapist, "hill") == found(as_therapist, "a-1") == []


def test_a_filled_clinic_has_the_words_of_its_clients(therapist):
    fill(therapist, 5)
    names = Client.objects.values_list("pk", "preferred_name", "full_name", "reference")
    assert stored() == {(str(client), word) for client, *told in names for word in found_by(*told)}
    assert names.count() == 5


@pytest.mark.django_db(transaction=True)
def test_the_migration_writes_the_words_of_clients_who_are_there(therapist, stranger):
    for n in range(3):
        visits.make_client(therapist, full_name=f"Ayşe Öztürk-{'abc'[n]}")
    visits.make_client(stranger, full_name="Graham Foster")
    before = stored()
    call_command("migrate", "consults", "0006", verbosity=0)
    call_command("migrate", "consults", verbosity=0)
    assert stored() == before
    assert before


# --- Cost -------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["graham", "graham reid", "t-9999"])
def test_a_search_begins_at_the_words_and_never_walks_the_clinic(as_therapist, therapist, typed):
    fill(therapist, 2000)
    visits.make_client(therapist, preferred_name="Graham", full_name="Graham Reid", reference="T-9999")
    with connection.cursor() as cursor:
        explain = "EXPLAIN QUERY PLAN"
        if connection.vendor == "postgresql":  # it plans by what it knows of the tables
            cursor.execute("ANALYZE consults_client, consults_clientword")
            explain = "EXPLAIN"
        with CaptureQueriesContext(connection) as asked:
            assert found(as_therapist, typed) == ["Graham"]
        (search,) = [query["sql"] for query in asked if "consults_clientword" in query["sql"]]
        cursor.execute(f"{explain} {search}")
        plan = "\n".join(str(row[-1]) for row in cursor.fetchall())
    assert "client_by_word" in plan
    assert not re.search(r"client_newest|client_caseload|SCAN|Seq Scan", plan), plan
