"""A therapist's hands on a consultation in the browser: what is pressed, what is typed, and how often.

A press is any tap except into a text field. A typed answer is a text; a name, a number and a date
are not counted. The second half plays the golf case, step by step, the way a therapist would.
"""

from dataclasses import dataclass

from playwright.sync_api import expect

BUSY = "document.querySelector('#step-form')?.setAttribute('data-seen', '')"


class Complaints(list):
    """A browser's complaints without htmx's line about a request the page itself took back."""

    def append(self, words):
        if not words.startswith("htmx:sendAbort"):
            super().append(words)


@dataclass
class Room:
    """One browser tab in one consultation, whose address is `url`."""

    page: object
    url: str = ""
    presses: int = 0
    typed: int = 0

    # --- What hands do -----------------------------------------------------------------------

    def go(self, slug):
        """Open a step by its address."""
        self.page.goto(f"{self.url}/{slug}")
        return self

    def press(self, target):
        """Press what a selector or a locator names."""
        (self.page.locator(target).first if isinstance(target, str) else target).click()
        self.presses += 1
        return self

    def choose(self, name, value):
        """Press one key of a scale, a pill, a chip or a line."""
        return self.press(f'label:has(input[name="{name}"][value="{value}"])')

    def rate(self, **answers):
        """Press one key of each scale."""
        for name, value in answers.items():
            self.choose(name, value)
        return self

    def say(self, words):
        """Press the button with these words."""
        return self.press(self.page.get_by_role("button", name=words).first)

    def open(self, words):
        """Open what is folded away under these words."""
        return self.press(self.page.locator("summary", has_text=words).first)

    def write(self, name, words):
        """Type an answer in words."""
        self._fill(name, words)
        self.typed += 1
        return self

    def jot(self, name, words):
        """Type a name, a number or a date: not counted."""
        self._fill(name, str(words))
        return self

    def date(self, name, day):
        for part in ("day", "month", "year"):
            self._fill(f"{name}-{part}", str(getattr(day, part)))
        return self

    def _fill(self, name, words):
        self.page.locator(f'[name="{name}"]:not([type=hidden])').fill(words)

    # --- What comes back from the server --------------------------------------------------------

    def ask(self, do):
        """Press a button that draws the page again or leaves it, and wait for what comes."""
        return self._sent(self.page.locator(f'button[name=do][value^="{do}"]').first)

    def save(self):
        """Press the one filled button and wait for what comes."""
        return self._sent(self.page.locator("#step-form .actions button.govuk-button"))

    def _sent(self, button):
        self.page.evaluate(BUSY)
        button.click()
        self.presses += 1
        expect(self.page.locator("[data-seen]")).to_have_count(0)
        return self

    def saved(self, heading):
        """Save, and be on the page with this heading."""
        self.save()
        expect(self.page.locator("h1").first).to_contain_text(heading)
        return self

    # --- What is on the page ------------------------------------------------------------------

    @property
    def heading(self):
        return self.page.locator("h1").first.text_content()

    def value(self, name):
        return self.page.locator(f'[name="{name}"]:not([type=hidden])').input_value()

    def chosen(self, name):
        found = self.page.locator(f'input[name="{name}"]:checked')
        return found.get_attribute("value") if found.count() else None

    def state(self, name):
        """What the step list says about a step."""
        return self.page.locator(".steps li", has_text=name).locator(".state").text_content()


def read_aloud(room, group):
    """Read one group of the check to its end, then say that none of it is so."""
    section = room.page.locator(f"#g{group}")
    for line in section.locator(".lines li").all():
        line.scroll_into_view_if_needed()
    expect(section.locator(".none input")).to_be_enabled()
    room.choose("none", group)


def read_everything_aloud(room):
    """The safety check with no finding, hands-on work in scope."""
    for group in range(1, 8):
        read_aloud(room, group)
    room.choose("touch_safe", "yes")
    room.choose("consent_to_touch", "yes")
    room.choose("outcome", "clear_to_proceed")


# --- The golf case ---------------------------------------------------------------------------------

STORY = "I’ve had three explanations and none of them match. I’m starting to think I make it up."
EXPLANATION = "My discs are worn and every swing grinds them down."
LOSS = "Golf with the group"
TEACH_BACK = "So the alarm’s gone a bit trigger-happy. Doesn’t mean there’s a fire."
WHY = "The walking, the teasing and the Saturday lunch."
LEVEL_0 = "Nine holes with a buggy"
ALTERNATIVE = "My back is out of practice and jumpy, not worn away."


def acknowledge(room):
    room.choose("consent_to_record", "yes")
    room.write("story_client_words", STORY)
    room.write("client_explanation", EXPLANATION)
    room.choose("explanation_conviction", "80")
    room.write("loss-new1-words", LOSS)
    room.ask("put:plain")


def explain(room):
    room.choose("permission", "yes")
    room.choose("messages_used", "m_protector")
    room.choose("metaphor", "alarm_toaster")
    room.write("personal_link", "It comes up on the drive to the course, before I’ve swung anything.")
    room.write("teach_back_client_words", TEACH_BACK)


def beliefs(room):
    """The explanation of step 1 is taken up, and the five questions are asked."""
    room.ask("take:belief")
    for name, value in (
        ("conviction", "80"),
        ("flex_mistaken", "3"),
        ("flex_alternatives", "2"),
        ("flex_contradiction", "4"),
        ("impact", "9"),
    ):
        room.choose(f"belief-new1-{name}", value)
    room.write("belief-new1-behaviour", "No golf, no digging, and I brace when I get up.")


def reframe(room):
    room.write("alternative-new1-text", ALTERNATIVE)
    room.choose("alternative-new1-believability", "30")
    room.write("experiment-new1-movement", "One slow swing with the broom.")
    room.choose("experiment-new1-kind", "notice")
    room.write("experiment-new1-noticed_before", "It grabs on the left.")
    room.write("experiment-new1-noticed_after", "Looser. The third swing was the scariest.")
    room.ask("put:marker")


def activities(room):
    """One activity from a loss, its start worked out, and a plan for what gets in the way."""
    room.ask("take:activity")
    row = "activity-new1"
    room.write(f"{row}-why_it_matters", WHY)
    for name, value in (("activity_rating", 2), ("importance", 9), ("willingness", 4)):
        room.choose(f"{row}-{name}", value)
    measured(room, row)
    room.write(f"{row}-if_cue", "Tuesday, Thursday and Saturday after coffee")
    room.choose(f"{row}-confidence", 6)
    room.choose(f"{row}-barriers_chosen", "weather")
    room.write(f"{row}-barrier_plan_weather", "I swing the broom indoors for the same minutes.")
    room.choose(f"{row}-confidence", 8)


def measured(room, row):
    """Three tries; the start, the weekly step and what they will do come from them."""
    if room.chosen(f"{row}-amounts") != "measured":
        room.choose(f"{row}-amounts", "measured")
    room.choose(f"{row}-unit", "minutes")
    for number, minutes in enumerate((20, 25, 15), start=1):
        room.jot(f"{row}-trial_{number}", minutes)
    room.ask("put:pace")


def resources(room):
    if not room.chosen("resource-new1-resource_id"):
        room.choose("resource-new1-resource_id", "tame_the_beast")
    room.choose("ally_answer", "yes")
    room.jot("ally-new1-name", "Dave")
    room.ask("put:will_do:new1")
    room.ask("put:will_stop:new1")
    room.choose("ally-new1-consent", "yes")
    room.choose("ally-new1-may_know", "plan")


def timescale(room):
    room.choose("goal-new1-horizon", "3_months")
    room.write("goal-new1-level_0", LEVEL_0)
    room.choose("goal-new1-baseline_level", "-1")
    room.ask("put:review")
    room.choose("first_48h", "half_size")
    room.choose("first_48h", "warmth")
    if room.page.locator("[name=say_to_self]").input_value() == "":
        room.ask("put:say") if room.page.locator('[value="put:say"]').count() else room.write(
            "say_to_self", "Loud alarm, no fire."
        )


SEVEN = (acknowledge, read_everything_aloud, explain, beliefs, reframe, activities, resources, timescale)


def play(room, *parts):
    """Play these parts of the case, saving each."""
    for part in parts:
        part(room)
        room.save()
        assert room.page.locator("#errors").count() == 0, room.page.locator("#errors").text_content()
    return room
