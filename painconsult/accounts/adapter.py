"""How allauth behaves here: staff never sign up, links are built from SITE_URL, failures are recorded."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.urls import reverse

from painconsult.accounts.models import User
from painconsult.audit import chain


class StaffAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "Email and password do not match. Check both and try again.",
        "too_many_login_attempts": "Too many tries. Wait five minutes, or use “I can’t sign in”.",
    }

    def is_open_for_signup(self, request):
        return False

    def clean_email(self, email):
        return email.strip().casefold()

    def get_login_redirect_url(self, request):
        return "/"

    def get_reset_password_from_key_url(self, key):
        uid, _, token = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})
        return f"{settings.SITE_URL.rstrip('/')}{path}"

    def authenticate(self, request, **credentials):
        """Somebody made inactive is answered like a wrong password: the page tells nobody apart."""
        user = super().authenticate(request, **credentials)
        if user is not None and not user.is_active:
            self.authentication_failed(request, **credentials)
            return None
        return user

    def authentication_failed(self, request, email="", **credentials):
        user = User.objects.filter(email=email).first()
        chain.record("sign-in-failed", clinic=user and user.clinic_id, on=user)
