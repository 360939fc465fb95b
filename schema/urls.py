"""Every path that is served."""

from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from schema.root import schema
from schema.view import GraphQLEndpoint

# Only a bearer token authenticates here, never a cookie, so there is nothing to forge.
endpoint = csrf_exempt(GraphQLEndpoint.as_view(schema=schema))

urlpatterns = [
    path("c/<str:center>/graphql", endpoint, name="center-graphql"),
    path("graphql", endpoint, name="graphql"),
]
