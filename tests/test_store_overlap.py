"""The two homes of an index are compared on a set of questions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.judged import read_judged
from evals.store_overlap import compare, main, overlap
from kb.index.encoder import STATIC
from kb.index.milvus_connection import MilvusAddress
from kb.types import Hit, Passage

THINGS = ("食堂", "电梯", "幼儿园", "公租房", "路灯", "养老院", "停车场", "图书馆", "菜场", "公园", "诊所", "泳池")


def hit(number: int, score: float) -> Hit:
    return Hit(Passage(f"p{number}", f"c{number}", "d", 0, 1, ""), score, number)


def test_what_is_as_good_as_the_last_counts_as_found() -> None:
    local = [hit(1, 0.9), hit(2, 0.5)]
    assert overlap(local, local) == 1
    assert overlap(local, [hit(1, 0.9), hit(3, 0.5)]) == 1
    assert overlap(local, [hit(1, 0.9), hit(3, 0.4)]) == 0.5
    assert overlap(local, []) == 0
    assert overlap([], []) == 1
    assert overlap([], local) == 0


def test_a_set_is_indexed_in_both_homes_and_asked_of_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "things"
    (folder / "qrels").mkdir(parents=True)
    texts = [
        {"_id": f"d{n}", "title": thing, "text": f"{thing}由社区管理，第{n}号。"} for n, thing in enumerate(THINGS)
    ]
    asked = [{"_id": f"q{n}", "text": f"{thing}谁管"} for n, thing in enumerate(THINGS)]
    for name, lines in (("corpus", texts), ("queries", asked)):
        (folder / f"{name}.jsonl").write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in lines), "utf-8")
    judged = "\n".join(f"q{n}\td{n}\t1" for n in range(len(THINGS)))
    (folder / "qrels" / "dev.tsv").write_text(f"query-id\tcorpus-id\tscore\n{judged}\n", "utf-8")
    milvus = MilvusAddress(str(tmp_path / "milvus.db"))
    compared = compare(read_judged(folder, "dev"), STATIC, 6, tmp_path, milvus)
    assert (compared.passages, len(compared.overlaps)) == (12, 6)
    assert set(compared.overlaps) == {1.0}
    assert [len(seconds) for seconds in compared.seconds] == [6, 6]


def test_a_set_that_is_not_there_is_named_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["store_overlap", "nosuchset"])
    with pytest.raises(SystemExit, match="2"):
        main()
    assert "nosuchset: no evaluation set of this name" in capsys.readouterr().err
