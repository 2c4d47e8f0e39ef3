"""The client, and the people and things around them."""

from django.db import models
from django.db.models.functions import Lower

from consults.folding import asked_for, span
from consults.models.base import Addressed, Clinical, ClinicalQuerySet, one_of, rating, several, text, word
from painconsult.accounts.models import User


class ClientQuerySet(ClinicalQuerySet):
    def named(self, text):
        """Clients who have, for each word of this text, a word that it begins."""
        asked = sorted(asked_for(text), key=len, reverse=True)
        if not asked:
            return self.none()
        longest, *others = map(span, asked)
        # The longest word is joined, and what it finds is tested for the others. With a subquery for each of them,
        # SQLite would walk through all clients of the clinic.
        found = self.filter(words__clinic=models.F("clinic"), words__word__range=longest).distinct()
        for other in others:
            words = ClientWord.objects.filter(client=models.OuterRef("pk"), word__range=other)
            found = found.filter(models.Exists(words))
        return found


class Client(Addressed):
    reference = models.CharField(max_length=40)
    preferred_name = models.CharField(max_length=80)
    full_name = models.CharField(max_length=160)
    birth_date = models.DateField()
    phone = word(40)
    email = models.EmailField(blank=True, default="")
    safe_to_contact = word(200)
    language = word(60)
    interpreter = models.BooleanField(default=False)
    gp = word(200)
    examined_by = word(200)
    examined_said = text()
    known_condition = word(200)
    therapist = models.ForeignKey(User, on_delete=models.PROTECT, related_name="clients")
    consent_to_record = word(3)
    consent_to_record_on = models.DateField(null=True, blank=True)
    home_may_be_unsafe = models.BooleanField(default=False)
    status = models.CharField(max_length=10, default="active")
    # The day they were last seen, when nobody has a next date with them. Written by the actions that open and
    # complete a visit, so that a large clinic finds these people without looking at everybody's reviews.
    without_date_since = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ClientQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("clinic", Lower("reference"), name="reference_once_a_clinic"),
            one_of("client", "status", ["active", "archived"]),
            one_of("client", "consent_to_record", ["", "yes", "no"]),
        ]
        indexes = [
            models.Index(fields=["clinic", "therapist", "status"], name="client_caseload"),
            models.Index("clinic", Lower("full_name"), name="client_by_name"),
            models.Index(fields=["clinic", "birth_date"], name="client_by_birth_date"),
            models.Index(fields=["clinic", "status", "-created_at", "-id"], name="client_newest"),
            models.Index(
                fields=["clinic", "-without_date_since"],
                condition=models.Q(without_date_since__isnull=False),
                name="client_without_date",
            ),
        ]

    def __str__(self):
        return self.preferred_name


class ClientWord(Clinical):
    """A word the client is found by, folded (`folding.py`). The actions that write a client write these anew."""

    # Its index would be the beginning of the constraint's.
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="words", db_index=False)
    word = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "word"], name="word_once_a_client")]
        # Whose word it is stands in the index, for a beginning that very many have.
        indexes = [models.Index(fields=["clinic", "word", "client"], name="client_by_word")]


class Ally(Clinical):
    """Somebody the client wants beside them. Consent is read live, never copied."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="allies")
    heard_in = models.ForeignKey("consults.Consultation", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    relationship = word(60)
    consent = word(3)
    consent_on = models.DateField(null=True, blank=True)
    may_know = several()
    message_shared = word(40)
    will_do = word(300)
    will_stop = word(300)
    present_at_visit = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]
        constraints = [one_of("ally", "consent", ["", "yes", "no"])]


class ResourceGiven(Clinical):
    """One thing to look at, tied to the message it repeats."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="resources")
    consultation = models.ForeignKey(
        "consults.Consultation", on_delete=models.PROTECT, related_name="resources"
    )
    resource_id = word(40)
    title = word(200)
    message_id = word(40)
    format = word(20)
    when_to_use = word(200)
    follow_up = models.BooleanField(default=True)
    status = models.CharField(max_length=12, default="given")
    helpful = rating()
    comment = text()

    class Meta:
        ordering = ["id"]
        constraints = [
            one_of("resource", "status", ["given", "used", "partly", "not_used"]),
            models.CheckConstraint(
                name="resource_is_named", condition=~models.Q(resource_id="") | ~models.Q(title="")
            ),
        ]
