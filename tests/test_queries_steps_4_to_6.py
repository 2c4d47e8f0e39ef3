"""How often steps 4, 5 and 6 ask the database: the budget of a page and of a save, however much is on them."""

import pytest
from django.db import connection

from consults.steps import BY_SLUG
from tests import visits

PAGE, SAVE = 12, 20
STEPS = ("reframe", "activities", "resources")
CONTROL = ("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT")


class Asked(list):
    """The statements of one request, without those that only open and close a transaction."""

    def __call__(self, execute, sql, params, many, context):
        if sql.split()[0] not in CONTROL:
            self.append(sql)
        return execute(sql, params, many, context)

    def __str__(self):
        return "\n".join(f"{n:>2} {sql[:200]}" for n, sql in enumerate(self, start=1))


def asked(call):
    found = Asked()
    with connection.execute_wrapper(found):
        reply = call()
    assert reply.status_code in (200, 302), visits.words(reply)
    return found


def several(slug, kind, count, **differs):
    """The good answers of a step with several rows of one kind; `differs` names what tells them apart."""
    one = visits.ANSWERS[slug]
    rows = [f"new{n}" for n in range(1, count + 1)]
    told = {name: value for name, value in one.items() if not name.startswith(f"{kind}-")} | {kind: rows}
    for n, row in enumerate(rows):
        for name, value in one.items():
            if name.startswith(f"{kind}-new1-"):
                told[name.replace("new1", row)] = value
        told |= {f"{kind}-{row}-{name}": words[n] for name, words in differs.items()}
    return told


def busy(visit, mark=""):
    """Three beliefs, two in focus, each with an alternative; two tries, activities, resources, people and goals."""
    losses = {"loss": ["new1", "new2"], "loss-new2-words": f"Dancing{mark}"}
    visits.save(visit, "acknowledge", visits.good("acknowledge", **losses))
    visits.save(visit, "explain")
    words = [f"{words}{mark}" for words in ("It grinds", "It never ends", "I am useless")]
    visits.save(visit, "beliefs", several("beliefs", "belief", 3, statement=words, focus=["yes", "yes", ""]))
    visits.save(
        visit,
        "activities",
        several(
            "activities",
            "activity",
            2,
            activity=[f"Golf{mark}", f"Dance{mark}"],
            in_plan=["" if mark else "yes"] * 2,
        ),
    )
    beliefs = [str(belief.pk) for belief in visit.client.beliefs.order_by("id").filter(heard_in=visit)]
    reframe = several("reframe", "alternative", 3, belief=beliefs, text=["One", "Two", "Three"])
    reframe |= {"experiment": ["new1", "new2"]}
    reframe |= {f"experiment-new{n}-movement": f"Try {n}" for n in (1, 2)}
    visits.save(visit, "reframe", reframe)
    people = several("resources", "ally", 2, name=[f"Dave{mark}", f"Ann{mark}"])
    titles = {f"resource-new{n}-title": f"Film {n}" for n in (1, 2)}
    visits.save(visit, "resources", people | titles | {"resource": ["new1", "new2"]})
    activities = [str(one.pk) for one in visit.client.activities.order_by("id").filter(heard_in=visit)]
    goals = several("timescale", "goal", 2, title=[f"Golf{mark}", f"Dance{mark}"], activity=activities)
    visits.save(visit, "timescale", goals)


@pytest.fixture
def visit(therapist):
    """A second visit after a busy first one, so that there is something to carry and something new."""
    therapist = visits.give_hands(therapist)
    client = visits.make_client(therapist, known_condition="Psoriatic arthritis")
    first = visits.change(visits.open_gate(visits.begin(therapist, client)), touch_safe="yes")
    busy(first)
    visits.completed(visits.change(first))
    second = visits.open_gate(visits.begin(therapist, client))
    return visits.change(second, touch_safe="yes")


@pytest.mark.parametrize("slug", STEPS)
def test_a_page_keeps_its_budget_however_much_is_on_it(as_therapist, visit, slug):
    as_therapist.get(visits.url(visit, slug))  # the trace that somebody looked is written once in 15 minutes
    bare = asked(lambda: as_therapist.get(visits.url(visit, slug)))
    busy(visit, " again")
    full = asked(lambda: as_therapist.get(visits.url(visit, slug)))

    assert len(full) <= PAGE, f"{len(full)}\n{full}"
    assert len(bare) <= PAGE


@pytest.mark.parametrize("slug", STEPS)
def test_a_save_keeps_its_budget_however_much_is_on_it(as_therapist, visit, slug):
    busy(visit, " again")
    told = visits.hidden(as_therapist.get(visits.url(visit, slug))) | visits.as_shown(visit, slug)
    found = asked(lambda: as_therapist.post(visits.url(visit, slug), told | {"do": "save"}))

    assert len(found) <= SAVE, f"{len(found)}\n{found}"


CHANGED = {
    "reframe": {
        "text": "Another",
        "believability": "65",
        "tied_to_activity": "{activity}",
        "learnt_client_words": "Good",
        "progress_marker": "Days",
    },
    "activities": {"activity": "Walk", "importance": "7", "support_between_visits": "A call"},
    "resources": {
        "when_to_use": "On Sunday",
        "will_do": "Comes along",
        "consent": "no",
        "ally_answer": "later",
    },
}


@pytest.mark.parametrize("slug", STEPS)
def test_a_save_that_changes_every_row_keeps_its_budget_too(as_therapist, visit, slug):
    busy(visit, " again")
    told = visits.hidden(as_therapist.get(visits.url(visit, slug))) | visits.as_shown(visit, slug)
    for name in CHANGED[slug]:
        for row in rows_of(told):
            told[f"{row}-{name}"] = CHANGED[slug][name].format(activity=visit.client.activities.last().pk)
        if name in BY_SLUG[slug].form.base_fields:
            told[name] = CHANGED[slug][name]
    found = asked(lambda: as_therapist.post(visits.url(visit, slug), told | {"do": "save"}))
    assert len(found) <= SAVE, f"{len(found)}\n{found}"


def rows_of(told):
    kinds = ("alternative", "experiment", "activity", "resource", "ally")
    return [f"{kind}-{row_id}" for kind in kinds for row_id in told.get(kind, [])]


@pytest.mark.parametrize(
    ("slug", "kind", "main"),
    [
        ("reframe", "experiment", "movement"),
        ("reframe", "alternative", "text"),
        ("activities", "activity", "activity"),
        ("resources", "resource", "title"),
        ("resources", "ally", "name"),
    ],
)
def test_a_save_asks_as_often_for_three_new_rows_as_for_one(as_therapist, visit, slug, kind, main):
    def save(*rows):
        told = visits.hidden(as_therapist.get(visits.url(visit, slug))) | {"do": "save", kind: list(rows)}
        told |= {f"{kind}-{row}-{main}": f"Something {row}" for row in rows}
        told |= {f"{kind}-{row}-belief": belief for row in rows}
        return len(asked(lambda: as_therapist.post(visits.url(visit, slug), told)))

    belief = str(visit.client.beliefs.first().pk)
    assert save("new1") == save("new1", "new2", "new3") <= SAVE
