"""Addresses of signing in. The names are allauth's own, by which its views find each other."""

from django.urls import path
from wagtail.admin.auth import require_admin_access

from cms.sign_in import views
from cms.sign_in.password_reset import NewPassword

# Before Wagtail's own, at the same places.
doors = [
    path("login/", views.SignIn.as_view(), name="account_login"),
    path("login/code/", views.SecondStep.as_view(), name="mfa_authenticate"),
    path("account/", require_admin_access(views.account)),
    path("password_reset/confirm/<uidb64>/<token>/", NewPassword.as_view()),
]

# Behind the sign-in: one's own second factor.
rooms = [
    path("", views.Mine.as_view(), name="mfa_index"),
    path("telephone/", views.SetUpTelephone.as_view(), name="mfa_activate_totp"),
    path("telephone/remove/", views.RemoveTelephone.as_view(), name="mfa_deactivate_totp"),
    path("passkeys/add/", views.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("passkeys/<int:pk>/remove/", views.RemovePasskey.as_view(), name="mfa_remove_webauthn"),
    path("recovery-codes/", views.RecoveryCodes.as_view(), name="mfa_view_recovery_codes"),
    path("recovery-codes/new/", views.NewRecoveryCodes.as_view(), name="mfa_generate_recovery_codes"),
    path("again/password/", views.PasswordAgain.as_view(), name="account_reauthenticate"),
    path("again/code/", views.CodeAgain.as_view(), name="mfa_reauthenticate"),
    path("again/passkey/", views.PasskeyAgain.as_view(), name="mfa_reauthenticate_webauthn"),
]
