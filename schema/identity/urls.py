"""``/o/``: OAuth 2 and the pages of signing in. Nothing of the library beyond what is listed."""

from django.urls import URLPattern, path
from oauth2_provider.views.base import RevokeTokenView
from oauth2_provider.views.metadata import OAuthServerMetadataView

from schema.identity import views

app_name = "oauth2_provider"
"""The library builds links by this name."""

urlpatterns: list[URLPattern] = [
    path(
        ".well-known/oauth-authorization-server",
        OAuthServerMetadataView.as_view(),
        name="oauth-server-metadata",
    ),
    path("o/authorize/", views.ConsentView.as_view(), name="authorize"),
    path("o/token/", views.TokenEndpoint.as_view(), name="token"),
    path("o/revoke_token/", RevokeTokenView.as_view(), name="revoke-token"),
    path("o/sign-in", views.SignInView.as_view(), name="sign-in"),
    path("o/second-factor", views.SecondFactorView.as_view(), name="second-factor"),
    path("o/signed-in", views.signed_in, name="signed-in"),
    path("o/sign-out", views.SignOutView.as_view(), name="sign-out"),
]
