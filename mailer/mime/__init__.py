"""Mail as octets: reading and writing headers, addresses and parts; the only user of `email`."""

from __future__ import annotations

from mailer.mime.headers import ascii_address, plain
from mailer.mime.read import read
from mailer.mime.write import Attachment, Heading, Skeleton, assemble, skeleton

__all__ = ["Attachment", "Heading", "Skeleton", "ascii_address", "assemble", "plain", "read", "skeleton"]
