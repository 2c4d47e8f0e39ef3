"""The last two questions of a visit, answered by the client."""

from consults.steps.asks import Ask, Asks
from consults.steps.step import Step, StepForm
from education import library
from painconsult.ui.fields import Rating, Words


class BeforeYouGoForm(StepForm):
    felt_understood = Rating()
    makes_sense = Rating()
    what_we_missed = Words(1000, label="What did we miss?")


def asks(consultation):
    return Asks(
        [
            Ask("how understood they felt", consultation.felt_understood is not None, "felt_understood"),
            Ask("how much sense it makes", consultation.makes_sense is not None, "makes_sense"),
        ]
    )


def about(page):
    return {
        "questions": library.questions("before_you_go"),
        "missed": f"“{library.question('felt_understood').ask_low}”",
    }


STEP = Step(
    slug="before-you-go",
    form=BeforeYouGoForm,
    asks=asks,
    restates=("acknowledge", "explain"),
    needs_gate=False,
    needs_record=False,
    about=about,
)
