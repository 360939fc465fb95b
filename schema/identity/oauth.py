"""Where the OAuth libraries meet our rules: three grants, and revocation that wakes sockets."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauthlib.common import Request
from oauthlib.oauth2 import (
    AuthorizationCodeGrant,
    AuthorizationEndpoint,
    BearerToken,
    ClientCredentialsGrant,
    RefreshTokenGrant,
    RequestValidator,
    ResourceEndpoint,
    RevocationEndpoint,
    TokenEndpoint,
)

from tongban.identity import queries
from tongban.identity.operations import tokens
from tongban.kernel.transactions import unit_of_work


class Server(AuthorizationEndpoint, TokenEndpoint, ResourceEndpoint, RevocationEndpoint):
    """Code with PKCE for people, credentials for machines, refresh; what is not built in is off."""

    def __init__(
        self,
        request_validator: RequestValidator,
        token_expires_in: int | None = None,
        token_generator: Callable[[Request], str] | None = None,
        refresh_token_generator: Callable[[Request], str] | None = None,
        **kwargs: Any,
    ) -> None:
        del kwargs
        bearer = BearerToken(
            request_validator, token_generator, token_expires_in, refresh_token_generator
        )
        code = AuthorizationCodeGrant(request_validator)
        AuthorizationEndpoint.__init__(
            self,
            default_response_type="code",
            response_types={"code": code},
            default_token_type=bearer,
        )
        TokenEndpoint.__init__(
            self,
            default_grant_type="authorization_code",
            grant_types={
                "authorization_code": code,
                "client_credentials": ClientCredentialsGrant(request_validator),
                "refresh_token": RefreshTokenGrant(request_validator),
            },
            default_token_type=bearer,
        )
        kind = "Bearer"
        ResourceEndpoint.__init__(self, default_token=kind, token_types={kind: bearer})
        RevocationEndpoint.__init__(self, request_validator)


class Validator(OAuth2Validator):
    """The library's rules, each end of a token recorded in the platform's log."""

    def revoke_token(
        self, token: str, token_type_hint: str, request: Any, *args: Any, **kwargs: Any
    ) -> None:
        """Revoke a token of the requesting client (RFC 7009), and record it."""
        client_id = request.client.client_id if request.client else ""
        with unit_of_work():
            owner = queries.token_owner(token, client_id=client_id)
            super().revoke_token(  # type: ignore[no-untyped-call] # the library has no types
                token, token_type_hint, request, *args, **kwargs
            )
            if owner is not None:
                _note(owner, client_id)

    def validate_refresh_token(
        self, refresh_token: str, client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        """Tell whether a refresh token may be used; a used one ends its whole family, recorded."""
        with unit_of_work():
            valid: bool = super().validate_refresh_token(  # type: ignore[no-untyped-call] # as above
                refresh_token, client, request, *args, **kwargs
            )
            if not valid:
                owner = queries.token_owner(refresh_token, client_id=client.client_id)
                if owner is not None:
                    _note(owner, client.client_id)
        return valid


def _note(owner: queries.TokenOwner, client_id: str) -> None:
    tokens.note_revocation(account_id=owner.account_id, client_id=client_id, now=timezone.now())
