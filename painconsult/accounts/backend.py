from allauth.account.auth_backends import AuthenticationBackend

from painconsult.accounts.models import User


class StaffBackend(AuthenticationBackend):
    """allauth's, fetching the clinic along: every page asks for its clock."""

    def get_user(self, user_id):
        user = User.objects.select_related("clinic", "scope").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
