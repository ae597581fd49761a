"""Read the attachments and inline images that every message of a campaign carries."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from mailer.errors import TemplateError
from mailer.mime import Attachment
from mailer.model.campaign import Campaign

_CONTENT_TYPES = {
    "csv": "text/csv",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "pdf": "application/pdf",
    "png": "image/png",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
    "webp": "image/webp",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def attachments(campaign: Campaign, sources: Mapping[str, bytes]) -> list[Attachment]:
    """Return the attached files."""
    return [_file(campaign, sources, name, "") for name in campaign.attachments]


def images(campaign: Campaign, sources: Mapping[str, bytes]) -> list[Attachment]:
    """Return the inline images, each with the Content-ID that templates refer to it by (RFC 2392)."""
    domain = campaign.sender.domain
    pictures = [
        _file(campaign, sources, name, f"{hashlib.sha256(name.encode()).hexdigest()[:16]}@{domain}")
        for name in campaign.images
    ]
    for picture in pictures:
        if not picture.content_type.startswith("image/"):
            raise TemplateError("image-unusable", file=campaign.file, read=picture.name)
    return pictures


def _file(campaign: Campaign, sources: Mapping[str, bytes], name: str, content_id: str) -> Attachment:
    if name not in sources:
        raise TemplateError("attachment-missing", file=campaign.file, read=name)
    content_type = _CONTENT_TYPES.get(name.rpartition(".")[2].casefold(), "application/octet-stream")
    return Attachment(name, content_type, sources[name], content_id)
