"""The drawings on the turned screen: one for every picture, and the head with the kinds of change."""

import re
import uuid
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from consults.actions import drafts
from consults.exports.plan import plain
from consults.steps import BY_SLUG
from education import library
from education.reader import content
from tests import visits

PICTURES = [entry["id"] for entry in content("pictures")["pictures"]]
FOLDER = settings.BASE_DIR / "templates" / "consults" / "pictures"
DRAWINGS = [*PICTURES, "_brain"]
LOOK = (settings.BASE_DIR / "static" / "look.css").read_text()
MAY_BE_SAID = {  # what a drawing may carry; colours come from look.css by class
    *("class", "d", "x", "y", "rx", "ry", "cx", "cy", "r", "width", "height", "transform"),
    *("id", "viewBox", "role", "aria-labelledby", "aria-label", "href"),
}
CHANGES = [entry for entry in content("brain")["cards"] if entry["kind"] == "change"]
FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


def drawn(name):
    """A drawing as the page gets it, read as XML."""
    if name == "_brain":
        cards = [(card, card.plain) for card in library.brain_cards("change")]
        return ElementTree.fromstring(render_to_string("consults/pictures/_brain.html", {"cards": cards}))
    context = {"picture": library.picture(name)}
    return ElementTree.fromstring(render_to_string("consults/pictures/_picture.html", context).strip())


def test_every_drawing_belongs_to_a_picture():
    assert {path.stem for path in FOLDER.glob("[!_]*.html")} == set(PICTURES)


@pytest.mark.parametrize("name", PICTURES)
def test_a_drawing_says_its_title_and_what_it_shows(name):
    drawing, picture = drawn(name), library.picture(name)
    said = {part.get("id"): part.text for part in drawing if part.tag in ("title", "desc")}
    assert list(said.values()) == [picture.title, picture.shows]
    assert drawing.get("aria-labelledby").split() == list(said)
    assert (drawing.get("role"), drawing.get("viewBox")) == ("img", "0 0 600 520")
    assert len(list(drawing.iter())) > 8  # more than a frame and its words


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_has_no_colours_styles_or_scripts_of_its_own(name):
    for part in drawn(name).iter():
        assert part.tag not in ("style", "script", "image", "use", "foreignObject")
        assert set(part.attrib) <= MAY_BE_SAID, part.attrib
        assert part.get("href", "#").startswith("#")
        for one in part.get("class", "").split():
            if one.startswith("p-"):
                assert re.search(rf"\.{one}\b", LOOK), one


def test_the_ids_of_all_drawings_are_different():
    ids = [part.get("id") for name in DRAWINGS for part in drawn(name).iter() if part.get("id")]
    assert len(ids) == len(set(ids))


def test_only_the_mixing_desk_needs_words():
    texts = {name: [part.text for part in drawn(name).iter("text")] for name in PICTURES}
    shows = library.picture("mixing_desk").shows
    assert texts.pop("mixing_desk") == re.search(r": (.*)\.", shows)[1].split(", ")
    assert not any(texts.values())


# --- The explanation ------------------------------------------------------------------------------


@pytest.fixture
def visit(therapist):
    return visits.open_gate(visits.begin(therapist))


def explained(browser, visit, q=0, **answers):
    """The turned screen of an explanation that was typed and not saved."""
    body = urlencode({"permission": "yes", "messages_used": ["m_protector", "m_learn"]} | answers, doseq=True)
    drafts.keep_draft(visit, BY_SLUG["explain"], key=uuid.uuid4(), base=0, body=body, by=visit.therapist)
    return browser.get(reverse("turned", args=[visit.pk, "explain"]), {"q": q}).content.decode()


def test_an_idea_is_shown_with_its_drawing(as_therapist, visit):
    page = explained(as_therapist, visit)
    assert 'class="pic picture-alarm_toaster"' in page
    assert escape(library.picture("alarm_toaster").text) in page


def test_their_own_picture_stands_in_its_place_in_their_words(as_therapist, visit):
    page = explained(as_therapist, visit, metaphor_own="A car alarm in <the> wind")
    assert "“A car alarm in &lt;the&gt; wind”" in page
    assert '<svg class="pic' not in page
    assert escape(library.picture("alarm_toaster").text) not in page


def test_the_brain_comes_after_the_last_idea(as_therapist, visit):
    link = f"{reverse('brain', args=[visit.pk])}?q=1"
    assert link not in explained(as_therapist, visit)
    last = explained(as_therapist, visit, q=1)
    assert link in last
    assert f"{reverse('turned', args=[visit.pk, 'explain'])}?q=1" in as_therapist.get(link).content.decode()


# --- In the brain ---------------------------------------------------------------------------------


def brain(browser, visit, **headers):
    return browser.get(reverse("brain", args=[visit.pk]), headers=headers)


def test_it_tells_the_kinds_of_change_and_that_nobody_knows_which_come_first(as_therapist, visit):
    said = visits.words(brain(as_therapist, visit))
    assert len(CHANGES) == 5
    for card in CHANGES:
        assert card["title"] in said and card["plain"] in said
        assert card["fact"] not in said  # for staff
    assert library.brain_card("uncertain_causes").plain in said
    assert "This is a drawing, not a scan." in said


def test_it_has_one_place_in_the_head_for_each_kind(as_therapist, visit):
    places = list(drawn("_brain").iter("a"))
    assert [place.get("aria-label") for place in places] == [card["title"] for card in CHANGES]
    page = brain(as_therapist, visit).content.decode()
    for place in places:
        assert place.find("path") is not None
        assert f'<li id="{place.get("href")[1:]}"' in page


def test_it_shows_no_figure_that_nobody_has_checked(as_therapist, visit):
    facts = content("evidence")["facts"]
    unchecked = {figure for fact in facts if not fact["verified"] for figure in FIGURE.findall(fact["text"])}
    assert len(unchecked) > 5
    said = set(FIGURE.findall(visits.words(brain(as_therapist, visit))))
    assert said == {"1", "2", "3", "4", "5"}
    assert not said & unchecked


def test_what_is_withheld_while_a_sign_is_urgent_is_not_shown(as_therapist, visit, monkeypatch):
    asked = {}
    cards = library.brain_cards("change")
    monkeypatch.setattr(library, "brain_cards", lambda kind, **kinds: asked.update(kinds) or cards[:4])
    said = visits.words(brain(as_therapist, visit))
    assert asked == {"urgent": False}
    assert cards[4].title not in said
    visit.findings.create(
        clinic=visit.clinic,
        client=visit.client,
        flag="cancer",
        level_found="U",
        level_now="U",
        asked_by=visit.therapist,
        found_at=timezone.now(),
    )
    brain(as_therapist, visit)
    assert asked == {"urgent": True}


@pytest.mark.parametrize(
    "closed", [{"outcome": ""}, {"outcome": "paused_referred"}, {"consent_to_record": ""}]
)
def test_it_is_closed_while_the_step_is(as_therapist, visit, closed):
    visits.change(visit, **closed)
    step = reverse("step", args=[visit.pk, "explain"])
    reply = brain(as_therapist, visit)
    assert (reply.status_code, reply["Location"]) == (302, step)
    reply = brain(as_therapist, visit, hx_request="true")
    assert (reply["HX-Redirect"], reply.content) == (step, b"")


def test_it_goes_with_the_visit_when_that_is_completed(as_therapist, visit):
    visits.completed(visit)
    assert brain(as_therapist, visit).status_code == 302


def test_nobody_else_opens_it(as_stranger, client, visit):
    assert brain(as_stranger, visit).status_code == 404
    assert brain(client, visit)["Location"].startswith("/sign-in/")


def test_it_is_only_asked_for(as_therapist, visit):
    assert as_therapist.post(reverse("brain", args=[visit.pk])).status_code == 405


@pytest.mark.parametrize("condition", [False, True])
def test_what_is_said_of_a_picture_is_more_than_its_title(condition):
    for picture in library.pictures():
        more = set(plain(picture.words(condition)).split()) - set(plain(picture.title).split())
        assert len(more) >= 4, picture.id
