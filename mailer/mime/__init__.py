"""Reading and writing of mail as octets (MIME); no other package uses the `email` library."""

from __future__ import annotations

from mailer.mime.headers import ascii_address, one_line
from mailer.mime.read import read
from mailer.mime.read_address import read_addresses
from mailer.mime.write import Attachment, EncodedFiles, HeaderFields, assemble, encode_files

__all__ = [
    "Attachment",
    "EncodedFiles",
    "HeaderFields",
    "ascii_address",
    "assemble",
    "encode_files",
    "one_line",
    "read",
    "read_addresses",
]
