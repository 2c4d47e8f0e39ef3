"""Step 6: one thing to look at that repeats the message, and somebody who helps."""

from django.db.models import prefetch_related_objects

from consults.models import Ally, ResourceGiven
from consults.steps.asks import Ask, Asks
from consults.steps.explain import circumstances, offered
from consults.steps.known import known_allies
from consults.steps.step import RowForm, Rows, Step, StepForm
from consults.steps.writing import write
from education import library
from painconsult.ui.fields import Choice, Line, Several, Ticked, Words, YesNo

ALLY_OFFERS = {"will_do": "ally_will_do", "will_stop": "ally_helps_less"}
FIRST_CHOICES = 4  # shown before the others
NOT_NOW = ("declined", "later")  # answers to whether there is somebody


class ResourcesForm(StepForm):
    ally_answer = Choice(
        {"yes": "Yes", "declined": "Rather not", "later": "Perhaps later"},
        label="Is there someone to share this with?",
    )
    unhelpful_influences = Words(1000, label="What works against the plan")


class ResourceForm(RowForm):
    resource_id = Choice({}, label="Something to look at")
    title = Line(200, label="Something of your own")
    message_id = Choice({}, label="The idea it repeats")
    format = Choice({}, label="How they like to take things in")
    when_to_use = Line(200, label="When will they look at it?")
    follow_up = Ticked(label="Ask about it next time")
    quiet = ("follow_up", "message_id", "format")

    def fit(self, consultation):
        kinds = circumstances(consultation)
        self.fields["resource_id"].options = {one.id: one.title for one in library.resources(**kinds)}
        self.fields["message_id"].options = {one.id: one.text for one in offered(consultation)}
        self.fields["format"].options = {chip.id: chip.label for chip in library.chips("resource_formats")}

    def clean(self):
        if (
            not self.is_blank
            and not self.cleaned_data.get("resource_id")
            and not self.cleaned_data.get("title")
        ):
            self.add_error("resource_id", "Choose something to look at, or name your own.")


class ResourceRows(Rows):
    name, form, most, offered = "resource", ResourceForm, 3, 1

    def stored(self, consultation):
        return [
            (
                str(given.pk),
                {name: getattr(given, name) for name in ResourceForm.base_fields if hasattr(given, name)},
            )
            for given in resources_of(consultation)
        ]

    def save_all(self, consultation, told, by):
        known = {str(given.pk): given for given in resources_of(consultation)}
        new = {"clinic_id": consultation.clinic_id, "client_id": consultation.client_id}
        return write(
            [
                (
                    known[row_id] if row_id else ResourceGiven(**new, consultation=consultation),
                    self._values(consultation, answers),
                )
                for row_id, answers in told
            ]
        )

    def _values(self, consultation, answers):
        """Its columns; what was chosen from the library comes with an idea it repeats."""
        repeats = answers["resource_id"] and message_of(consultation, answers["resource_id"])
        return answers | {"message_id": answers["message_id"] or repeats}

    def remove(self, consultation, row_id):
        consultation.resources.filter(pk=row_id).delete()

    def start(self, consultation):
        return {"follow_up": True}


def resources_of(consultation):
    """What is given at this visit: read once a page."""
    prefetch_related_objects([consultation], "resources")
    return consultation.resources.all()


def message_of(consultation, resource_id):
    """The message a resource repeats: one used today, else the first it names."""
    messages = library.resource(resource_id).messages
    return next(
        (one for one in messages if one in consultation.messages_used), messages[0] if messages else ""
    )


class AllyForm(RowForm):
    name = Line(80, label="Name")
    relationship = Line(60, label="Who that is")
    consent = YesNo(label="May we share it with this person?")
    may_know = Several({}, label="What this person may know")
    message_shared = Choice({}, label="The idea to share")
    will_do = Line(300, label="What they will do")
    will_stop = Line(300, label="What helps less")
    present_at_visit = Ticked(label="Was here today")
    main, main_missing = "name", "Write their name, or remove this person."

    def fit(self, consultation):
        self.fields["may_know"].options = {chip.id: chip.label for chip in library.chips("ally_may_know")}
        self.fields["message_shared"].options = {one.id: one.text for one in offered(consultation)}


class AllyRows(Rows):
    name, form, most, offered = "ally", AllyForm, 5, 1

    def stored(self, consultation):
        return [
            (
                str(ally.pk),
                {name: getattr(ally, name) for name in AllyForm.base_fields if hasattr(ally, name)},
            )
            for ally in known_allies(consultation)
        ]

    def save_all(self, consultation, told, by):
        known = {str(ally.pk): ally for ally in known_allies(consultation)}
        new = {"clinic_id": consultation.clinic_id, "client_id": consultation.client_id}
        found = [
            (known[row_id] if row_id else Ally(**new, heard_in=consultation), answers)
            for row_id, answers in told
        ]
        return write([(ally, self._values(consultation, ally, answers)) for ally, answers in found])

    def _values(self, consultation, ally, answers):
        """Its columns; consent carries the day it was given."""
        if answers["consent"] == ally.consent:
            return answers
        return answers | {"consent_on": consultation.held_on if answers["consent"] else None}

    def remove(self, consultation, row_id):
        consultation.client.allies.filter(pk=row_id, heard_in=consultation).delete()

    def reason_to_stay(self, consultation, row_id):
        known = {str(ally.pk): ally for ally in known_allies(consultation)}
        if known[row_id].heard_in_id == consultation.pk:
            return ""
        return "This person was named at an earlier visit. Choose “No” for what they may know instead of removing them."


def asks(consultation):
    given, allies = resources_of(consultation), known_allies(consultation)
    declined = consultation.ally_answer in NOT_NOW
    told = ("name", "will_do", "consent", "may_know")
    with_job = any(ally.consent == "yes" and ally.will_do and ally.may_know for ally in allies)
    enough = [
        Ask("one thing to look at", given, "resource_id", rows="resource"),
        Ask("the question about someone to share with", consultation.ally_answer, "ally_answer"),
        Ask("that person's name, job and what they may know", declined or with_job, *told, rows="ally"),
    ]
    return Asks(enough, [Ask("a message it repeats", all(one.message_id for one in given))])


def choices(page):
    """What can be given, today's idea first: each with what it is for and the idea it repeats."""
    consultation, kinds = page.consultation, circumstances(page.consultation)
    used = set(consultation.messages_used)

    def order(one):
        return not used & set(one.messages), one.type == "plan"

    return [told(consultation, one) for one in sorted(library.resources(**kinds), key=order)]


def told(consultation, resource):
    """A resource as the page shows it. An app comes with the question of proof (guide F.3)."""
    message = message_of(consultation, resource.id)
    card = library.brain_card(resource.with_card) if resource.with_card else None
    return {
        "resource": resource,
        "message": library.message(message).text if message else "",
        "today": message in consultation.messages_used,
        "ask": card.words(bool(consultation.client.known_condition)) if card else "",
    }


def check(document):
    """Who would rather not share, or not yet, names nobody with a yes to it at this visit: consent is told from the
    card. What was agreed with somebody at an earlier visit stands until their own card says no."""
    answer, visit = document.form.cleaned_data.get("ally_answer"), document.consultation
    if answer not in NOT_NOW:
        return
    said = document.form.fields["ally_answer"].options[answer]
    earlier = {str(ally.pk) for ally in known_allies(visit) if ally.heard_in_id != visit.pk}
    for form in document.kept["ally"]:
        if form.cleaned_data.get("consent") == "yes" and form.row_id not in earlier:
            form.add_error("consent", f"Above it says “{said}”. One of the two answers changes.")
    posted = {row_id for rows, row_id, _ in document.rows if rows.name == "ally"}
    for ally in known_allies(visit):
        if ally.consent == "yes" and str(ally.pk) not in posted | earlier:
            document.form.add_error("ally_answer", f"{ally.name} has a yes to sharing. Change that first.")


def rows_with_choices(page):
    """[(row, what was chosen, choices shown first, the others)]; a stored row shows what was given."""
    on_offer = choices(page)
    known = {each["resource"].id: each for each in on_offer}
    found = []
    for sheet in page.rows["resource"]:
        chosen = sheet.text("resource_id")
        if chosen and chosen not in known and chosen in sheet.fields["resource_id"].options:
            known[chosen] = told(page.consultation, library.resource(chosen))
        first, others = on_offer[:FIRST_CHOICES], on_offer[FIRST_CHOICES:]
        late = any(each["resource"].id == chosen for each in others)
        found.append((sheet, known.get(chosen), first, others, late))
    return found


def put(consultation, data, what="", row_id="", chip="", *_):
    """`will_do:<ally>:<chip>`: write or add an offered sentence to what they will do or stop."""
    labels = {one.id: one.label for one in library.chips(ALLY_OFFERS[what])} if what in ALLY_OFFERS else {}
    if text := labels.get(chip):
        name = f"ally-{row_id}-{what}"
        said = (data.get(name) or "").strip()
        if text.casefold() not in said.casefold():
            data.setlist(name, [f"{said}, {text[0].lower()}{text[1:]}" if said else text])


def about(page):
    return {
        "resources": rows_with_choices(page),
        "used": [library.message(one).text for one in page.consultation.messages_used],
        "will_do": library.chips("ally_will_do"),
        "will_stop": library.chips("ally_helps_less"),
    }


STEP = Step(
    slug="resources",
    form=ResourcesForm,
    asks=asks,
    rows=(ResourceRows(), AllyRows()),
    needs_record=False,
    check=check,
    put=put,
    about=about,
)
