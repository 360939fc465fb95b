"""Every path that is served."""

from django.urls import include, path

from schema import files, health, ide
from schema.cases import verify
from schema.resumable import ResumableUploads
from schema.root import schema
from schema.view import GraphQLEndpoint

endpoint = GraphQLEndpoint.as_view(schema=schema)
begin_upload = ResumableUploads.as_view(http_method_names=("options", "post"))
upload = ResumableUploads.as_view(http_method_names=("options", "head", "patch", "delete"))

urlpatterns = [
    path("c/<str:center>/graphql", endpoint, name="center-graphql"),
    path("c/<str:center>/uploads/", begin_upload, name="uploads"),
    path("c/<str:center>/uploads/<uuid:upload_id>", upload, name="upload"),
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
