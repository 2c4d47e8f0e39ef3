"""The demo clinic: what it holds is written out here, and a second run changes nothing but the link."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.contrib.auth.password_validation import validate_password
from django.core.management import CommandError, call_command
from django.test import override_settings
from django.utils import timezone

from consults import scoring
from consults.actions.plans import open_link
from consults.management import seeding
from consults.models import BeliefRating, Client, Consultation, Goal, PlanLink, PlanVersion, Review, Step
from consults.models.base import Clinical
from painconsult.accounts.models import Clinic, User
from painconsult.audit.chain import faults
from painconsult.audit.models import AuditEvent

COUNTS = {
    "Activity": 9,
    "ActivityVisit": 9,
    "Addendum": 0,
    "Ally": 4,
    "Alternative": 6,
    "AlternativeRating": 6,
    "Belief": 10,
    "BeliefRating": 10,
    "Card": 29,
    "CardUse": 20,
    "Client": 6,
    "ClientWord": 18,
    "Consultation": 5,
    "Draft": 0,
    "Experiment": 3,
    "FlarePlan": 3,
    "Goal": 8,
    "GoalRating": 8,
    "Plan": 3,
    "PlanLink": 1,
    "PlanVersion": 3,
    "ResourceGiven": 5,
    "Review": 8,
    "SafetyFinding": 1,
    "Step": 45,
    "StepEntry": 33,
}
WHOLE = dict.fromkeys(
    (
        "safety",
        "acknowledge",
        "explain",
        "beliefs",
        "reframe",
        "activities",
        "resources",
        "timescale",
        "before-you-go",
    ),
    "full",
)
LATER = ("explain", "beliefs", "reframe", "activities", "resources", "timescale", "before-you-go")
STATES = {
    "Graham": WHOLE,
    "Priya": WHOLE,
    "Marisol": WHOLE,
    "Tom": {"safety": "full", "acknowledge": "enough"} | dict.fromkeys(LATER, "not_started"),
    "Leni": {"safety": "full", "acknowledge": "enough"}
    | dict.fromkeys(LATER, "not_started")
    | {"explain": "enough", "beliefs": "enough"},
}
# Belief, conviction, flexibility as shown and in words, worked on.
BELIEFS = {
    "Graham": [
        ("My discs are worn and every swing grinds them down.", 80, "3.0", "firmly held", True),
        ("If it hurts, I'm injuring it.", 75, "5.0", "some room", True),
        (
            "I was the one who ran the golf day; now I'm the one who watches.",
            70,
            "3.3",
            "firmly held",
            False,
        ),
    ],
    "Priya": [
        ("Bad posture has bent my neck.", 90, "3.0", "firmly held", True),
        ("If I don't sort this now it'll be permanent.", 65, "5.3", "some room", False),
        ("I have to watch it every minute or it gets away from me.", 80, "4.0", "some room", True),
    ],
    "Marisol": [
        ("If I slow down, everything collapses and it's my fault.", 90, "2.3", "firmly held", True),
        ("Nothing I do makes any difference.", 80, "3.0", "firmly held", True),
        ("There is no treatment, so I just wait.", 75, "4.3", "some room", False),
    ],
}
# Title, due date, importance, difficulty, level today, levels locked.
GOALS = {
    "Graham": [
        ("Play golf with the group", date(2025, 6, 3), 3, 2, -1, True),
        ("Drive to see my daughter", date(2025, 4, 14), 2, 1, -1, True),
        ("Lift my grandson (14 kg) from the floor", date(2025, 9, 3), 3, 1, -2, True),
    ],
    "Priya": [
        ("Swim with my sister", date(2025, 10, 13), 3, 2, -2, True),
        ("Work a morning without checking posture", date(2025, 10, 13), 2, 3, -2, True),
    ],
    "Marisol": [
        ("Choir", date(2025, 4, 13), 3, 2, -2, True),
        ("Breaks at work", date(2025, 2, 24), 2, 2, -2, True),
        ("Evenings with the teenagers", date(2025, 4, 13), 3, 3, -1, True),
    ],
}
REVIEWS = {
    "Graham": [date(2025, 3, 17), date(2025, 4, 14), date(2025, 6, 2)],
    "Priya": [date(2025, 9, 22), date(2025, 10, 27)],
    "Marisol": [date(2025, 1, 27), date(2025, 3, 10), date(2025, 6, 2)],
}
GAS_T = {"Graham": "33.3", "Priya": "25.2", "Marisol": "29.6"}
AGES = {"Graham": 58, "Priya": 34, "Marisol": 47, "Tom": 66, "Leni": 33}


def run(**options):
    told = StringIO()
    call_command("seed_demo", stdout=told, **options)
    return told.getvalue()


def counts():
    return {
        model.__name__: model.objects.count()
        for model in apps.get_app_config("consults").get_models()
        if issubclass(model, Clinical)
    }


def visit_of(name):
    return Consultation.objects.select_related("client").get(client__preferred_name=name)


def age_at_visit(visit):
    born, day = visit.client.birth_date, visit.held_on
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def test_the_clinic_as_written(db):
    run(as_written=True)
    assert counts() == COUNTS
    assert {name: age_at_visit(visit_of(name)) for name in AGES} == AGES
    for name, states in STATES.items():
        assert dict(visit_of(name).steps.values_list("slug", "state")) == states, name
    for name in BELIEFS:
        assert_thinking_and_goals(name)


def assert_thinking_and_goals(name):
    ratings = BeliefRating.objects.filter(belief__client__preferred_name=name).order_by("belief_id")
    assert [told(rating) for rating in ratings] == BELIEFS[name]
    assert {rating.context for rating in ratings} == {"before"}
    goals = Goal.objects.filter(client__preferred_name=name).order_by("id")
    assert [
        (
            goal.title,
            goal.due_date,
            goal.importance,
            goal.difficulty,
            goal.baseline_level,
            goal.has_all_levels,
        )
        for goal in goals
    ] == [(*line[:5], True) for line in GOALS[name]]
    assert [goal.levels_locked_at is not None for goal in goals] == [line[5] for line in GOALS[name]]
    weights = [goal.importance * goal.difficulty for goal in goals]
    assert scoring.shown(scoring.gas_t([goal.baseline_level for goal in goals], weights)) == GAS_T[name]
    reviews = Review.objects.filter(client__preferred_name=name)
    assert list(reviews.values_list("due", flat=True)) == REVIEWS[name]


def told(rating):
    room = scoring.flexibility(rating.flex_mistaken, rating.flex_alternatives, rating.flex_contradiction)
    words = scoring.flexibility_words(room)
    return (rating.belief.statement, rating.conviction, scoring.shown(room), words, rating.focus)


def test_what_is_published_open_and_paused(db):
    run(as_written=True)
    versions = PlanVersion.objects.order_by("agreed_on").values_list(
        "plan__client__preferred_name", "number", "agreed_on", "struck"
    )
    assert list(versions) == [
        ("Marisol", 1, date(2025, 1, 13), []),
        ("Graham", 1, date(2025, 3, 3), []),
        ("Priya", 1, date(2025, 9, 1), []),
    ]
    done = Consultation.objects.exclude(completed_at=None).values_list("client__preferred_name", flat=True)
    assert sorted(done) == ["Graham", "Marisol", "Priya"]
    finding = visit_of("Tom").findings.get()
    assert (finding.flag, finding.level_now, finding.is_open) == ("cancer", "U", True)
    assert finding.reply_due == visit_of("Tom").held_on + timedelta(days=1)
    assert finding.action and finding.contacted
    assert visit_of("Tom").outcome == "paused_referred"
    assert visit_of("Leni").completed_at is None
    assert visit_of("Marisol").outcome == "proceed_with_follow_up"
    assert visit_of("Marisol").suicide_answer == "none"
    assert not Client.objects.get(preferred_name="Ewa").consultations.exists()


def test_the_demo_moves_with_the_calendar(db):
    run()
    today = timezone.localdate()
    days = {name: (today - visit_of(name).held_on).days for name in STATES}
    assert days == {"Graham": 8, "Priya": 15, "Marisol": 3, "Tom": 0, "Leni": 1}
    assert Review.objects.filter(client__preferred_name="Graham").first().due == today + timedelta(days=6)
    assert {name: age_at_visit(visit_of(name)) for name in AGES} == AGES


def test_a_second_run_changes_nothing_but_the_link(db):
    first = run()
    before = {model: list(model.objects.order_by("pk").values()) for model in everything()}
    second = run()
    after = {model: list(model.objects.order_by("pk").values()) for model in everything()}
    assert before == after
    old, new = code(first), code(second)
    assert open_link(old) is None
    assert open_link(new).label == "Demo link"
    assert [PlanLink.objects.filter(revoked_at__isnull=still).count() for still in (True, False)] == [1, 1]
    assert [*faults(str(Clinic.objects.get().pk))] == []


def everything():
    consults = apps.get_app_config("consults").get_models()
    return [Clinic, User, *(model for model in consults if model is not PlanLink)]


def code(told):
    line = next(line for line in told.splitlines() if "/p#" in line)
    return line.split("/p#")[1]


def test_what_is_printed_lets_people_in(db, client):
    told = run()
    for email, _, role, _, password in seeding.STAFF:
        assert email in told and password in told
        user = User.objects.get(email=email)
        assert user.role == role
        validate_password(password, user)
        reply = client.post("/sign-in/", {"login": email, "password": password})
        assert reply.status_code == 302, email
        client.logout()


def test_a_changed_password_is_the_printed_one_again(db):
    run()
    user = User.objects.get(email="manager@demo.example")
    user.set_password("something else entirely")
    user.save()
    run()
    user.refresh_from_db()
    assert user.check_password("see-the-whole-clinic")


@override_settings(PRODUCTION=True)
def test_production_is_refused(db):
    with pytest.raises(CommandError, match="production") as refused:
        run()
    assert "\n" not in str(refused.value)
    assert not User.objects.exists()


def test_nothing_in_it_could_be_somebody_real(db):
    run()
    clinic = Clinic.objects.get()
    assert clinic.is_demo and clinic.weighs_goals
    for contact in (clinic.emergency_contact, clinic.crisis_contact, clinic.clinic_contact):
        assert contact.startswith("demo number")
    assert all(email.endswith("@demo.example") for email in User.objects.values_list("email", flat=True))
    for client in Client.objects.all():
        assert client.full_name == f"{client.preferred_name} Demo"
        assert (client.phone, client.email) == ("", "")


def test_a_clinic_of_a_size(db):
    run(clients=40, consultations=120)
    assert (Client.objects.count(), Consultation.objects.count()) == (40, 120)
    assert Step.objects.count() == 9 * 120
    assert Client.objects.filter(consultations=None).exists()
    assert Review.objects.filter(status="due").exists()
    run(clients=40, consultations=120)
    assert (Client.objects.count(), Consultation.objects.count()) == (40, 120)
    assert AuditEvent.objects.filter(action="filled").count() == 1
