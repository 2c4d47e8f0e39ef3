"""Other ways to see it: each belongs to a belief, in somebody's words, and is believed anew at each visit."""

from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.utils.functional import SimpleLazyObject

from consults import scoring
from consults.models import Alternative, AlternativeRating
from consults.steps.belief_ratings import is_rated, room
from consults.steps.findings import urgent_is_open
from consults.steps.known import activity_options, belief_options, in_focus, known_beliefs, read_once
from consults.steps.step import RowForm, Rows
from consults.steps.writing import write, write_over
from education import library
from painconsult.ui.fields import Choice, Conviction, Line
from painconsult.ui.sheet import Sheet, as_posted

AUTHORS = {"client": "Theirs", "together": "Together", "clinician": "The therapist’s"}
NO_ALTERNATIVE = "meaning_faith"  # listen, and ask who is good to talk to about it; offer nothing instead


class AlternativeForm(RowForm):
    belief = Choice({}, label="Which belief")
    text = Line(500, label="Another way to see it", heard="client")
    author = Choice(AUTHORS, label="Whose words")
    believability = Conviction(label="How believable it is")
    tied_to_activity = Choice({}, label="The activity it helps with")
    main, main_missing = "text", "Write the other way to see it, or remove it."
    quiet = ("belief", "author", "tied_to_activity")

    def fit(self, consultation):
        self.fields["belief"].options = belief_options(consultation)
        # read only where they are shown or one of them is chosen
        self.fields["tied_to_activity"].options = SimpleLazyObject(lambda: activity_options(consultation))

    def clean(self):
        super().clean()
        if (
            self.cleaned_data.get("text")
            and not self.cleaned_data.get("belief")
            and "belief" not in self.errors
        ):
            self.add_error("belief", "Choose the belief it belongs to.")


class AlternativeRows(Rows):
    name, form, most = "alternative", AlternativeForm, 8

    def stored(self, consultation):
        return [
            (
                str(alternative.pk),
                {
                    "belief": alternative.belief_id,
                    "text": alternative.text,
                    "author": alternative.author,
                    "tied_to_activity": alternative.tied_to_activity_id,
                    "believability": alternative.believable_now,
                },
            )
            for alternative in alternatives_of(consultation)
        ]

    def save_all(self, consultation, told, by):
        known = {str(alternative.pk): alternative for alternative in alternatives_of(consultation)}
        new = {"clinic_id": consultation.clinic_id, "client_id": consultation.client_id}
        found = [
            (known[row_id] if row_id else Alternative(**new, heard_in=consultation), answers)
            for row_id, answers in told
        ]
        write([(each, self._words(consultation, each, answers)) for each, answers in found], unique=("id",))
        rated = [
            AlternativeRating(
                clinic_id=consultation.clinic_id,
                alternative=each,
                consultation=consultation,
                believability=answers["believability"],
            )
            for each, answers in found
            if answers["believability"] != getattr(each, "believable_now", None)
        ]
        write_over(rated, ("alternative", "consultation"), ["believability"])
        return [each for each, _ in found]

    def _words(self, consultation, alternative, answers):
        """What lasts; what was said at an earlier visit stays as it was said."""
        if alternative.heard_in_id != consultation.pk:
            return {}
        tied = answers["tied_to_activity"]
        return {
            "belief_id": UUID(answers["belief"]),
            "text": answers["text"],
            "author": answers["author"],
            "tied_to_activity_id": UUID(tied) if tied else None,
        }

    def remove(self, consultation, row_id):
        consultation.client.alternatives.filter(pk=row_id, heard_in=consultation).delete()

    def reason_to_stay(self, consultation, row_id):
        if row_id not in said_before(consultation):
            return ""
        return "This was said at an earlier visit, so it stays. How believable it is can be asked anew."

    def start(self, consultation):
        focus = in_focus(consultation)
        return {"belief": focus[0].pk, "author": "client"} if focus else {"author": "client"}

    def taken(self, consultation, belief_id):
        """A new row for this belief; which belief it is comes from the page."""
        known = belief_id in belief_options(consultation)
        return {"belief": belief_id, "author": "client"} if known else {}


def alternatives_of(consultation):
    """The client's alternatives, oldest first, with how believable each is at this visit: read once a page."""

    def alternatives():
        rated = AlternativeRating.objects.filter(alternative=OuterRef("pk"), consultation=consultation.pk)
        return Alternative.objects.annotate(believable_now=Subquery(rated.values("believability")))

    return read_once(consultation, "alternatives", alternatives)


def said_before(consultation):
    """Ids of what was said at an earlier visit: the words stay."""
    return {str(each.pk) for each in alternatives_of(consultation) if each.heard_in_id != consultation.pk}


def may_wait(belief, rating):
    """Whether a focus belief can do without an alternative: firmly held, or a matter of meaning."""
    index, _ = room(rating)
    firmly = index is not None and is_rated(rating) and index * 3 <= 10
    return firmly or belief.domain == NO_ALTERNATIVE


def groups(page):
    """What the page shows for each belief: the words, how firmly it is held, and the rows under it.

    A belief in focus comes first, with an open row when it has no alternative yet. A belief of the
    past is listed when it has one, so that it can be rated again.
    """
    consultation, sheets = page.consultation, page.rows["alternative"]
    focus = in_focus(consultation)
    found, last = [], len(sheets)
    for belief in focus:
        faith = belief.domain == NO_ALTERNATIVE
        rows = rows_of(sheets, belief.pk)
        if page.data is None and not rows and not faith:
            last += 1
            rows = [open_row(page, f"new{last}", belief.pk)]
        index, words = room(belief.today)
        found.append(
            {
                "belief": belief,
                "conviction": belief.today.conviction,
                "index": "" if index is None else scoring.shown(index),
                "words": words,
                "firmly": may_wait(belief, belief.today) and not faith,
                "faith": faith,
                "rows": rows,
                "others_say": suggestions(consultation, belief),
            }
        )
    for belief in known_beliefs(consultation):
        rows = rows_of(sheets, belief.pk)
        if rows and belief not in focus:
            found.append({"belief": belief, "rows": rows, "others_say": suggestions(consultation, belief)})
    return found


def rows_of(sheets, belief_id):
    return [sheet for sheet in sheets if sheet.text("belief") == str(belief_id)]


def open_row(page, row_id, belief_id):
    """A blank row for one belief; left blank, it is not saved."""
    fields, prefix = page.blank["alternative"], f"alternative-{row_id}"
    data = as_posted(fields, {"belief": belief_id, "author": "client"}, prefix)
    return Sheet(fields, data, prefix=prefix, kind="alternative", row_id=row_id, stored=False, removed=False)


def suggestions(consultation, belief):
    """What other people found, for staff; nothing that reassures while an urgent sign is open."""
    if not belief.domain or belief.domain == NO_ALTERNATIVE:
        return ()
    domain = library.domain(belief.domain)
    withheld = domain.alternatives_withheld_when_urgent and urgent_is_open(consultation)
    return () if withheld else domain.alternatives
