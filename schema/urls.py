"""Every path that is served."""

from django.urls import include, path

from schema import files, health, ide
from schema.cases import verify
from schema.resumable import ResumableUploads
from schema.root import schema
from schema.view import GraphQLEndpoint

endpoint = GraphQLEndpoint.as_view(schema=schema)

urlpatterns = [
    path("c/<str:center>/graphql", endpoint, name="center-graphql"),
    path("c/<str:center>/uploads/", ResumableUploads.as_view(), name="uploads"),
    path("c/<str:center>/uploads/<uuid:upload_id>", ResumableUploads.as_view(), name="upload"),
    path("graphql", endpoint, name="graphql"),
    path("", include("schema.identity.urls")),
    path("", include("schema.staff.demonstration")),
    path("", include("schema.start")),
    path("files/<str:token>", files.serve, name="file"),
    path("verify/<str:token>", verify.show, name="verify"),
    path("graphiql/<str:name>", ide.asset),
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("metrics", health.metrics),
]
