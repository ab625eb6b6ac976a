"""`python -m ingest.reading_process`: a process that reads files for another, seen from both ends.

Whatever a file does to its reader, a crash, a loop, gigabytes of memory, it does to this process alone, which has no
network. The two ends speak over a socket: a path in, how far it is and in the end the reading or the refusal out, as
JSON. The time for a file is without the time that OCR takes, for which its reader has a limit. A process whose parent
was killed ends with the file that it is reading, at the latest when that file's time is over.
"""

from __future__ import annotations

import contextlib
import gc
import json
import math
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import asdict
from multiprocessing.connection import Connection
from pathlib import Path

from ingest.isolation import bound_this_process, without_network
from ingest.readers.file_reader import ReadText
from ingest.readers.page_progress import listening
from ingest.reading_cache import write_reading
from ingest.secrecy import refuse_state_secret
from kb.errors import DocumentError, Location, SecrecyError

_START = 60  # seconds that a process may take to start
_PAUSE = 0.2  # seconds between two words on how far a file is
_GRACE = 10  # seconds after which a process without a parent ends a file that takes too long


class ReadingProcess:
    """A process that reads files, one at a time, in at most `memory` bytes."""

    def __init__(self, memory: int, seconds_a_file: float, threads: int) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            arguments = [str(theirs.fileno()), str(memory), str(int(seconds_a_file) + _GRACE)]
            self._process = subprocess.Popen(
                without_network([sys.executable, "-m", "ingest.reading_process", *arguments]),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=os.environ | {"OMP_NUM_THREADS": str(threads)},
                start_new_session=True,  # so that what a reader starts can be ended with it
            )
        self.connection = Connection(ours.detach())
        self._seconds = seconds_a_file
        self._seconds_of_ocr = 0.0
        self.page = self.pages = 0
        self.path = Path()
        self.began = 0.0
        self._ready = False

    @property
    def alive(self) -> bool:
        """Whether the process runs and can read another file."""
        return self._process.poll() is None

    @property
    def ends(self) -> float:
        """When, on the monotonic clock, the time for the file is over."""
        return self.began + self._seconds + self._seconds_of_ocr + (0 if self._ready else _START)

    def read(self, path: Path) -> None:
        """Begin to read a file; the answer comes over `connection`."""
        self.path, self.began = path, time.monotonic()
        self.page = self.pages = 0
        self._seconds_of_ocr = 0.0
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it died: `receive` will say so
            self.connection.send_bytes(os.fsencode(path))

    def receive(self) -> bytes | DocumentError | None:
        """Take what came over `connection`: the reading as bytes, or why there is none; None while it goes on."""
        try:
            answer = self.connection.recv_bytes()
        except (EOFError, OSError):
            return _death(self.path, self._process.wait())
        if not self._ready:
            self._ready, self.began = True, time.monotonic()
            return None
        if answer[:1] == b"+":
            return answer[1:]
        if answer[:1] == b".":
            self.page, self.pages, seconds = json.loads(answer[1:])
            self._seconds_of_ocr += seconds
            return None
        return _told(answer[1:])

    def end(self) -> None:
        """End the process and what it started, whatever it is doing."""
        self.connection.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def _death(path: Path, status: int) -> DocumentError:
    if status == -signal.SIGKILL:
        return DocumentError.of("reading_killed", file=path)
    how = signal.strsignal(-status) if status < 0 else f"exit status {status}"
    return DocumentError.of("reading_crashed", file=path, how=how)


def _telling(error: DocumentError) -> bytes:
    return json.dumps([error.code, asdict(error.place), error.sentence, dict(error.values)]).encode()


def _told(written: bytes) -> DocumentError:
    code, place, sentence, values = json.loads(written)
    return (SecrecyError if code == SecrecyError.code else DocumentError)(Location(**place), sentence, values)


def read_guarded(path: Path) -> ReadText:
    """Read a file; whatever goes wrong is a DocumentError. What is a state secret goes no further than this."""
    from ingest.readers import read_file  # all readers with their libraries, which the end that asks does without

    try:
        read = read_file(path)
        refuse_state_secret(path, read)
        return read
    except DocumentError:
        raise
    except MemoryError:
        raise DocumentError.of("reading_memory", file=path) from None
    except Exception as error:  # a reader's mistake costs its file, not the run
        what = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise DocumentError.of("reading_mistake", file=path, cause=what) from error


def main() -> None:
    """Read files for the process at the other end of a socket until it closes it."""
    gc.freeze()  # what was imported is not gone through once more at the end
    connection = Connection(int(sys.argv[1]))
    memory, seconds = int(sys.argv[2]), int(sys.argv[3])
    bound_this_process(memory)
    connection.send_bytes(b"ready")
    while True:
        try:
            path = Path(os.fsdecode(connection.recv_bytes()))
        except EOFError:
            return
        signal.alarm(seconds)
        with listening(PageTeller(connection)):
            answer = _answer(path)
        connection.send_bytes(answer)
        signal.alarm(0)


class PageTeller:
    """Tells the other end of pages, of many quick ones now and then one."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._told = time.monotonic()

    def __call__(self, number: int, total: int, seconds_of_ocr: float) -> None:
        """Tell of a page; the time that OCR took for it is not counted against the file, so the alarm is put off by
        it."""
        if seconds_of_ocr:
            signal.alarm(signal.alarm(0) + math.ceil(seconds_of_ocr))
        elif time.monotonic() < self._told + _PAUSE:
            return
        self._told = time.monotonic()
        self._connection.send_bytes(b"." + json.dumps([number, total, seconds_of_ocr]).encode())


def _answer(path: Path) -> bytes:
    try:
        return b"+" + write_reading(read_guarded(path))
    except DocumentError as error:
        return b"-" + _telling(error)
    except MemoryError:
        return b"-" + _telling(DocumentError.of("reading_memory", file=path))


if __name__ == "__main__":
    main()
