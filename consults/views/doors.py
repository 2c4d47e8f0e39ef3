"""The only ways in to clinical data: one door per kind of object, 404 for everything else."""

from django.db.models import OuterRef, Subquery, Sum, prefetch_related_objects
from django.http import Http404
from django.shortcuts import get_object_or_404

from consults.models import Client, Consultation, Goal, PlanLink, SafetyFinding, Step
from painconsult.audit.chain import record_opened


def get_client(request, pk):
    client = get_object_or_404(
        Client.objects.for_user(request.user).select_related("clinic", "therapist"), pk=pk
    )
    record_opened(client=client, by=request.user)
    return client


def for_those_who_read(user):
    """Managers see progress and states; for what was said there is no page, unless the clinic says so."""
    if not user.reads_words:
        raise Http404


def get_consultation(request, pk, *, reading=True, joined=(), counting=False):
    """A visit of the user's clinic, for those who may read what was said. A post that saves reads only what it
    needs, and is audited as saved. `joined`: rows it names that the page shows, read with it. `counting`: the
    page is named by how often the visit was saved."""
    for_those_who_read(request.user)
    visits = Consultation.objects.for_user(request.user).select_related("client", *joined)
    consultation = get_object_or_404(visits.annotate(saves=saves()) if counting else visits, pk=pk)
    consultation.clinic = request.user.clinic  # the same one, and read already
    if reading:
        read_for_a_page(consultation)
        record_opened(client=consultation.client, by=request.user)
    return consultation


def saves():
    """How often a visit was saved, read in one moment with its columns: a page is named by what it shows."""
    steps = Step.objects.filter(consultation=OuterRef("pk")).values("consultation")
    return Subquery(steps.annotate(sum=Sum("number")).values("sum"))


def read_for_a_page(consultation):
    """What every page of a visit shows around its middle; what is read already is not read again."""
    prefetch_related_objects([consultation], "steps", "client__findings")


def get_finding(request, pk):
    for_those_who_read(request.user)
    finding = get_object_or_404(
        SafetyFinding.objects.for_user(request.user).select_related("client", "consultation", "asked_by"),
        pk=pk,
    )
    record_opened(client=finding.client, by=request.user)
    return finding


def get_goal(request, pk):
    for_those_who_read(request.user)
    goals = Goal.objects.for_user(request.user).select_related("client", "heard_in", "activity")
    goal = get_object_or_404(goals, pk=pk)
    record_opened(client=goal.client, by=request.user)
    return goal


def get_link(request, pk):
    return get_object_or_404(
        PlanLink.objects.for_user(request.user).select_related("plan", "plan__client"), pk=pk
    )
