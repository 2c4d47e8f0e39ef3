"""Step 2: one or two ideas, tied to the client's own story, and said back in their words."""

from consults.steps.document import Asks, Step, StepForm
from consults.steps.safety import urgent_is_open
from education import library
from painconsult.ui.fields import Choice, Line, Rating, Several, Whole, Words, YesNo


class ExplainForm(StepForm):
    permission = YesNo(label="Would it be useful if I shared how we understand long-lasting pain?")
    messages_used = Several({}, most=3, label="Ideas you shared")
    metaphor = Choice({}, label="Picture")
    metaphor_own = Line(300, label="Their own picture")
    personal_link = Words(1000, label="Where have they noticed that themselves?")
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


def asks(consultation):
    if consultation.permission == "no":
        return Asks([("permission", True)], [("another time", False)])
    enough = [
        ("permission", bool(consultation.permission)),
        ("one idea", bool(consultation.messages_used)),
        ("where they noticed it", bool(consultation.personal_link)),
        ("teach-back", bool(consultation.teach_back_client_words)),
    ]
    return Asks(enough, [("how much sense it makes", consultation.makes_sense is not None)])


def about(page):
    kinds = circumstances(page.consultation)
    chosen, picture = page.sheet.texts("messages_used"), page.sheet.text("metaphor")
    return {
        "ideas": [
            {
                "message": message,
                "explanation": message.explain(kinds["known_condition"]),
                "chosen": message.id in chosen,
            }
            for message in offered(page.consultation)
        ],
        "pictures": [
            (each, each.words(kinds["known_condition"]), each.id == picture)
            for each in library.pictures(**kinds)
        ],
        "known_condition": page.consultation.client.known_condition,
        "explanation": page.consultation.client_explanation,
        "fits": library.question("fits_me"),
    }


STEP = Step(slug="explain", form=ExplainForm, asks=asks, about=about)
