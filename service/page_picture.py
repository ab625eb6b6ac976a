"""Pictures of the pages of a document, with quoted characters marked.

A page is drawn from the document's own file, which has to be the one that was read, by processes of their own
(`service/page_drawing.py`). What drawing can cost is bounded: the size of a picture, the time and the memory for it,
and how many are drawn at once.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from multiprocessing.connection import Connection

from ingest.isolation import without_network
from ingest.pictures import FORMATS
from kb.errors import InputError, NotFoundError, ServiceError
from kb.knowledge_base import KnowledgeBase
from kb.layout import Box, Page
from kb.types import Audience, Document
from service.source_file import source_file

MAX_MARKED = 20_000
"""The most characters that are marked at once."""

_AT_ONCE = 2  # pages that are drawn at once; further ones wait for their turn
_PATIENCE = 10.0  # seconds that a request waits for its turn
_MEMORY = 2 * 2**30  # address space of a process, of which it uses a part
_START = 60.0  # seconds that a process may take to start
_SECONDS = 20.0  # after which a page is given up that does not give up itself
_DRAWN = frozenset(("application/pdf", "application/ofd", "application/oxps", *FORMATS))
_DRAWING = 1  # part of every entity tag: counts changes to how pages are drawn


@dataclass(frozen=True, slots=True)
class PageView:
    """A page to draw: of which document, and the boxes to mark on it."""

    document: Document
    page: Page
    marks: tuple[Box, ...]

    @property
    def tag(self) -> str:
        """A name for the picture that changes when the picture does."""
        # A browser keeps the picture until file, page, marks or the way of drawing change.
        what = repr((_DRAWING, self.document.file_sha256, self.page.number, self.marks))
        return hashlib.sha256(what.encode()).hexdigest()[:32]


def find_page(
    knowledge_base: KnowledgeBase, doc_id: str, number: int, highlight: tuple[int, int] | None, audience: Audience
) -> PageView:
    """Find a page that this caller may see, with the boxes of the span `highlight`.

    Raises NotFoundError where there is no such page, InputError where the span is not in the text.
    """
    document = knowledge_base.document(doc_id, audience)
    if highlight is not None:
        start, end = highlight
        if not (0 <= start < end <= len(document.text) and end - start <= MAX_MARKED):
            raise InputError.of("quote_outside_document", field="highlight", start=start, end=end)
    pages = knowledge_base.layout(doc_id, audience).pages
    page = next((page for page in pages if page.number == number), None)
    if page is None:
        sentence = "page_unknown" if pages else "pages_none"
        raise NotFoundError.of(sentence, doc_id=doc_id, number=number, count=len(pages))
    return PageView(document, page, tuple(page.marks(document.text, *highlight)) if highlight else ())


class PagePictures:
    """Draws pages, a few at a time; thread-safe. Its processes end with `close`."""

    def __init__(self) -> None:
        self._turns = threading.BoundedSemaphore(_AT_ONCE)
        self._lock = threading.Lock()
        self._idle: list[_DrawingProcess] = []
        self._closed = False

    def draw(self, view: PageView) -> bytes:
        """Give the picture of a page as PNG.

        Raises NotFoundError where the file is gone, was changed or cannot be drawn, ServiceError where too many
        others are being drawn.
        """
        document = view.document
        if not has_picture(document):
            raise NotFoundError.of("page_pictures_none", doc_id=document.doc_id, media_type=document.media_type)
        asked = {
            "path": str(source_file(document)), "media_type": document.media_type, "number": view.page.number,
            "width": view.page.width, "height": view.page.height, "marks": [astuple(mark) for mark in view.marks],
        }  # fmt: skip
        with self._turn(), self._process() as process:
            return process.draw(asked)

    def close(self) -> None:
        """End the processes; one that draws ends when it is done."""
        with self._lock:
            self._closed = True
            for process in self._idle:
                process.end()
            self._idle.clear()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._turns.acquire(timeout=_PATIENCE):
            raise ServiceError.of("pictures_too_many")
        try:
            yield
        finally:
            self._turns.release()

    @contextmanager
    def _process(self) -> Iterator[_DrawingProcess]:
        with self._lock:
            process = self._idle.pop() if self._idle else None
        if process is not None and not process.alive:
            process.end()
            process = None
        process = process or _DrawingProcess()
        try:
            yield process
        finally:
            with self._lock:
                if process.alive and not self._closed:
                    self._idle.append(process)
                else:
                    process.end()


class _DrawingProcess:
    """A process of `service.page_drawing`, seen from the service."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-m", "service.page_drawing", str(theirs.fileno()), str(_MEMORY)]
            self._process = subprocess.Popen(
                without_network(command), pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        self._connection = Connection(ours.detach())
        self._ready = False

    @property
    def alive(self) -> bool:
        """Whether it can draw another page."""
        return self._process.poll() is None

    def draw(self, asked: dict[str, object]) -> bytes:
        """Draw a page; raise NotFoundError where it cannot be, and end where it does not answer."""
        try:
            if not self._ready:
                self._receive(_START)
                self._ready = True
            self._connection.send_bytes(json.dumps(asked).encode())
            answer = self._receive(_SECONDS)
        except (EOFError, OSError) as error:
            self.end()
            reason = f"{type(error).__name__} {error}".rstrip()
            raise NotFoundError.of(
                "page_not_drawn", path=asked["path"], number=asked["number"], cause=reason
            ) from error
        if answer[:1] != b"+":
            reason = answer[1:].decode("utf-8", "replace")
            raise NotFoundError.of("page_not_drawn", path=asked["path"], number=asked["number"], cause=reason)
        return answer[1:]

    def end(self) -> None:
        """End the process, whatever it is doing."""
        self._connection.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _receive(self, seconds: float) -> bytes:
        if not self._connection.poll(seconds):
            raise TimeoutError
        return self._connection.recv_bytes()


def has_picture(document: Document) -> bool:
    """Tell whether pages of this kind of file can be drawn."""
    return document.media_type in _DRAWN
