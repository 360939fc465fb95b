"""Large files on their way in: everybody's own."""

import uuid
from datetime import datetime

from django.db.models import Q

from tenants.cases import errors, models
from tongban.kernel.actors import Actor


def access_upload(*, actor: Actor, upload_id: uuid.UUID, now: datetime) -> models.Upload:
    """Return one of the actor's uploads, handed in or not. Raises: UploadNotFoundError."""
    standing = Q(expires_at__gt=now) | Q(used_at__isnull=False)
    found = models.Upload.objects.filter(standing, pk=upload_id, owner=actor.key).first()
    if found is None:
        raise errors.UploadNotFoundError(path=("uploads",))
    return found


def access_unused(*, actor: Actor, upload_id: uuid.UUID, now: datetime) -> models.Upload:
    """Return one of the actor's uploads that was not handed in. Raises: UploadNotFoundError."""
    upload = access_upload(actor=actor, upload_id=upload_id, now=now)
    if upload.used_at is not None:
        raise errors.UploadNotFoundError(path=("uploads",))
    return upload
