"""Where everybody lands, and who is signed in."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST, require_safe

from painconsult.middleware import keep_session


@require_safe
def home(request):
    return redirect("progress" if request.user.is_manager else "clients")


@require_GET
@login_not_required  # it answers 401 itself, so that a page can ask
def session(request):
    """Who is signed in here, and a token that works: what saving.js asks after a sign-in in another tab."""
    keep_session(request)
    if not request.user.is_authenticated:
        return JsonResponse({"user": None}, status=401)
    return JsonResponse({"user": request.user.pk, "csrf": get_token(request)})


@require_safe
def signed_in(request):
    """The end of a sign-in that was opened from another tab."""
    return render(request, "account/signed_in.html")


@require_POST
def reads_along(request):
    """Whether the client reads along: what is for the therapist only is away then, until this is pressed again."""
    request.user.remember_reads_along(request.POST.get("along") == "yes")
    return HttpResponse(status=204)
