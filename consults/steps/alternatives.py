"""Other ways to see it: each belongs to a belief, in somebody's words, and is believed anew at each visit."""

from consults import scoring
from consults.models import Alternative, AlternativeRating
from consults.steps.beliefs import is_rated, room
from consults.steps.document import RowForm, Rows
from consults.steps.earlier import activity_options, belief_options, in_focus
from consults.steps.findings import urgent_is_open
from education import library
from painconsult.ui.fields import Choice, Conviction, Line
from painconsult.ui.sheet import Sheet, as_posted

AUTHORS = {"client": "Theirs", "together": "Together", "clinician": "Yours"}
NO_ALTERNATIVE = "meaning_faith"  # listen, and ask who is good to talk to about it; offer nothing instead


class AlternativeForm(RowForm):
    belief = Choice({}, label="Which belief")
    text = Line(500, label="Another way to see it")
    author = Choice(AUTHORS, label="Whose words")
    believability = Conviction(label="How believable it is")
    tied_to_activity = Choice({}, label="The activity it helps with")
    main, main_missing = "text", "Write the other way to see it, or remove it."
    quiet = ("belief", "author", "tied_to_activity")

    def fit(self, consultation):
        self.fields["belief"].options = belief_options(consultation)
        self.fields["tied_to_activity"].options = activity_options(consultation)

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
        rated = {
            rating.alternative_id: rating.believability
            for rating in AlternativeRating.objects.filter(consultation=consultation)
        }
        return [
            (
                str(alternative.pk),
                {
                    "belief": alternative.belief_id,
                    "text": alternative.text,
                    "author": alternative.author,
                    "tied_to_activity": alternative.tied_to_activity_id,
                    "believability": rated.get(alternative.pk),
                },
            )
            for alternative in consultation.client.alternatives.all()
        ]

    def save(self, consultation, row_id, answers, by):
        alternative = (
            consultation.client.alternatives.get(pk=row_id)
            if row_id
            else Alternative(
                clinic_id=consultation.clinic_id, client_id=consultation.client_id, heard_in=consultation
            )
        )
        if alternative.heard_in_id == consultation.pk:
            alternative.belief_id = answers["belief"]
            alternative.text, alternative.author = answers["text"], answers["author"]
            alternative.tied_to_activity_id = answers["tied_to_activity"] or None
            alternative.save()
        AlternativeRating.objects.update_or_create(
            alternative=alternative,
            consultation=consultation,
            defaults={"clinic_id": consultation.clinic_id, "believability": answers["believability"]},
        )
        return alternative

    def remove(self, consultation, row_id):
        consultation.client.alternatives.filter(pk=row_id, heard_in=consultation).delete()

    def reason_to_stay(self, consultation, row_id):
        if consultation.client.alternatives.filter(pk=row_id, heard_in=consultation).exists():
            return ""
        return "This was said at an earlier visit, so it stays. How believable it is can be asked anew."

    def start(self, consultation):
        focus = in_focus(consultation)
        return {"belief": focus[0].belief_id, "author": "client"} if focus else {"author": "client"}

    def taken(self, consultation, belief_id):
        """A new row for this belief; which belief it is comes from the page."""
        known = belief_id in belief_options(consultation)
        return {"belief": belief_id, "author": "client"} if known else {}


def may_wait(rating):
    """Whether a focus belief can do without an alternative: firmly held, or a matter of meaning."""
    index, _ = room(rating)
    firmly = index is not None and is_rated(rating) and index * 3 <= 10
    return firmly or rating.belief.domain == NO_ALTERNATIVE


def groups(page):
    """What the page shows for each belief: the words, how firmly it is held, and the rows under it.

    A belief in focus comes first, with an open row when it has no alternative yet. A belief of the
    past is listed when it has one, so that it can be rated again.
    """
    consultation, sheets = page.consultation, page.rows["alternative"]
    focus = in_focus(consultation)
    found, last = [], len(sheets)
    for rating in focus:
        faith = rating.belief.domain == NO_ALTERNATIVE
        rows = rows_of(sheets, rating.belief_id)
        if page.data is None and not rows and not faith:
            last += 1
            rows = [open_row(consultation, f"new{last}", rating.belief_id)]
        index, words = room(rating)
        found.append(
            {
                "belief": rating.belief,
                "conviction": rating.conviction,
                "index": "" if index is None else scoring.shown(index),
                "words": words,
                "firmly": may_wait(rating) and not faith,
                "faith": faith,
                "rows": rows,
                "others_say": suggestions(consultation, rating.belief),
            }
        )
    in_hand = {rating.belief_id for rating in focus}
    for belief in consultation.client.beliefs.all():
        rows = rows_of(sheets, belief.pk)
        if rows and belief.pk not in in_hand:
            found.append({"belief": belief, "rows": rows, "others_say": suggestions(consultation, belief)})
    return found


def rows_of(sheets, belief_id):
    return [sheet for sheet in sheets if sheet.text("belief") == str(belief_id)]


def open_row(consultation, row_id, belief_id):
    """A blank row for one belief; left blank, it is not saved."""
    rows, prefix = AlternativeRows, f"alternative-{row_id}"
    fields = rows.form(consultation=consultation).fields
    data = as_posted(fields, {"belief": belief_id, "author": "client"}, prefix)
    return Sheet(fields, data, prefix=prefix, kind=rows.name, row_id=row_id, stored=False, removed=False)


def suggestions(consultation, belief):
    """What other people found, for staff; nothing that reassures while an urgent sign is open."""
    if not belief.domain or belief.domain == NO_ALTERNATIVE:
        return ()
    domain = library.domain(belief.domain)
    withheld = domain.alternatives_withheld_when_urgent and urgent_is_open(consultation)
    return () if withheld else domain.alternatives
