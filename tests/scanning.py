"""A scanner for tests that speaks clamd's INSTREAM over a real socket, and what it finds."""

import socketserver
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from tongban.exchange.adapters import scanner as adapter
from tongban.exchange.operations import scanning
from tongban.kernel import files
from tongban.kernel.context import center_context

# In two parts, or a scanner on the developer's machine takes this file away.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-" + rb"ANTIVIRUS-TEST-FILE!$H+H*"
SIGNATURE = "Eicar-Test-Signature"


class Scanner:
    """clamd, as far as INSTREAM goes: it finds the test virus, wherever it stands."""

    def __init__(self) -> None:
        self.scanned: list[bytes] = []
        self.limit = 1 << 20
        self.answer: bytes | None = None
        """What it says instead of an honest answer."""
        self.meanwhile: Callable[[], None] = lambda: None
        self._server: socketserver.BaseServer | None = None
        self.port = 0
        self.folder: Path | None = None

    def start(self, path: Path | None = None) -> None:
        """Serve at a socket in the file system, or at a port: the former one after a kill."""
        scanner = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                assert self.rfile.read(10) == b"zINSTREAM\0"
                self.wfile.write(scanner._look(self.rfile))

        if path is not None:
            self._server = socketserver.ThreadingUnixStreamServer(str(path), Handler)
        else:
            self._server = _Server(("127.0.0.1", self.port), Handler)
            self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def _look(self, stream: Any) -> bytes:
        content = b""
        while length := struct.unpack("!I", stream.read(4))[0]:
            content += stream.read(length)
            if len(content) > self.limit:
                return b"INSTREAM size limit exceeded. ERROR\0"
        self.scanned.append(content)
        self.meanwhile()
        if self.answer is not None:
            return self.answer
        return f"stream: {SIGNATURE} FOUND\0".encode() if EICAR in content else b"stream: OK\0"

    def kill(self) -> None:
        """Stop answering."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def running_scanner(settings: Any, folder: Any) -> Iterator[Scanner]:
    """Serve a scanner and let the platform use it, with an empty store of files."""
    served = Scanner()
    served.folder = folder
    served.start()
    settings.SCANNER = f"clamd://127.0.0.1:{served.port}"
    store = {"BACKEND": "tongban.kernel.folders.Folder"}
    settings.STORAGES = {"files": {**store, "OPTIONS": {"location": folder}}}
    try:
        yield served
    finally:
        served.kill()
        adapter._rests_until.clear()


def scan(center: str, now: datetime) -> int:
    """Let the worker come by one center."""
    with center_context(center):
        return scanning.scan_waiting(clock=lambda: now)


def lies_in(center: str, sha256: str) -> list[str]:
    """Name the areas of a center in which the bytes lie."""
    areas = {"released": center, "quarantine": files.quarantine(center)}
    return [name for name, owner in areas.items() if files.holds(owner, sha256)]
