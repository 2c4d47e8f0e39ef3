"""The only ways in to clinical data: one door per kind of object, 404 for everything else."""

from django.shortcuts import get_object_or_404

from consults.models import Client, Consultation, PlanLink, SafetyFinding
from painconsult.audit.chain import record_opened


def get_client(request, pk):
    client = get_object_or_404(
        Client.objects.for_user(request.user).select_related("clinic", "therapist"), pk=pk
    )
    record_opened(client=client, by=request.user)
    return client


def get_consultation(request, pk):
    consultation = get_object_or_404(
        Consultation.objects.for_user(request.user)
        .select_related("client", "clinic", "therapist", "client__therapist")
        .prefetch_related("steps", "findings", "client__findings"),
        pk=pk,
    )
    record_opened(client=consultation.client, by=request.user)
    return consultation


def get_finding(request, pk):
    return get_object_or_404(
        SafetyFinding.objects.for_user(request.user).select_related("client", "consultation", "asked_by"),
        pk=pk,
    )


def get_link(request, pk):
    return get_object_or_404(
        PlanLink.objects.for_user(request.user).select_related("plan", "plan__client"), pk=pk
    )
