"""clamd, asked by its INSTREAM command: one connection a file, its bytes in counted chunks.

Source: clamd(8). Command and answer end with a zero byte; between them come chunks, each after its
length in four bytes, and an empty one at the end. The answer is ``stream: OK``, ``stream: NAME
FOUND``, or ``… ERROR``, which also comes before the end where ``StreamMaxLength`` is exceeded.
Whatever else is said, or said before the whole file was there, is no answer.
"""

import re
import select
import socket
import struct
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Final
from urllib.parse import urlsplit

from django.conf import settings

TIMEOUT_SECONDS: Final = 60.0
"""For all of one file: the longest one takes clamd a few seconds."""
REST: Final = timedelta(seconds=30)
_PORT: Final = 3310
_CHUNK: Final = 1 << 18
_LONGEST_ANSWER: Final = 4096
_CLEAN: Final = b"stream: OK\0"
_FOUND: Final = re.compile(rb"stream: ([!-~]+) FOUND\0")

_rests_until: dict[str, datetime] = {}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a scanner says of a file: an error is no answer to what is in it."""

    signature: str = ""
    error: str = ""


def rests(now: datetime) -> bool:
    """Tell whether the scanner was out of reach a moment ago: nobody waits for it again so soon.

    This keeps a dead scanner from holding up what else the worker does.
    """
    return now < _rests_until.get(settings.SCANNER, now)


def scan(stream: IO[bytes], *, now: datetime) -> Answer:
    """Return what the scanner finds in a stream; no transaction is open."""
    try:
        said, is_whole = _ask(stream)
    except OSError as error:
        _rests_until[settings.SCANNER] = now + REST
        return Answer(error=f"扫描服务无法连接（{type(error).__name__}）")
    if said == _CLEAN and is_whole:
        return Answer()
    if found := _FOUND.fullmatch(said):
        return Answer(signature=found[1].decode())
    text = said.decode(errors="replace").removesuffix("\0")
    return Answer(error=f"扫描服务答复：{text or '无'}{'' if is_whole else '（文件未读完）'}")


def _ask(stream: IO[bytes]) -> tuple[bytes, bool]:
    """Return what the scanner says, and whether the whole file was sent before it said so."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    with _connected() as connection:
        is_whole = False
        try:
            connection.sendall(b"zINSTREAM\0")
            while (chunk := stream.read(_CHUNK)) and not _has_spoken(connection):
                connection.settimeout(_left(deadline))
                connection.sendall(struct.pack("!I", len(chunk)) + chunk)
            is_whole = not chunk and not _has_spoken(connection)
            connection.sendall(struct.pack("!I", 0))
        except (BrokenPipeError, ConnectionResetError):
            is_whole = False  # it has said enough: the answer tells why
        return _answer(connection, deadline), is_whole


def _has_spoken(connection: socket.socket) -> bool:
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    return bool(poll.poll(0))


def _connected() -> socket.socket:
    parts = urlsplit(settings.SCANNER)
    if parts.scheme == "clamd":
        address = (parts.hostname or "", parts.port or _PORT)
        return socket.create_connection(address, timeout=TIMEOUT_SECONDS)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(TIMEOUT_SECONDS)
    try:
        connection.connect(parts.path)
    except OSError:
        connection.close()
        raise
    return connection


def _answer(connection: socket.socket, deadline: float) -> bytes:
    said = b""
    while not said.endswith(b"\0") and len(said) < _LONGEST_ANSWER:
        connection.settimeout(_left(deadline))
        more = connection.recv(_LONGEST_ANSWER)
        if not more:
            break
        said += more
    return said


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
