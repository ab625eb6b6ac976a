"""The command `kb` as its users run it: results on standard output, the rest on standard error."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from indexing import index_folder

from cli.main import main
from cli.search import search
from ingest.settings import read_settings
from kb.errors import SettingError, SnapshotMissingError
from service.addresses import addressed

Command = Callable[..., "subprocess.CompletedProcess[str]"]


def test_ask_prints_the_answer_and_its_sources(kb_command: Command, corpus_index: Path) -> None:
    done = kb_command("ask", "市里梳理了几项支持政策？", "--index", corpus_index)
    assert done.returncode == 0
    assert "34項" in done.stdout
    assert "[1] 《" in done.stdout
    assert done.stderr == ""


def test_ask_as_json(kb_command: Command, corpus_index: Path) -> None:
    done = kb_command("ask", "343号提案答复的索引号是什么？", "--index", corpus_index, "--json")
    answer = json.loads(done.stdout)
    cited = answer["citations"][0]
    assert cited["quote"] == "002489444/2024-276097"
    assert cited["url"] == addressed({"doc_id": cited["doc_id"], "clause_id": cited["clause_id"]})["url"]


def test_a_batch_comes_out_in_its_order(kb_command: Command, corpus_index: Path, tmp_path: Path) -> None:
    questions = [("b", "杭州市梳理了多少项支持政策？"), ("a", ""), ("c", "今天天气怎么样")]
    path = tmp_path / "questions.jsonl"
    path.write_text("".join(json.dumps({"id": i, "question": q}, ensure_ascii=False) + "\n" for i, q in questions))
    done = kb_command("ask", "--batch", path, "--index", corpus_index)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["id"] for line in lines] == ["b", "a", "c"]
    assert lines[0]["status"] == "answered"
    assert lines[1]["error"]["code"] == "bad_question"
    assert lines[2]["status"] == "refused"


def test_a_large_batch_is_searched_by_several_processes_and_comes_out_in_its_order(
    corpus_index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = ["社区食堂", "加装电梯", "育儿补贴", "老年人助餐", ""]
    path = tmp_path / "queries.jsonl"
    path.write_text("".join(json.dumps({"_id": f"q{n}", "text": text}) + "\n" for n, text in enumerate(texts)))
    runs = []
    for count in (1, 2):
        monkeypatch.setattr("cli.search.processors", lambda count=count: count)
        monkeypatch.setattr("cli.search._A_PROCESS", 2)
        monkeypatch.setattr("cli.search._AT_ONCE", 2)
        search(batch=path, run=tmp_path / "run", k=5, index=corpus_index)
        runs.append((tmp_path / "run").read_text("utf-8"))
        assert "kb: query q4:" in capsys.readouterr().err
    assert runs[0] == runs[1]
    assert list(dict.fromkeys(line.split()[0] for line in runs[0].splitlines())) == ["q0", "q1", "q2", "q3"]
    with pytest.raises(SnapshotMissingError):
        search(batch=path, run=tmp_path / "run", k=5, index=tmp_path / "none")
    assert (tmp_path / "run").read_text("utf-8") == runs[0]


def test_a_batch_is_searched_as_of_the_day(small_folder: Path, tmp_path: Path) -> None:
    index_folder(small_folder, tmp_path / "index")
    path = tmp_path / "queries.jsonl"
    path.write_text(json.dumps({"_id": "q", "text": "老年人每餐补贴多少元"}) + "\n")
    found = []
    for day in (datetime(2031, 4, 1), datetime(2031, 4, 2)):
        search(batch=path, run=tmp_path / "run", k=5, index=tmp_path / "index", as_of=day)
        found.append("measures" in (tmp_path / "run").read_text("utf-8"))
    assert found == [False, True]


def test_search_prints_labels_and_json(kb_command: Command, corpus_index: Path) -> None:
    done = kb_command("search", "社区食堂", "-k", "3", "--index", corpus_index, "--json")
    hits = json.loads(done.stdout)["hits"]
    assert [hit["rank"] for hit in hits] == [1, 2, 3]
    assert all(hit["label"] and hit["text"] for hit in hits)
    assert all(hit["url"].startswith(f"/documents/{hit['doc_id']}#") for hit in hits)
    plain = kb_command("search", "社区食堂", "-k", "3", "--index", corpus_index)
    assert len(plain.stdout.splitlines()) == 6


def test_a_beir_folder_is_ingested_searched_and_measured(kb_command: Command, tmp_path: Path) -> None:
    folder = tmp_path / "toy"
    (folder / "qrels").mkdir(parents=True)
    corpus = {"d1": "老年食堂提供助餐服务", "d2": "托育机构提供全日托", "d3": "加装电梯补助二十万元"}
    (folder / "corpus.jsonl").write_text(
        "".join(json.dumps({"_id": i, "title": "", "text": t}, ensure_ascii=False) + "\n" for i, t in corpus.items())
    )
    queries = {"q1": "老人吃飯的食堂", "q2": "電梯補助"}
    (folder / "queries.jsonl").write_text(
        "".join(json.dumps({"_id": i, "text": t}, ensure_ascii=False) + "\n" for i, t in queries.items())
    )
    (folder / "qrels/dev.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td3\t1\n")
    index = tmp_path / "index"
    done = kb_command("ingest", "--beir", folder, "--index", index)
    assert done.returncode == 0, done.stderr
    assert "3 documents" in done.stdout
    done = kb_command(
        "search", "--batch", folder / "queries.jsonl", "-k", "100", "--run", tmp_path / "run", "--index", index
    )
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in (tmp_path / "run").read_text().splitlines()]
    assert {len(line) for line in lines} == {6}
    best = {line[0]: line[2] for line in lines if line[3] == "1"}
    assert best == {"q1": "d1", "q2": "d3"}
    done = kb_command("eval", folder, "--json")
    assert done.returncode == 0, done.stderr
    measures = json.loads(done.stdout)[0]["measures"]
    assert measures["Success@1"] == measures["nDCG@10"] == measures["RR@10"] == measures["R@10"] == 1.0


def test_status_verify_and_rollback(kb_command: Command, small_folder: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    assert kb_command("ingest", small_folder, "--index", index).returncode == 0
    assert "documents  3" in kb_command("status", "--index", index).stdout
    assert "all as they were written" in kb_command("verify", "--index", index).stdout
    (small_folder / "lift.txt").unlink()
    assert "1 removed" in kb_command("ingest", small_folder, "--index", index).stdout
    assert json.loads(kb_command("status", "--index", index, "--json").stdout)["counts"]["documents"] == 2
    assert " -> " in kb_command("rollback", "--index", index).stdout
    assert "documents  3" in kb_command("status", "--index", index).stdout
    assert kb_command("rollback", "--index", index).returncode == 1


def test_one_bad_file_stops_nothing_and_is_listed(kb_command: Command, small_folder: Path, tmp_path: Path) -> None:
    (small_folder / "empty.txt").write_bytes(b"")
    (small_folder / "broken.pdf").write_bytes(b"%PDF-1.7 nothing more")
    done = kb_command("ingest", small_folder, "--index", tmp_path / "index")
    assert done.returncode == 1
    assert "3 documents" in done.stdout
    assert "2 not read" in done.stderr
    assert f"{small_folder}/empty.txt: " in done.stderr
    assert f"{small_folder}/broken.pdf: " in done.stderr


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["ask", "问题", "--index", "{tmp}/none"], 1, "there is no index here"),
        (["ask", "", "--index", "{index}"], 1, "问题是空的"),
        (["ask"], 2, "give either QUESTION or --batch"),
        (["ask", "问题", "--as-of", "2024-13-01", "--index", "{index}"], 2, "2024-13-01"),
        (["ask", "问题", "--audience", "king", "--index", "{index}"], 2, "give public or staff"),
        (["ask", "--batch", "{tmp}/none.jsonl"], 1, "there is no such file"),
        (["search", "--batch", "{tmp}/q", "--run", "{tmp}/r", "--json", "--index", "{index}"], 2, "--json"),
        (["search", "食堂", "-k", "0", "--index", "{index}"], 2, "-k"),
        (["ingest", "{tmp}/nothing", "--index", "{tmp}/i"], 1, "there is no such file or folder"),
        (["ingest", "--beir", "{tmp}", "--index", "{tmp}/i"], 1, "no corpus.jsonl"),
        (["ingest"], 2, "give either PATH... or --beir"),
        (["eval", "no-such-set"], 1, "no evaluation set of this name"),
        (["eval", "{tmp}"], 1, "holds no judgements (qrels/<split>.tsv)"),
        (["eval", "run", "{tmp}/none.toml"], 1, "none.toml: there is no such file or folder; check the path"),
        (
            ["eval", "score", "{tmp}/none.trec", "short"],
            1,
            "none.trec: there is no such file or folder; check the path",
        ),
        (["frobnicate"], 2, "frobnicate"),
    ],
)
def test_wrong_input_is_told_in_a_line(
    kb_command: Command, corpus_index: Path, tmp_path: Path, arguments: list[str], status: int, words: str
) -> None:
    done = kb_command(*(a.format(tmp=tmp_path, index=corpus_index) for a in arguments))
    assert done.returncode == status
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"id": "a"}', '"question" is missing; write it'),
        ('{"id": "a", "question": null}', '"question" must be a string, it is None'),
        ('{"id": "a", "question": "x"', "not JSON"),
        ("[]", "a JSON object is wanted"),
        ('{"id": "x", "question": "y"}', "occurs twice"),
    ],
)
def test_a_bad_batch_line_is_named(
    kb_command: Command, corpus_index: Path, tmp_path: Path, line: str, words: str
) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text('{"id": "x", "question": "食堂"}\n' + line + "\n", "utf-8")
    done = kb_command("ask", "--batch", path, "--index", corpus_index)
    assert done.returncode == 1
    assert f"{path}:2: " in done.stderr
    assert words in done.stderr


def test_the_help_on_evaluations_leads_to_the_options_of_sets(kb_command: Command) -> None:
    told = " ".join(kb_command("eval", "--help").stdout.split())
    assert "kb eval sets --help" in told and "--record" in told and "--report" in told
    assert "kb eval gate the figures" not in told


def test_a_file_in_the_place_of_an_index_is_told_to_be_none(kb_command: Command, tmp_path: Path) -> None:
    (tmp_path / "readme.md").write_text("no folder")
    done = kb_command("ask", "食堂", "--index", tmp_path / "readme.md")
    assert (done.returncode, done.stdout) == (1, "")
    assert "readme.md: is no folder, and so no index" in done.stderr and "rollback" not in done.stderr


def test_an_empty_folder_is_told_what_it_should_hold_and_what_was_served_stays(
    kb_command: Command, small_folder: Path, tmp_path: Path
) -> None:
    assert kb_command("ingest", small_folder, "--index", tmp_path / "index").returncode == 0
    for path in small_folder.iterdir():
        path.unlink()
    done = kb_command("ingest", small_folder, "--index", tmp_path / "index")
    assert (done.returncode, done.stdout) == (1, "")
    assert (
        f"{small_folder}: nothing to read there; nothing was indexed, and what was served before still is"
        in done.stderr
    )
    assert ".docx" in done.stderr and "above" not in done.stderr
    assert kb_command("ask", "老年人每餐补贴多少元？", "--index", tmp_path / "index").returncode == 0


def test_an_unwritable_index_folder_is_named(kb_command: Command, small_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    done = kb_command("ingest", small_folder, "--index", tmp_path / "file" / "index")
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert "--index" in done.stderr


def test_settings_that_cannot_be_used_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("kb.toml").write_text("encoder = 3\n", "utf-8")
    with pytest.raises(SettingError) as caught:
        read_settings()
    assert "KB_ENCODER: 3 cannot be used" in caught.value.message


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("databse_url = ''", "databse_url in kb.toml is no setting; KB_DATABASE_URL is meant"),
        ("colour = 3", "colour in kb.toml is no setting; leave it out; there are audit_days, benefits_dir"),
    ],
)
def test_a_name_in_the_file_that_is_no_setting_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("kb.toml").write_text(f"{written}\n", "utf-8")
    with pytest.raises(SettingError) as caught:
        read_settings()
    assert words in caught.value.message


def test_a_variable_that_is_nearly_a_setting_is_refused_and_those_of_others_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KB_SERVICE_HOST", "10.0.0.7")  # what Kubernetes says of a service named kb
    monkeypatch.setenv("KB_PORT_8000_TCP", "tcp://10.0.0.7:8000")
    read_settings()
    monkeypatch.setenv("KB_JOBS_SECONDS", "60")
    with pytest.raises(SettingError, match="KB_JOBS_SECONDS is no setting; KB_JOB_SECONDS is meant"):
        read_settings()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"KB_LLM_MODEL": "qwen"}, "KB_LLM_BASE_URL and KB_LLM_MODEL go together"),
        ({"KB_LLM_MODEL": "qwen", "KB_LLM_BASE_URL": "localhost:8080"}, "'localhost:8080' is no address"),
    ],
)
def test_half_a_language_model_is_refused(
    kb_command: Command, corpus_index: Path, settings: dict[str, str], words: str
) -> None:
    done = kb_command("ask", "食堂", env={**os.environ, **settings, "KB_INDEX_DIR": str(corpus_index)})
    assert (done.returncode, done.stdout) == (1, "")
    assert words in done.stderr


def test_the_index_folder_can_be_set_by_the_environment(kb_command: Command, corpus_index: Path) -> None:
    done = kb_command("status", env={**os.environ, "KB_INDEX_DIR": str(corpus_index)})
    assert done.returncode == 0
    assert "documents  56" in done.stdout


def test_what_nobody_foresaw_is_one_line_and_status_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(**_: object) -> None:
        raise KeyError("unforeseen")

    monkeypatch.setattr("cli.main.app", fail)
    with pytest.raises(SystemExit) as ended:
        main()
    written = capsys.readouterr()
    assert (ended.value.code, written.out) == (1, "")
    assert re.fullmatch(
        r"kb: a fault of this program: KeyError: 'unforeseen' \(.+\); PYTHONDEVMODE=1 shows the trace\n", written.err
    )
