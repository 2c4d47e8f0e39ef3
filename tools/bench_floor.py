"""The floor that budgets are told against: the least a page and a save cost here. Mounted by the benchmark only.

A page: five queries (three of them sign a person in and set the clinic's clock, as on every page), one
stock Django form of twelve fields, and as many bytes as the page it is held against. A save: that form
checked, and three writes in one transaction. Middleware and database settings are the site's own.
"""

import uuid
from functools import cache

from django import forms
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.template import engines
from django.urls import include, path
from django.utils import timezone

from consults.models import Client, Consultation, Draft


class FloorForm(forms.Form):
    name = forms.CharField(max_length=80)
    words = forms.CharField(widget=forms.Textarea, max_length=4000)
    more_words = forms.CharField(widget=forms.Textarea, max_length=4000, required=False)
    place = forms.CharField(max_length=80, required=False)
    mail = forms.EmailField(required=False)
    day = forms.DateField(required=False)
    amount = forms.IntegerField(min_value=0, max_value=9999)
    times = forms.IntegerField(min_value=0, max_value=14)
    rating = forms.TypedChoiceField(choices=[(n, n) for n in range(11)], coerce=int)
    impact = forms.TypedChoiceField(choices=[(n, n) for n in range(11)], coerce=int)
    kind = forms.ChoiceField(choices=[("first", "First"), ("review", "Review")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(required=False)


POSTED = {
    "name": "Graham",
    "words": "It began after a winter of little sleep.",
    "amount": "16",
    "times": "3",
    "rating": "4",
    "impact": "7",
    "kind": "first",
    "agreed": "on",
}
TEMPLATE = """<!doctype html><html lang="en"><title>{{ client }}</title><h1>{{ visit }}</h1>
<form method="post">{% csrf_token %}{{ form.as_p }}<button>Save</button></form><p>{{ filler }}</p></html>"""


@cache
def template():
    return engines["django"].from_string(TEMPLATE)


def floor(request, pk):
    client_id, visit = request.GET["client"], Consultation.objects.for_user(request.user).get(pk=pk)
    form = FloorForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        save(visit, request.user)
        return HttpResponseRedirect(request.path)
    client = Client.objects.for_user(request.user).get(pk=client_id)
    context = {"client": client, "visit": visit, "form": form, "filler": filler(request)}
    return HttpResponse(template().render(context, request))


def filler(request):
    return "a page of this size " * (int(request.GET.get("bytes", 0)) // 20)


@transaction.atomic
def save(visit, user):
    now, key = timezone.now(), uuid.uuid4()
    Consultation.objects.filter(pk=visit.pk).update(held_on=visit.held_on)
    Draft.objects.create(
        key=key,
        clinic_id=visit.clinic_id,
        consultation=visit,
        slug="beliefs",
        user=user,
        base=0,
        body="a",
        saved_at=now,
    )
    Draft.objects.filter(key=key).delete()  # left behind, it would be read by every page measured after it


urlpatterns = [path("bench-floor/<uuid:pk>", floor, name="floor"), path("", include("painconsult.urls"))]
handler400 = "painconsult.errors.bad_request"
handler403 = "painconsult.errors.forbidden"
handler404 = "painconsult.errors.not_found"
handler500 = "painconsult.errors.server_error"
