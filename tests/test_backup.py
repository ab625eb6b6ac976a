"""A backup that is put back on an empty machine answers as before, and one that is not whole is refused."""

from __future__ import annotations

import io
import json
import resource
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from indexing import index_folder

from ingest.settings import Settings
from kb.errors import BackupError
from kb.index.encoder import open_encoder
from kb.index.snapshot import current_name, snapshot_names
from kb.knowledge_base import KnowledgeBase
from kb.presentation import answer_payload
from kb.types import Audience, Query
from service.backup import back_up, restore
from service.source_file import source_file
from service.storage import Storage

Command = Callable[..., subprocess.CompletedProcess[str]]
QUESTIONS = ("老年人每餐补贴多少元？", "每台电梯补助多少万元？", "值班密语是什么？", "火星上有几个食堂？")


def answers_of(index: Path) -> list[dict[str, Any]]:
    knowledge_base = KnowledgeBase.open(index, open_encoder())
    told: list[dict[str, Any]] = []
    audiences: tuple[Audience, ...] = ("public", "staff")
    for audience in audiences:
        for question in QUESTIONS:
            answer = knowledge_base.ask(Query("", question, audience=audience))
            told.append(answer_payload(answer, knowledge_base) | {"timing_ms": None})
    knowledge_base.close()
    return told


@pytest.fixture
def settings(small_folder: Path, tmp_path: Path) -> Settings:
    index_folder(small_folder, tmp_path / "index")
    uploads = tmp_path / "index" / "uploads" / "one"
    uploads.mkdir(parents=True)
    (uploads / "waits.txt").write_text("待核对", "utf-8")
    (uploads.parent / ".coming-two").mkdir()
    (uploads.parent / ".coming-two" / "half.txt").write_text("只来了一", "utf-8")
    return Settings(index_dir=tmp_path / "index")


@pytest.fixture(params=["sqlite", "postgresql"])
def target_database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/restored.sqlite"
    url: str = request.getfixturevalue("postgres")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS restored")
        connection.execute("CREATE DATABASE restored")
    return url.rpartition("/")[0] + "/restored"


def test_an_empty_machine_answers_as_the_one_that_was_saved(
    settings: Settings, small_folder: Path, tmp_path: Path, target_database: str
) -> None:
    storage = Storage.of_settings(settings)
    token = storage.staff.first_token()
    begun = storage.conversations.begin("owner").conversation_id
    answer = {"question": "社区食堂对谁开放？", "status": "answered", "citations": []}
    answer_id = storage.conversations.add("owner", begun, answer)
    storage.feedback.give(answer_id, answer, "down", "不对")
    storage.decisions.make("lift", "withdrawn", "staff:1", {})
    storage.close()
    before = answers_of(settings.index_dir)
    saved = back_up(settings, tmp_path / "saved.tar")
    assert (tmp_path / "saved.tar").stat().st_mode & 0o077 == 0

    texts = {path.name: path.read_bytes() for path in small_folder.iterdir()}
    shutil.rmtree(settings.index_dir)
    shutil.rmtree(small_folder)
    there = settings.model_copy(update={"database_url": target_database})
    back = restore(there, tmp_path / "saved.tar")
    assert (back.snapshot, back.files, back.rows, back.left) == (saved.snapshot, saved.files, saved.rows, ())
    assert answers_of(there.index_dir) == before
    assert {path.name: path.read_bytes() for path in small_folder.iterdir()} == texts
    assert (there.index_dir / "uploads" / "one" / "waits.txt").read_text() == "待核对"
    assert not list((there.index_dir / "uploads").glob(".*"))
    knowledge_base = KnowledgeBase.open(there.index_dir, open_encoder())
    assert source_file(knowledge_base.document("measures", "staff")).is_file()
    knowledge_base.close()

    storage = Storage.of_settings(there)
    assert storage.staff.first_token() is None
    assert token is not None and storage.staff.enter(token)
    assert [turn["question"] for turn in storage.conversations.turns("owner", begun)[1]] == [answer["question"]]
    assert [one["comment"] for one in storage.feedback.waiting()] == ["不对"]
    assert storage.decisions.withdrawn() == {"lift"}
    storage.conversations.add("owner", begun, answer | {"question": "再问一个"})  # numbers go on where they stopped
    storage.decisions.make("lift", "published", "staff:1", {})
    assert len(storage.conversations.turns("owner", begun)[1]) == 2
    storage.close()
    index_folder(small_folder, there.index_dir)
    assert snapshot_names(there.index_dir)[0] == saved.snapshot


def test_what_is_there_is_never_written_over(settings: Settings, small_folder: Path, tmp_path: Path) -> None:
    saved = tmp_path / "saved.tar"
    back_up(settings, saved)
    with pytest.raises(BackupError, match="an index is here already"):
        restore(settings, saved)
    storage = Storage.of_settings(settings)
    storage.staff.first_token()
    taken_url = storage.sessions.kw["bind"].url.render_as_string(hide_password=False)
    storage.close()
    other = settings.model_copy(update={"index_dir": tmp_path / "other"})
    taken = other.model_copy(update={"database_url": taken_url})
    with pytest.raises(BackupError, match="holds rows already"):
        restore(taken, saved)
    assert not other.index_dir.exists()
    (small_folder / "lift.txt").write_text("别的内容", "utf-8")
    assert restore(other, saved).left == (str(small_folder / "lift.txt"),)
    assert (small_folder / "lift.txt").read_text() == "别的内容"


def changed(data: bytes) -> bytes:
    place = data.index("第二条　年满七十周岁".encode())
    return data[:place] + b"\xe4" + data[place + 1 :]


def with_more(data: bytes) -> bytes:
    file = io.BytesIO(data)
    with tarfile.open(fileobj=file, mode="a") as archive:
        entry = tarfile.TarInfo("index/decisions.json")
        entry.size = 2
        archive.addfile(entry, io.BytesIO(b"{}"))
    return file.getvalue()


def that_climbs(data: bytes) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        entry = tarfile.TarInfo("../escaped")
        entry.size = 2
        archive.addfile(entry, io.BytesIO(b"{}"))
    return file.getvalue()


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda data: data[: len(data) // 2], "not a whole backup"),
        (lambda data: b"", "not a whole backup"),
        (lambda data: b"%PDF-1.4" + data[:4000], "not a whole backup"),
        (changed, "is damaged"),
        (with_more, "is damaged, missing or none of its files"),
        (that_climbs, "not a whole backup"),
    ],
)
def test_a_backup_that_is_not_whole_is_refused_and_leaves_nothing(
    settings: Settings, tmp_path: Path, damage: Callable[[bytes], bytes], words: str
) -> None:
    saved = tmp_path / "saved.tar"
    back_up(settings, saved)
    saved.write_bytes(damage(saved.read_bytes()))
    other = settings.model_copy(update={"index_dir": tmp_path / "other" / "index"})
    with pytest.raises(BackupError, match=words):
        restore(other, saved)
    assert not other.index_dir.exists()
    assert not list(other.index_dir.parent.glob(".*"))
    assert not (tmp_path / "other" / "escaped").exists()


def test_the_commands_save_and_put_back_and_say_what_is_wrong(
    settings: Settings, tmp_path: Path, kb_command: Command
) -> None:
    saved = tmp_path / "saved.tar"
    missing = kb_command("restore", saved, "--index", tmp_path / "other" / "index")
    assert (missing.returncode, "there is no backup here" in missing.stderr) == (1, True)
    done = kb_command("backup", saved, "--index", settings.index_dir)
    assert done.returncode == 0, done.stderr
    assert current_name(settings.index_dir) in done.stdout
    before = saved.read_bytes()

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))

    small = tmp_path / "small.tar"
    full = kb_command("backup", small, "--index", settings.index_dir, preexec_fn=little_room)
    assert (full.returncode, "choose another place or make room" in full.stderr) == (1, True), full.stderr
    assert not small.exists()
    there = kb_command("backup", saved, "--index", settings.index_dir)
    assert there.returncode == 1
    assert "saved.tar: there is something of this name already; move it away or choose another name" in there.stderr
    assert saved.read_bytes() == before
    back = kb_command("restore", saved, "--index", tmp_path / "other" / "index")
    assert back.returncode == 0, back.stderr
    asked = [
        kb_command("ask", QUESTIONS[0], "--index", index, "--audience", "staff", "--json")
        for index in (settings.index_dir, tmp_path / "other" / "index")
    ]
    told = [json.loads(one.stdout) | {"timing_ms": None} for one in asked]
    assert told[0] == told[1]
