"""The lists of people go along an index, on both databases: what a page of them costs does not grow with the
clinic. PostgreSQL would rather read a small table from end to end, and sort what it found, so it is told not
to: what it does of itself with three rows depends on when they were last counted."""

from datetime import date

import pytest
from django.db import connection

from consults.models import Client
from consults.views import caseload, needs, progress
from tests import visits

TODAY = date(2026, 3, 17)
SORTS = ("USE TEMP B-TREE FOR ORDER BY", "->  Sort", "Sort  (")


@pytest.fixture
def plan(therapist):
    """plan(rows): how the database finds these rows."""
    for name in ("Ada", "Bo", "Cleo"):
        visits.make_visit(visits.make_client(therapist, preferred_name=name), therapist)

    def told(rows):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL enable_seqscan = off")
                cursor.execute("SET LOCAL enable_bitmapscan = off")
                cursor.execute("SET LOCAL enable_sort = off")
        return rows.explain()

    return told


def goes_along(told, *indexes):
    """Whether one of these is used. In a table of three rows every index costs PostgreSQL the same, so there
    it is only asked that it found some way that is not the whole table."""
    if connection.vendor == "postgresql":
        return "Seq Scan" not in told
    return any(name in told for name in indexes)


def test_a_page_of_the_whole_clinic_is_read_in_the_order_of_its_index(plan, therapist):
    everyone = Client.objects.for_user(therapist).filter(status="active")
    told = plan(everyone.order_by("-created_at", "-pk").values_list("pk", flat=True)[:31])
    assert "client_newest" in told
    assert not any(sort in told for sort in SORTS), told


@pytest.mark.parametrize(
    ("kind", "index"),
    [
        (needs._with_finding, "finding_open"),
        (needs._with_visit_left_open, "visit_by_day|visit_still_open|one_open_consultation"),
        (needs._with_date_gone_by, "review_still_due"),
        (needs._without_date, "client_without_date"),
        (needs._with_plan_unopened, "link_never_opened"),
    ],
    ids=["reply", "open", "date", "no date", "plan"],
)
def test_each_kind_of_need_has_an_index_of_its_own(plan, manager, kind, index):
    told = plan(kind(manager, TODAY)[:31])
    assert goes_along(told, *index.split("|")), told


def test_what_is_told_of_one_page_is_looked_up_by_its_ids(plan, therapist):
    ids = list(Client.objects.values_list("pk", flat=True))
    for rows in (caseload.as_listed().filter(pk__in=ids), progress.what_is_told().filter(pk__in=ids)):
        told = plan(rows)
        assert goes_along(told, "sqlite_autoindex_consults_client_1"), told


def test_what_somebody_left_open_is_found_among_their_own(plan, therapist):
    told = plan(caseload.open_visits_of(therapist))
    assert goes_along(told, "visit_still_open"), told
