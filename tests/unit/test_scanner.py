"""clamd's INSTREAM over real sockets: what is an answer, and what is none."""

import io
import socket
import threading
from datetime import UTC, datetime

import pytest

from tests import scanning
from tongban.config import environment
from tongban.exchange.adapters import scanner

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@pytest.fixture
def served(settings, tmp_path):
    with scanning.running_scanner(settings, tmp_path) as served:
        yield served


def ask(content: bytes) -> scanner.Answer:
    return scanner.scan(io.BytesIO(content), now=NOW)


def test_a_file_of_many_chunks_arrives_whole(served):
    content = bytes(range(256)) * 3_000
    assert ask(content) == scanner.Answer()
    assert served.scanned == [content]


def test_what_is_found_is_named(served):
    assert ask(b"%PDF-" + scanning.EICAR).signature == scanning.SIGNATURE


@pytest.mark.parametrize(
    "said",
    [
        *(b"", b"\0", b"stream: OK", b"stream: ", b"stream: OK FOUND ERROR\0"),
        b"UNKNOWN COMMAND\0",
        *(b"stream:  FOUND\0", b"stream: FOUND\0", b"stream: OK\0stream: Eicar FOUND\0"),
        *(b"stream: Ei\xffcar FOUND\0", b"stream: \x1b[2J FOUND\0", b"1: stream: OK\0"),
    ],
    ids=[
        *("nothing", "empty", "unended", "half", "error", "unknown"),
        *("nameless", "without a name", "two", "no text", "terminal codes", "of a session"),
    ],
)
def test_what_is_no_answer_is_an_error(served, said):
    served.answer = said
    answer = ask(b"x")
    assert answer.signature == ""
    assert answer.error


@pytest.mark.parametrize("is_open", [True, False], ids=["waits", "hangs up"])
def test_a_scanner_that_answers_before_the_whole_file_came_has_not_looked_into_it(
    settings, is_open
):
    whole, gone = bytes(8 << 20), threading.Event()

    def answer_at_once():
        connection, _address = hasty.accept()
        with connection:
            connection.recv(1 << 10)
            connection.sendall(b"stream: OK\0")
            while is_open and connection.recv(1 << 20):
                pass
            gone.set()

    with socket.create_server(("127.0.0.1", 0)) as hasty:
        settings.SCANNER = f"clamd://127.0.0.1:{hasty.getsockname()[1]}"
        threading.Thread(target=answer_at_once, daemon=True).start()
        assert ask(whole).error
        assert gone.wait(5)
    scanner._rests_until.clear()


def test_a_file_over_the_scanners_limit_is_an_error_however_long_it_is(served):
    served.limit = 10
    assert "size limit" in ask(bytes(8 << 20)).error


def test_a_scanner_that_is_out_of_reach_is_left_alone_for_a_while(served):
    served.kill()
    assert ask(b"x").error
    assert scanner.rests(NOW)
    assert not scanner.rests(NOW + scanner.REST)


def test_a_scanner_that_says_nothing_is_not_waited_for_without_end(settings, monkeypatch):
    monkeypatch.setattr(scanner, "TIMEOUT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        settings.SCANNER = f"clamd://127.0.0.1:{mute.getsockname()[1]}"
        assert "TimeoutError" in ask(b"x").error
    scanner._rests_until.clear()


def test_a_scanner_behind_a_socket_in_the_file_system(settings, tmp_path):
    path = tmp_path / "clamd.ctl"
    settings.SCANNER = f"unix:{path}"
    assert "FileNotFoundError" in ask(b"x").error
    scanner._rests_until.clear()
    served = scanning.Scanner()
    served.start(path)
    assert ask(scanning.EICAR).signature == scanning.SIGNATURE
    served.kill()


@pytest.mark.parametrize(
    "text", ["clamd://", "clamd:/run/x", "tcp://host", "unix:run", "host:3310", "clamd://h/path"]
)
def test_an_address_that_is_none_stops_the_process(monkeypatch, text):
    monkeypatch.setenv("TONGBAN_SCANNER", text)
    with pytest.raises(environment.EnvironmentVariableError, match="TONGBAN_SCANNER"):
        environment.scanner("TONGBAN_SCANNER")


@pytest.mark.parametrize("text", ["", "clamd://scanner:3310", "unix:/run/clamav/clamd.ctl"])
def test_an_address_is_taken(monkeypatch, text):
    monkeypatch.setenv("TONGBAN_SCANNER", text)
    assert environment.scanner("TONGBAN_SCANNER") == text
