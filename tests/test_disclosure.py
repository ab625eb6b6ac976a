"""公开方式: nobody's word is no leave to publish, the narrowest word holds, and what is held back is said."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from indexing import CORPUS, silent

from ingest.collection import Collection, collect_files
from ingest.disclosure import read_disclosure
from ingest.document import make_document
from ingest.notices import notices
from ingest.readers import read_file
from ingest.readers.front_matter import split_front_matter
from kb.types import Disclosure, Document
from kb.visibility import may_see

Command = Callable[..., subprocess.CompletedProcess[str]]
BODY = "清溪市公厕管理办法\n第一条　公厕免费开放。\n第二条　公厕每日清扫四次。\n清溪市城管局\n2025年3月1日\n"


def made(path: Path, text: str, unstated: Disclosure = "unstated") -> Document:
    path.write_text(text, "utf-8")
    return make_document(path, read_file(path), unstated)


def collected(folder: Path, indexed: dict[str, Document] | None = None) -> Collection:
    return collect_files([folder], indexed or {}, silent)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("主动公开", "public"), ("主動公開", "public"), ("公开发布", "public"), ("主 动 公 开", "public"),
        ("主动公开（政府网站）", "public"), ("☑主动公开 □依申请公开 □不予公开", "public"), ("主动公开√ 依申请公开", "public"),
        ("依申请公开", "on_request"), ("依申請公開", "on_request"), ("□主动公开 ■依申请公开", "on_request"),
        ("不予公开", "withheld"), ("不公开", "withheld"), ("暂不公开", "withheld"), ("删减后公开", "withheld"),
        ("内部公开", "withheld"), ("主动公开 依申请公开 不予公开", "withheld"), ("另行确定", "withheld"),
    ],
)  # fmt: skip
def test_a_statement_is_read_and_what_is_not_understood_is_no_leave(value: str, expected: str) -> None:
    assert read_disclosure(value) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (BODY, "unstated"),
        (f"公开方式：主动公开\n{BODY}", "public"),
        (f"索引号：1/2025 | 公開屬性： | 依申請公開\n{BODY}", "on_request"),
        (f"{BODY}（此件公开发布）\n", "public"),
        (f"{BODY}（此件主动公开）\n", "public"),
        (f"{BODY}（此件依申请公开）\n", "on_request"),
        (f"{BODY}（此件不予公开）\n", "withheld"),
        (f"{BODY}（此件暂不公开）\n", "withheld"),
        (f"{BODY}此件刪減後公開\n", "withheld"),
        (f"{BODY}（ 此 件 公 开 发 布 ）\n", "public"),
        (f"{BODY}抄送：市委办公室。\n信息公开选项：依申请公开\n", "on_request"),
        (f"公开方式：主动公开\n{BODY}（此件依申请公开）\n", "on_request"),
        (f"公开方式：不予公开\n{BODY}（此件公开发布）\n", "withheld"),
    ],
)
def test_the_document_says_who_may_read_it(tmp_path: Path, text: str, expected: str) -> None:
    document = made(tmp_path / "a.txt", text)
    assert document.disclosure == expected
    assert may_see("public", document) == (expected == "public")
    assert made(tmp_path / "a.txt", text, "public").disclosure == ("public" if expected == "unstated" else expected)


@pytest.mark.parametrize(
    ("front", "line", "expected"),
    [
        ("public", "", "public"),
        ("public", "（此件不予公开）", "withheld"),
        ("on_request", "（此件公开发布）", "on_request"),
        ("", "（此件公开发布）", "public"),
        ("", "", "unstated"),
    ],
)
def test_front_matter_only_narrows(tmp_path: Path, front: str, line: str, expected: str) -> None:
    key = f'disclosure = "{front}"\n' if front else ""
    text = f'+++\ntitle = "清溪市公厕管理办法"\n{key}+++\n{BODY}\n{line}\n'.replace("\n", "\n\n")
    assert made(tmp_path / "a.md", text).disclosure == expected


def test_marks_hold_back_whatever_else_is_stated(tmp_path: Path) -> None:
    document = made(tmp_path / "a.txt", f"内部资料 注意保存\n公开方式：主动公开\n{BODY}（此件公开发布）\n", "public")
    assert document.disclosure == "withheld"
    assert [mark.words for mark in document.marks] == ["内部资料 注意保存"]
    assert document.title == "清溪市公厕管理办法"
    assert [field.value for field in document.header if field.name == "disclosure"] == ["主动公开"]


def test_every_document_of_the_corpus_states_its_disclosure() -> None:
    for path in sorted(CORPUS.rglob("*.md")):
        front, _, _ = split_front_matter(path, path.read_text("utf-8"))
        assert front and front.disclosure, path
    assert all(d.disclosure != "unstated" and not d.marks for d in collected(CORPUS).documents.values())


def test_what_is_not_public_is_counted_and_named(tmp_path: Path) -> None:
    for name, text in (
        ("silent", BODY),
        ("marked", f"内部资料\n{BODY}公厕三座。\n"),
        ("two", f"公开方式：主动公开\n{BODY}公厕四座。\n（此件依申请公开）\n"),
        ("open", f"公开方式：主动公开\n{BODY}公厕五座。\n"),
    ):
        (tmp_path / f"{name}.txt").write_text(text, "utf-8")
    first = collected(tmp_path)
    said = list(notices(first))
    assert [line.rpartition(": ")[2] for line in said[:1]] == ["silent"]
    assert said[0].startswith("1 do not say who may read them and are for staff only; state 公开方式 in them")
    assert said[1] == "1 held back from the public for the marks they bear: marked (内部资料 (on the page))"
    assert said[2] == "1 state more than one 公开方式, the narrowest holds: two (主动公开; 依申请公开)"
    assert len(said) == 3
    (tmp_path / "open.txt").write_text(f"内部资料\n公开方式：主动公开\n{BODY}公厕五座。\n", "utf-8")
    assert list(notices(collected(tmp_path, first.documents)))[-1] == (
        "1 were public and are held back from the public now: open"
    )


def test_a_document_that_becomes_a_state_secret_is_refused_and_its_earlier_text_held_back(tmp_path: Path) -> None:
    path = tmp_path / "plan.txt"
    path.write_text(f"公开方式：主动公开\n{BODY}", "utf-8")
    first = collected(tmp_path)
    assert first.documents["plan"].disclosure == "public"
    path.write_text(f"秘密★1年\n公开方式：主动公开\n{BODY}", "utf-8")
    second = collected(tmp_path, first.documents)
    assert second.documents["plan"].disclosure == "withheld"
    assert second.withdrawn == ["plan"]
    assert "bears the mark of a state secret, 秘密★1年" in second.refused[0].message


def test_the_command_refuses_state_secrets_and_keeps_nothing_of_them(kb_command: Command, tmp_path: Path) -> None:
    folder, index = tmp_path / "files", tmp_path / "index"
    folder.mkdir()
    (folder / "secret.txt").write_text(f"秘密★1年\n{BODY}钥匙由值班员保管。\n", "utf-8")
    (folder / "open.txt").write_text(f"公开方式：主动公开\n{BODY}", "utf-8")
    done = kb_command("ingest", folder, "--index", index)
    assert done.returncode == 1
    assert "secret.txt: bears the mark of a state secret, 秘密★1年 (on the page), which the law forbids" in done.stderr
    assert kb_command("ingest", folder, "--index", index, "--allow").returncode == 2
    answer = kb_command("ask", "钥匙由谁保管？", "--index", index, "--audience", "staff").stdout
    assert "值班员" not in answer
    assert not any("值班员".encode() in path.read_bytes() for path in index.rglob("*") if path.is_file())
    done = kb_command("ingest", folder / "open.txt", "--index", index, "--disclosure", "everybody")
    assert done.returncode == 2 and "give public or staff" in done.stderr


@pytest.mark.parametrize("disclosure", ["public", "staff", None])
def test_who_reads_documents_that_say_nothing_is_an_option(
    kb_command: Command, tmp_path: Path, disclosure: str | None
) -> None:
    (tmp_path / "a.txt").write_text(BODY, "utf-8")
    option = ["--disclosure", disclosure] if disclosure else []
    done = kb_command("ingest", tmp_path / "a.txt", "--index", tmp_path / "index", *option)
    assert done.returncode == 0, done.stderr
    assert ("kb: 1 do not say who may read them" in done.stderr) == (disclosure != "public")
    answer = kb_command("ask", "公厕每日清扫几次？", "--index", tmp_path / "index").stdout
    assert ("清扫四次" in answer) == (disclosure == "public")
