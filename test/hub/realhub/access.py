"""Client keys in place of JSON web tokens."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication, exceptions

from .models import ClientKey


class ClientKeyAuthentication(authentication.BaseAuthentication):
    def authenticate(self, request):
        kind, _, key = request.headers.get("Authorization", "").partition(" ")
        if kind != "Api-Key":
            return None
        try:
            return ClientKey.objects.get_from_key(key).owner, key
        except ClientKey.DoesNotExist:
            raise exceptions.NotAuthenticated() from None

    def authenticate_header(self, request):
        return 'Api-Key realm="api"'


class ClientKeyScheme(OpenApiAuthenticationExtension):
    target_class = ClientKeyAuthentication
    name = "clientKey"

    def get_security_definition(self, auto_schema):
        return {"type": "apiKey", "in": "header", "name": "Authorization"}
