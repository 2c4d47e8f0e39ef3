"""The plan: previewed and published by staff, opened by a link on the client's phone."""

import hashlib
import hmac
import re
import time
from datetime import timedelta
from ipaddress import ip_address, ip_network
from zoneinfo import ZoneInfo

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.core.cache import cache
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consults import rules
from consults.actions import drafts
from consults.actions import plans as actions
from consults.exports.plan import listed, readable, says_the_same
from consults.exports.qr import qr
from consults.forms import PlainForm
from consults.steps.findings import urgent_is_open
from consults.views.doors import get_client, get_consultation, get_link
from consults.views.room import room
from painconsult.accounts.models import Clinic
from painconsult.errors import Conflict, Refused
from painconsult.ui.fields import Choice, Line

# --- for staff ------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def preview(request, pk):
    """What the client will see, line by line; publish it; and the links that open it."""
    consultation = get_consultation(request, pk, counting=True)
    if request.method == "POST" and request.POST.get("do") == "publish":
        version = actions.publish(
            consultation,
            request.POST.getlist("strike"),
            by=request.user,
            seen=request.POST.get("seen", ""),
        )
        has_links = any(link.is_live for link in actions.links_of(consultation.client_id))
        messages.success(
            request,
            f"Version {version.number} is published. "
            + (
                "The links there are show it from now on."
                if has_links
                else "Make a link, and they can open it."
            ),
        )
        return redirect(reverse("plan", args=[consultation.pk]) + "#links")
    newest = actions.newest_version(consultation.client_id)
    struck = request.POST.getlist("strike") if request.method == "POST" else newest.struck if newest else []
    typed = {} if consultation.is_completed else drafts.drafts_of(consultation, by=request.user)
    told = drafts.told_as_unsaved(typed.values(), consultation.scope)
    context = room(request, consultation, "plan", typed) | preview_context(consultation, newest, struck)
    context |= {
        "title": f"{consultation.client.preferred_name}’s plan",
        "mine_unsaved": list(zip(typed.values(), told, strict=True)),
        "thin": []
        if consultation.is_completed
        else [
            rules.step_guide(consultation.scope, asked.slug).short
            for asked, _ in rules.thin_steps(consultation)
        ],
    }
    return render(request, "consults/plan/preview.html", context)


def preview_context(consultation, newest, struck):
    kept = actions.gathered(consultation)
    whole = actions.plan_content(consultation, kept)
    content = actions.without(whole, struck)
    number = newest.number if newest else 0
    is_published = newest is not None and says_the_same(newest, content)
    return {
        "consultation": consultation,
        "client": consultation.client,
        "lines": listed(whole, struck),
        "struck": struck,
        "plan": readable(content) | {"number": number if is_published else number + 1},
        "newest": newest,
        "is_published": is_published,
        "reasons": actions.reasons_not_to_publish(consultation, whole, kept),
        "own_words_wait": urgent_is_open(consultation),
        "seen": str(consultation.saves),
        **(links_context(consultation.client, newest, kept.reviews) if newest else {}),
    }


class LinkForm(PlainForm):
    label = Line(60, label="Name of the link", required=True, missing="Give the link a name, such as Phone.")
    days = Choice({}, label="Works until")

    def __init__(self, data=None):
        super().__init__(data)
        self.fields["days"].options = {str(days): f"{day_in(days)} ({days} days)" for days in (30, 90, 180)}


def day_in(days):
    return date_format(timezone.localdate() + timedelta(days=days), "j F Y")


def links_context(client, newest, reviews, form=None, made=None):
    return {
        "links": actions.links_of(client.pk),
        "reasons_against_a_link": rules.reasons_against_a_link(client),
        "until": day_in(actions.default_days(reviews, newest.content)),
        "sheet": (form or LinkForm()).sheet({"label": "Phone"}),
        "made": made,
    }


@require_POST
def new_link(request, pk):
    """Make a link and show it this once: it is stored nowhere that anybody could read it again."""
    client = get_client(request, pk)
    newest = actions.newest_version(client.pk)
    if newest is None:
        raise Refused("There is no published plan yet. Publish it first, then make a link.")
    form, made, status = LinkForm(request.POST), None, 422
    if form.is_valid():
        told = form.cleaned_data
        try:
            link, secret = actions.new_link(
                newest.plan,
                told["label"],
                int(told["days"] or 0) or None,
                known=request.POST.get("known"),
                by=request.user,
            )
        except Conflict:
            status = 409
        else:
            url = link_url(request, secret)
            form, made, status = None, {"link": link, "url": url, "qr": qr(url)}, 200
    context = links_context(client, newest, client.reviews.all(), form, made)
    context |= {"client": client, "newest": newest, "made_meanwhile": status == 409}
    return render(request, "consults/plan/links.html", context, status=status)


def link_url(request, secret):
    base = settings.SITE_URL.rstrip("/") or request.build_absolute_uri("/").rstrip("/")
    return f"{base}{reverse('plan_door')}#{secret}"


@require_POST
def revoke(request, pk):
    link = get_link(request, pk)
    actions.revoke(link, by=request.user)
    messages.success(request, f"The link “{link.label}” is closed. It opens nothing any more.")
    newest = actions.newest_version(link.plan.client_id)
    return redirect(reverse("plan", args=[newest.consultation_id]) + "#links")


# --- for whoever holds a link ---------------------------------------------------------------------

COOKIE = "__Secure-plan" if settings.PRODUCTION else "plan"
COOKIE_SALT = "consults.plan.opened"
OPEN_FOR = timedelta(minutes=30)
TRIES_A_MINUTE = 30
CODE = re.compile(r"[A-Za-z0-9_-]{43}")


def link_page(request, template, context=None, status=200):
    """A page of a link sends no referrer, not even to this site."""
    response = render(request, f"consults/plan/{template}.html", context, status=status)
    response["Referrer-Policy"] = "no-referrer"
    return response


# Without a referrer browsers say "Origin: null", which Django's token check refuses. There is nothing to
# forge: the code is the permission, and other sites are refused by Sec-Fetch-Site (middleware).
@csrf_exempt
@login_not_required  # whoever holds a code may try it
@require_http_methods(["GET", "HEAD", "POST"])
def door(request):
    """The page a link leads to. Only a person's press opens the plan: a GET tells and writes nothing."""
    if request.method != "POST":
        return link_page(request, "door", {"clinic": only_clinic()})
    secret = code_in(request.POST.get("secret", ""))
    if not secret:
        return link_page(request, "door", {"missing": True}, 422)
    link = actions.open_link(secret)
    if link:
        return remember(redirect("plan_opened"), link)
    known = actions.known_link(secret)
    if known is None and too_many_unknown(request):
        return link_page(request, "door", {"too_many": True}, 429)
    return closed(request, known)


def code_in(text):
    """The code in what was typed: the code itself, or what follows # in a whole link."""
    typed = "".join(text[:2000].split()).rpartition("#")[2]
    found = CODE.search(typed)
    return found[0] if found else typed[:100]


def remember(response, link):
    response.set_cookie(
        COOKIE,
        signing.dumps({str(link.pk): int(time.time())}, salt=COOKIE_SALT),
        max_age=OPEN_FOR,
        path=reverse("plan_door"),
        secure=settings.PRODUCTION,
        httponly=True,
        samesite="Lax",
    )
    return response


@require_safe
@login_not_required  # the signed cookie of an opened link is what lets somebody in
def opened(request):
    """The newest version of the plan, for as long as its link opens; the link is read anew each time."""
    pk = opened_before(request)
    if pk is None:
        return link_page(request, "door", {"over": True})
    link = actions.live_link(pk)
    if link is None:
        return closed(request, actions.dead_link(pk))
    timezone.activate(ZoneInfo(link.clinic.time_zone))
    version = actions.newest_version(link.plan.client_id)
    plan = readable(
        version.content,
        schema=version.schema,
        allies=actions.allies_who_agree(link.plan.client_id),
        today=timezone.localdate(),
    )
    return link_page(request, "plan", {"plan": plan | {"number": version.number}, "link": link})


def opened_before(request):
    """The id in the cookie, if we signed it and it is younger than half an hour."""
    try:
        told = signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE_SALT, max_age=OPEN_FOR)
        return next(iter(told))
    except signing.BadSignature:
        return None


def closed(request, link):
    """A link that opens nothing: the same words whether it is wrong, over or closed.

    Whom to ask is known where the link is one of ours, or where there is one clinic on this site.
    Where home may not be safe, nothing tells that the link was ever one.
    """
    known = link is not None and not link.plan.client.home_may_be_unsafe
    return link_page(request, "closed", {"clinic": link.clinic if known else only_clinic()}, 404)


def only_clinic():
    """The clinic of a site that has one; None where there are several, and nobody has said which."""
    clinics = Clinic.objects.all()[:2]
    return clinics[0] if len(clinics) == 1 else None


def too_many_unknown(request):
    """Count a code that is none of ours. The address is kept as a keyed hash, for a few minutes."""
    address = ip_address(get_adapter().get_client_ip(request))
    if address.version == 6:
        address = ip_network(f"{address}/64", strict=False)
    minute = f"{address} {int(time.time() // 60)}"
    key = (
        "unknown-code-" + hmac.new(settings.LINK_PEPPER.encode(), minute.encode(), hashlib.sha256).hexdigest()
    )
    cache.add(key, 0)
    return cache.incr(key) > TRIES_A_MINUTE
