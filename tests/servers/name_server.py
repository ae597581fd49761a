"""A name server on loopback that has the records a test gives it, and no others."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

Records = Mapping[tuple[str, str], list[str]]
"""Records by name, with the dot at its end, and type."""


@contextmanager
def name_server(records: Records) -> Iterator[int]:
    """Run a name server; give its port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def serve() -> None:
            while True:
                asked, whence = server.recvfrom(4096)
                if asked == b"stop":
                    return
                server.sendto(_answer(asked, records), whence)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        number = int(server.getsockname()[1])
        try:
            yield number
        finally:
            server.sendto(b"stop", ("127.0.0.1", number))
            thread.join()


def _answer(asked: bytes, records: Records) -> bytes:
    query = dns.message.from_wire(asked)
    reply = dns.message.make_response(query)
    (question,) = query.question
    name, kind = question.name.to_text(), dns.rdatatype.to_text(question.rdtype)
    found = records.get((name, kind))
    if found:
        reply.answer.append(dns.rrset.from_text_list(name, 60, "IN", kind, found))
    elif not any(known == name for known, _kind in records):
        reply.set_rcode(dns.rcode.NXDOMAIN)
    return reply.to_wire()
