from django.urls import path

from consults.views import caseload, clients, consultations, goals, plans, progress, steps, turned

VISIT = "consultations/<uuid:pk>"

urlpatterns = [
    path("clients", caseload.clients, name="clients"),
    path("clients/new", clients.new, name="new_client"),
    path("clients/<uuid:pk>", clients.client, name="client"),
    path("clients/<uuid:pk>/edit", clients.edit, name="edit_client"),
    path("clients/<uuid:pk>/start", consultations.start, name="start"),
    path("clients/<uuid:pk>/links", plans.new_link, name="new_link"),
    path("paper", consultations.paper, name="paper"),
    path("goals/<uuid:pk>/levels", goals.levels, name="goal_levels"),
    path("findings/<int:pk>", clients.finding, name="finding"),
    path("links/<uuid:pk>/revoke", plans.revoke, name="revoke"),
    path(VISIT, consultations.consultation, name="consultation"),
    path(f"{VISIT}/review", consultations.review, name="review"),
    path(f"{VISIT}/complete", consultations.complete, name="complete"),
    path(f"{VISIT}/addenda", consultations.addendum, name="addendum"),
    path(f"{VISIT}/paused", consultations.paused, name="paused"),
    path(f"{VISIT}/plan", plans.preview, name="plan"),
    path(f"{VISIT}/hands-on", turned.hands_on_page, name="hands_on"),
    path(f"{VISIT}/explain/brain", turned.brain, name="brain"),
    path(f"{VISIT}/<slug:slug>/turned", turned.turned, name="turned"),
    path(f"{VISIT}/<slug:slug>/draft", steps.draft, name="draft"),
    path(f"{VISIT}/<slug:slug>", steps.step, name="step"),
    path("progress", progress.progress, name="progress"),
    path("p", plans.door, name="plan_door"),
    path("p/plan", plans.opened, name="plan_opened"),
]
