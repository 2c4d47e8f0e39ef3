"""allauth's forms, with an address meaning the same however it is typed."""

from allauth.account import forms as allauth
from allauth.account.adapter import get_adapter


class SignInForm(allauth.LoginForm):
    def clean_login(self):
        return get_adapter().clean_email(self.cleaned_data["login"])


class ResetPasswordForm(allauth.ResetPasswordForm):
    def clean_email(self):
        self.cleaned_data["email"] = get_adapter().clean_email(self.cleaned_data["email"])
        return super().clean_email()

    def save(self, request, **kwargs):
        """A mail goes out either way, so that neither the answer nor its delay tells who has an account."""
        email = self.cleaned_data["email"]
        if self.users:
            return super().save(request, **kwargs)
        get_adapter().send_mail("account/email/unknown_account", email, {})
        return email
