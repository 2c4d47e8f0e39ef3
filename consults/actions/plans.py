"""The plan a client takes home: published in numbered versions, opened by links."""

import hashlib
import hmac
import secrets
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, F, Max
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from consults import rules
from consults.actions.consultations import version_of
from consults.actions.plan_content import SCHEMA, gathered, plan_content, without
from consults.models import Ally, Client, Consultation, Plan, PlanLink, PlanVersion
from painconsult.audit.chain import record
from painconsult.errors import Conflict, Refused

__all__ = ["gathered", "plan_content", "without"]

AFTER_DATES = 14  # days a link stays open after the next review and the nearest goal
SHORTEST, LONGEST = 30, 180
WITHOUT_DATES = 90


# --- versions -------------------------------------------------------------------------------------


@transaction.atomic
def publish(consultation, struck, *, by, seen):
    """Store what the preview showed, without the struck lines, as the client's next version.

    Raises Refused when the plan may not be published, when nothing would be left, or when
    something was saved after the preview was shown (`seen` is version_of then).
    """
    Consultation.objects.select_for_update(no_key=True).get(pk=consultation.pk)
    Client.objects.select_for_update(no_key=True).get(
        pk=consultation.client_id
    )  # versions are numbered one by one
    consultation = Consultation.objects.select_related("client", "clinic").get(pk=consultation.pk)
    if version_of(consultation) != seen:
        raise Refused("Something was saved after you opened this page. Read the plan again, then publish.")
    kept = gathered(consultation)
    whole = plan_content(consultation, kept)
    if reasons := reasons_not_to_publish(consultation, whole, kept):
        raise Refused(" ".join(reasons))
    struck = [line["id"] for line in whole["lines"] if line["id"] in struck]
    content = without(whole, struck)
    if not rules.has_a_step(content["lines"]):
        raise Refused("Every step and goal is left out. Put one back: a plan needs one small step.")
    plan, _ = Plan.objects.get_or_create(
        client_id=consultation.client_id, defaults={"clinic_id": consultation.clinic_id}
    )
    last = plan.versions.aggregate(number=Max("number"))["number"] or 0
    version = PlanVersion.objects.create(
        clinic_id=consultation.clinic_id,
        plan=plan,
        consultation=consultation,
        number=last + 1,
        schema=SCHEMA,
        content=content,
        struck=struck,
        agreed_on=consultation.held_on,
        published_by=by,
        published_at=timezone.now(),
    )
    record(
        "published", clinic=plan.clinic_id, by=by, on=plan, client=plan.client_id, detail=str(version.number)
    )
    return version


def reasons_not_to_publish(consultation, content, kept):
    """The rules for a plan, and that it comes from the client's newest visit."""
    if any(visit.number > consultation.number for visit in kept.visits):
        return ["There is a later visit. Publish the plan from that one."]
    return rules.reasons_not_to_publish(consultation, content["lines"])


def newest_version(client_id, *, without=()):
    """`without`: columns that the page does not say. The content of a plan is long."""
    return PlanVersion.objects.filter(plan__client=client_id).order_by("-number").defer(*without).first()


def plan_state(client):
    """What a client's page says about their plan: the newest version (None before the first) and its links."""
    version = newest_version(client.pk, without=["content", "struck"])
    return {
        "version": version,
        "published_at": version.published_at if version else None,
        "links": list(links_of(client.pk)),
    }


# --- links ----------------------------------------------------------------------------------------


def links_of(client_id):
    """The client's links, newest first; `is_live` by the database's clock."""
    is_live = ExpressionWrapper(PlanLink.live(), output_field=BooleanField())
    return PlanLink.objects.filter(plan__client=client_id).annotate(is_live=is_live).order_by("-created_at")


def default_days(reviews, content):
    """How long a link lasts if nobody says otherwise: until two weeks after the next of these reviews or the
    nearest goal of this plan, whichever is later. What is past counts no more."""
    goals = [line["by"] for line in content["lines"] if line["section"] == "goals" and line["by"]]
    today = timezone.localdate()
    nearest = [
        min(days)
        for dates in (
            [review.due for review in reviews if review.status == "due"],
            map(date.fromisoformat, goals),
        )
        if (days := [(day - today).days for day in dates if day >= today])
    ]
    if not nearest:
        return WITHOUT_DATES
    return min(max(max(nearest) + AFTER_DATES, SHORTEST), LONGEST)


@transaction.atomic
def new_link(plan, label, days=None, audience="client", *, known=None, by):
    """Return (link, secret). The secret is told here, once; only a keyed hash of it is stored.

    `known`: how many links the page showed that asked. Raises Conflict where there are others by now: the same
    press came twice, or somebody else made one.
    """
    client = Client.objects.select_for_update(no_key=True).get(pk=plan.client_id)
    if reasons := rules.reasons_against_a_link(client):
        raise Refused(" ".join(reasons))
    if known is not None and known != str(plan.links.count()):
        raise Conflict
    secret, now = secrets.token_urlsafe(32), timezone.now()
    days = days or default_days(client.reviews.all(), newest_version(client.pk).content)
    days = min(max(days, 1), LONGEST)
    link = PlanLink.objects.create(
        clinic_id=plan.clinic_id,
        plan=plan,
        secret_hash=hash_of(secret),
        label=label,
        audience=audience,
        created_by=by,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    record("link_made", clinic=plan.clinic_id, by=by, on=link, client=plan.client_id)
    return link, secret


def hash_of(secret):
    return hmac.new(settings.LINK_PEPPER.encode(), secret.encode(), hashlib.sha256).hexdigest()


@transaction.atomic
def revoke(link, *, by):
    """Close a link for good. From the answer on it opens nothing, also where it is open already."""
    revoked = PlanLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=Now(), revoked_by=by)
    if revoked:
        record("link_revoked", clinic=link.clinic_id, by=by, on=link, client=link.plan.client_id)


def known_link(secret):
    """The link of this secret, whether it still opens or not; None for any other words."""
    links = PlanLink.objects.select_related("plan", "clinic", "plan__client")
    return links.filter(secret_hash=hash_of(secret)).first() if secret else None


def _opening():
    """Links that open now. Until a link can ask for a PIN, none does where home may not be safe."""
    return PlanLink.objects.filter(PlanLink.live(), plan__client__home_may_be_unsafe=False)


@transaction.atomic
def open_link(secret):
    """Return the link this secret opens and count the opening; None when it opens nothing.

    One statement decides and counts, so a link revoked a moment ago cannot slip through.
    """
    link = known_link(secret)
    if link is None:
        return None
    opened = (
        _opening()
        .filter(pk=link.pk)
        .update(
            times_opened=F("times_opened") + 1,
            last_opened_at=Now(),
            first_opened_at=Coalesce("first_opened_at", Now()),
        )
    )
    event = "link_opened" if opened else "link_refused"
    record(event, clinic=link.clinic_id, on=link, client=link.plan.client_id)
    return link if opened else None


def live_link(pk):
    """The link of this id while it opens; read anew at every view of the plan."""
    return _opening().select_related("clinic", "plan").filter(pk=pk).first()


def dead_link(pk):
    return PlanLink.objects.select_related("clinic", "plan__client").filter(pk=pk).first()


def allies_who_agree(client_id):
    """Ids of the people who may be on this client's plan now: consent is read live."""
    return set(Ally.objects.filter(client=client_id, consent="yes").values_list("pk", flat=True))
