"""What editors attach to a draft: blank forms and samples."""

import strawberry

from schema import payloads
from schema.catalog.refusals import CatalogError
from schema.catalog.types import CatalogFile, Rendering
from schema.context import Info, require_account
from schema.scalars import Upload
from tongban.catalog.operations import attach
from tongban.catalog.rules.attachments import AttachmentKind
from tongban.kernel.context import SharedRole, shared_context


@strawberry.input(description="A file for a matter's draft in work.")
class AttachMaterialFileInput:
    matter: str = strawberry.field(description="The matter's 基本编码.")
    kind: AttachmentKind = strawberry.field(description="What the file shows.")
    material: str = strawberry.field(
        default="", description="The material's code; empty for the sample of the result."
    )
    file: Upload | None = strawberry.field(
        default=None,
        description="PDF, OFD, JPEG, PNG or HEIC, told from its content, up to 20 MiB; null takes "
        "away what stands there.",
    )
    expected_digest: str = strawberry.field(
        default="",
        description="The draft's digest that the caller has seen; empty: whatever it is now.",
    )


@strawberry.type(description="What stands there now, or why nothing was changed.")
class AttachMaterialFilePayload:
    file: CatalogFile | None = strawberry.field(
        default=None, description="The file as it stands there; null where none does."
    )
    revision_number: int | None = strawberry.field(
        default=None, description="The number of the draft."
    )
    digest: str | None = strawberry.field(
        default=None, description="The draft's digest as it is now, for the next edit."
    )
    errors: list[payloads.Fault] = payloads.errors_field(CatalogError)


@strawberry.type
class AttachmentsMutation:
    @payloads.mutation(
        description="Put a blank form or a sample to a matter's draft in work, instead of what "
        "stood there (catalog editors of the issuer). Once published it is everybody's."
    )
    def attach_material_file(
        self, info: Info, input: AttachMaterialFileInput
    ) -> AttachMaterialFilePayload:
        upload = input.file
        with shared_context(SharedRole.CATALOG):
            revision = attach.attach_file(
                actor=require_account(info),
                matter_code=input.matter,
                kind=input.kind,
                material_code=input.material,
                file=attach.IncomingFile(upload.name or "", upload.file)
                if upload is not None and upload.file is not None
                else None,
                expected_digest=input.expected_digest,
                now=info.context.now(),
            )
        return AttachMaterialFilePayload(
            file=Rendering(revision).file_at(input.kind, input.material),
            revision_number=revision.number,
            digest=revision.content_hash,
        )
