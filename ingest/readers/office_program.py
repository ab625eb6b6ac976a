"""One LibreOffice for all files that a process converts: it is started with the first, and each file is handed to it.

A second `soffice` of the same profile hands its arguments to the first and ends when they are done; the first stays as
long as a document is open in it, here an empty one. It lives in a folder of its own and in a process group of its own,
whose leader waits for the end of its input: when the process that converts ends, in whatever way, LibreOffice is ended
and the folder removed.
"""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

_PROGRAMS = ("soffice", "libreoffice")
# Waits at its standard input, so that LibreOffice and all it started die with us, even where we are killed.
_LEADER = (
    'trap "" TERM; folder=$1; shift; "$@" </dev/null >/dev/null 2>&1 & cat >/dev/null; rm -rf "$folder"; kill -KILL 0'
)
_START = 60.0  # seconds that it may take to start
_FILES = 100  # that one LibreOffice converts before another is started, since it keeps memory
_PAUSE = 0.05  # seconds between two looks whether LibreOffice is ready


class OfficeTimeoutError(Exception):
    """A file takes longer to convert than it may."""


class OfficeProgram:
    """LibreOffice, running or not; not to be used by several threads at once."""

    def __init__(self) -> None:
        self._leader: subprocess.Popen[bytes] | None = None
        self._folder = Path()
        self._files = 0
        atexit.register(self.end)

    @staticmethod
    def program() -> str | None:
        """Give where LibreOffice is installed, None where it is not."""
        return next(filter(None, map(shutil.which, _PROGRAMS)), None)

    def convert(self, data: bytes, suffix: str, target: str, seconds: float) -> bytes | None:
        """Give what LibreOffice makes of a file of one suffix, as a file of the suffix `target`; None where it makes
        nothing.

        Raises OfficeTimeoutError. A file that comes to nothing in a program that has converted others is tried in a new
        one.
        """
        used = self._files
        found = self._converted(data, suffix, target, seconds)
        if found is None:
            self.end()
            if used:
                found = self._converted(data, suffix, target, seconds)
        return found

    def end(self) -> None:
        """End LibreOffice, whatever it is doing."""
        if self._leader is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._leader.pid, signal.SIGKILL)
            self._leader.wait()
            if self._leader.stdin:
                self._leader.stdin.close()
            shutil.rmtree(self._folder, ignore_errors=True)
        self._leader, self._files = None, 0

    def _converted(self, data: bytes, suffix: str, target: str, seconds: float) -> bytes | None:
        if self._files >= _FILES or (self._leader is not None and self._leader.poll() is not None):
            self.end()
        if self._leader is None:
            self._start()
        self._files += 1
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            source = Path(folder) / f"document{suffix}"
            source.write_bytes(data)
            handing = subprocess.Popen(
                self._command("--convert-to", target.removeprefix("."), "--outdir", folder, str(source)),
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                env=self._environment(), start_new_session=True,
            )  # fmt: skip
            try:
                handing.wait(seconds)
            except subprocess.TimeoutExpired:
                self.end()
                raise OfficeTimeoutError from None
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(handing.pid, signal.SIGKILL)
                handing.wait()
            converted = source.with_suffix(target)
            return converted.read_bytes() if converted.is_file() else None

    def _start(self) -> None:
        """Start LibreOffice and wait until it takes files; one that does not is no loss, each file then starts its
        own."""
        self._folder = Path(tempfile.mkdtemp(prefix="kb-office-"))
        empty = self._command("private:factory/swriter")
        self._leader = subprocess.Popen(
            ["/bin/sh", "-c", _LEADER, "sh", str(self._folder), *empty],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=self._environment(), start_new_session=True,
        )  # fmt: skip
        lock = self._folder / "profile" / ".lock"
        end = time.monotonic() + _START
        while not lock.exists() and time.monotonic() < end:
            time.sleep(_PAUSE)

    def _command(self, *arguments: str) -> list[str]:
        profile = (self._folder / "profile").as_uri()
        return [
            self.program() or _PROGRAMS[0], f"-env:UserInstallation={profile}", "--headless", "--norestore", "--nologo", *arguments,
        ]  # fmt: skip

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", ""), "HOME": str(self._folder), "LANG": "C.UTF-8"}
