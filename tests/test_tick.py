"""One box to tick."""

from django.utils.datastructures import MultiValueDict

from painconsult.ui.fields import Ticked
from painconsult.ui.sheet import Sheet
from painconsult.ui.templatetags.ui import tick
from tests.visits import words_of


def drawn(**errors):
    fields = {"focus": Ticked(label="They choose to work on this one")}
    return str(tick(Sheet(fields, MultiValueDict(), errors), "focus"))


def test_a_tick_says_its_label_once():
    assert words_of(drawn()) == "They choose to work on this one"


def test_what_is_wrong_with_a_tick_belongs_to_its_box():
    html = drawn(focus=["Choose two at most."])
    assert 'aria-describedby="f-focus-error"' in html.partition("<input")[2].partition(">")[0]
    assert words_of(html) == "Error: Choose two at most. They choose to work on this one"
