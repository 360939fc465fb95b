"""Who may open the catalog's files: everybody those of what was published."""

from tongban.catalog import models, policies
from tongban.catalog.rules import attachments
from tongban.catalog.rules.attachments import AttachmentPlace
from tongban.catalog.rules.content import StoredFile
from tongban.catalog.states import IN_FORCE_ONCE
from tongban.kernel.actors import Actor


def access_attachment(*, actor: Actor, place: AttachmentPlace) -> StoredFile | None:
    """Return the file at a place, None where there is none or the actor may not see it.

    Files of a published revision are everybody's, as its text is; those of one in work are seen by
    who works on the issuer's catalog.
    """
    revision = (
        models.MatterRevision.objects.filter(matter__code=place.matter, number=place.number)
        .select_related("matter")
        .first()
    )
    if revision is None:
        return None
    is_public = revision.status in IN_FORCE_ONCE
    if not is_public and not policies.may_see_drafts(actor, revision.matter.issuer_code):
        return None
    return attachments.attached(revision.read(), place.kind, place.material)
