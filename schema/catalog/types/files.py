"""The catalog's files as the API shows them."""

from typing import Self

import strawberry

from schema.catalog import links
from schema.context import Info
from tongban.catalog.rules.attachments import AttachmentPlace
from tongban.catalog.rules.content import StoredFile


@strawberry.type(description="A file of the catalog: a blank form or a sample.")
class CatalogFile:
    place: strawberry.Private[AttachmentPlace]
    is_public: strawberry.Private[bool]

    name: str = strawberry.field(description="Its name.")
    media_type: str = strawberry.field(description="What it is, told from its content.")
    size: int = strawberry.field(description="Its size in bytes.")
    sha256: str = strawberry.field(description="The SHA-256 of its content, hexadecimal.")

    @classmethod
    def of(cls, file: StoredFile | None, place: AttachmentPlace, *, is_public: bool) -> Self | None:
        """Return the file at a place as the API shows it, None for none."""
        if file is None:
            return None
        return cls(
            place=place,
            is_public=is_public,
            name=file.name,
            media_type=file.media_type,
            size=file.size,
            sha256=file.sha256,
        )

    @strawberry.field(
        description="An address that opens it, for everybody until the end of the next day; of a "
        "draft, for who asked for it, for ten minutes."
    )
    def link(self, info: Info) -> str | None:
        return links.link_to(info, self.place, is_public=self.is_public)
