"""Step 2: one or two ideas, tied to the client's own story, and said back in their words."""

from django.db.models import prefetch_related_objects

from consults.models import Card
from consults.steps.asks import Ask, Asks
from consults.steps.findings import urgent_is_open
from consults.steps.step import Step, StepForm
from education import library
from painconsult.ui.fields import Choice, Line, Rating, Several, Whole, Words, YesNo

SHOWN_FIRST = 3


class ExplainForm(StepForm):
    permission = YesNo(label="Would it be useful if I shared how we understand long-lasting pain?")
    messages_used = Several({}, most=3, label="Ideas you shared")
    metaphor = Choice({}, label="Picture")
    metaphor_own = Line(300, label="Their own picture")
    personal_link = Words(1000, label="Where it fits them")
    teach_back_client_words = Words(1000, label="How they would tell it at home")
    prior_knowledge = Words(1000, label="What they had heard before")
    uncertainty_said = YesNo(label="Did you say what we do not know?")
    uncertainty_which = Line(300, label="Which")
    fits_me = Rating(label="How well does this fit you?")
    questions_left = Words(1000, label="Questions left")
    education_dose_minutes = Whole(0, 240, label="Minutes you spent on it")

    def fit(self, consultation):
        on_offer = offered(consultation)
        self.fields["messages_used"].options = {message.id: message.text for message in on_offer}
        self.fields["metaphor"].options = {
            picture.id: picture.title for picture in library.pictures(**circumstances(consultation))
        }


def circumstances(consultation):
    """What decides which ideas may be offered: an open urgent sign, a known condition."""
    prefetch_related_objects([consultation], "client__findings")
    return {
        "urgent": urgent_is_open(consultation),
        "known_condition": bool(consultation.client.known_condition),
    }


def offered(consultation):
    """Messages that may be offered now, and those already used at this visit."""
    on_offer = list(library.messages(**circumstances(consultation)))
    for used in consultation.messages_used:
        if used not in {message.id for message in on_offer}:
            on_offer.append(library.message(used))
    return on_offer


def said(consultation):
    """[(the client's words, how much they count)]: their own explanation twice, as it is what we answer."""
    told = [(consultation.story_client_words, 1), (consultation.main_worry, 1)]
    heard = Card.objects.filter(client=consultation.client_id).exclude(kind="effort")
    return told + [
        (words, 2 if kind == "explanation" else 1) for kind, words in heard.values_list("kind", "words")
    ]


def by_fit(consultation, messages):
    """These messages, nearest to what the client said first.

    A message gains what a thing said counts when it hears it, and 2 for each thing on record that it fits
    (the two lists of messages.toml). Equal ones stay in the order of the file. It only decides what is shown
    first: nobody has shown that one idea helps a person more than another.
    """
    words, on_record = said(consultation), set()
    if consultation.client.known_condition:
        on_record.add("known_condition")
    if consultation.felt_disbelieved == "yes":
        on_record.add("disbelieved")

    def fit(message):
        heard = sum(counts for told, counts in words if message.is_heard_in(told))
        return heard + 2 * len(on_record & set(message.fits))

    return sorted(messages, key=fit, reverse=True)


def going_with(messages, pictures):
    """These pictures in the order of the messages they go with: a message's own picture before its others."""
    place = {message.id: at for at, message in enumerate(messages)}
    own = {message.picture for message in messages}

    def near(picture):
        return min(place.get(id, len(place)) for id in picture.messages), picture.id not in own

    return sorted(pictures, key=near)


def apart(things):
    """{"first": three and what is chosen, "rest": the others, "all"}; `at` numbers them for their ids."""
    numbered = [thing | {"at": at} for at, thing in enumerate(things)]
    return {
        "all": numbered,
        "first": [thing for thing in numbered if thing["at"] < SHOWN_FIRST or thing["chosen"]],
        "rest": [thing for thing in numbered if thing["at"] >= SHOWN_FIRST and not thing["chosen"]],
    }


def asks(consultation):
    if consultation.permission == "no":
        return Asks([Ask("permission", True, "permission")], [Ask("another time", False)])
    enough = [
        Ask("permission", consultation.permission, "permission"),
        Ask("one idea", consultation.messages_used, "messages_used"),
        Ask("where it fits them", consultation.personal_link, "personal_link"),
        Ask("teach-back", consultation.teach_back_client_words, "teach_back_client_words"),
    ]
    minutes = consultation.education_dose_minutes is not None
    return Asks(
        enough,
        [Ask("how much sense it makes", consultation.makes_sense is not None)],
        afterwards=[Ask("how long you explained", minutes, at="f-education_dose_minutes")],
    )


def about(page):
    consultation = page.consultation
    kinds = circumstances(consultation)
    known, chosen = kinds["known_condition"], page.sheet.texts("messages_used")
    fitting = by_fit(consultation, offered(consultation))
    nearest = sorted(fitting, key=lambda message: message.id not in chosen)
    ideas = [
        {"message": message, "explanation": message.explain(known), "chosen": message.id in chosen}
        for message in fitting
    ]
    pictures = [
        {"picture": each, "words": each.words(known), "chosen": each.id == page.sheet.text("metaphor")}
        for each in going_with(nearest, library.pictures(**kinds))
    ]
    return {
        "ideas": apart(ideas),
        "pictures": apart(pictures),
        "known_condition": consultation.client.known_condition,
        "explanation": consultation.client_explanation,
        "fits": library.question("fits_me"),
    }


STEP = Step(slug="explain", form=ExplainForm, asks=asks, about=about)
