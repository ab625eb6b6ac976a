"""The lexicon of everyday words, and what it does for retrieval."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from indexing import CORPUS, index_folder

from kb.errors import LexiconError
from kb.index.encoder import open_encoder
from kb.knowledge_base import KnowledgeBase
from kb.text.lexicon import FILE_NAME, Lexicon
from kb.types import Query

LAY = "阿婆腿脚勿便当爬不上去咋弄"


def open_index(index_dir: Path) -> KnowledgeBase:
    return KnowledgeBase.open(index_dir, open_encoder())


def test_a_longer_everyday_word_hides_a_shorter_one_inside_it() -> None:
    lexicon = Lexicon({"老人": ["老年人"], "老人吃饭": ["助餐服务"]})
    assert [t.official for t in lexicon.translate("老人吃饭找谁")] == [("助餐服务",)]


def test_a_gap_reaches_over_a_few_characters_and_over_no_punctuation() -> None:
    lexicon = Lexicon({"装…电梯": ["加装电梯"]})
    assert lexicon.translate("能装一部电梯吗")
    assert not lexicon.translate("装修好了，电梯坏了")


def test_everyday_words_are_found_in_either_script_and_width() -> None:
    lexicon = Lexicon({"一老一小": ["养老", "托育"], "ＡＰＰ": ["浙里办"]})
    assert len(lexicon.translate("用app幫一老一小做什麼")) == 2


def test_the_lexicon_of_the_corpus_can_be_read() -> None:
    lexicon = Lexicon.read(CORPUS / FILE_NAME)
    assert [t.official for t in lexicon.translate("发改委")] == [("国家发展和改革委员会", "发展改革委", "发展改革")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('["养老"]\n"养老机构" = "养老院"\n', [":2: '养老机构'", "needs a list of everyday words"]),
        ('["养老"]\n"养老机构" = []\n', [":2: '养老机构'", "needs a list of everyday words"]),
        ('["养老"]\n"养老机构" = ["养老院", " "]\n', [":2: '养老机构'", "' ' is no word"]),
        ('["养老"]\n"养老机构" = ["养老院"]\n["简称"]\n"养老机构" = ["养老院"]\n', [":4: '养老机构'", "'养老院' stands there twice"]),
        ('"养老机构" = ["养老院"]\n', [":1: '养老机构'", "stands outside a section"]),
        ('["养老"\n', ["line 1"]),
    ],
)  # fmt: skip
def test_a_lexicon_that_cannot_be_used_is_refused_with_its_line(tmp_path: Path, text: str, words: list[str]) -> None:
    path = tmp_path / FILE_NAME
    path.write_text(text, "utf-8")
    with pytest.raises(LexiconError) as refused:
        Lexicon.read(path)
    assert all(word in refused.value.message for word in [str(path), *words]), refused.value.message


def test_a_lay_question_finds_the_clause_once_the_lexicon_knows_its_words(small_folder: Path, tmp_path: Path) -> None:
    index_dir = tmp_path / "index"
    index_folder(small_folder, index_dir)
    (small_folder / FILE_NAME).write_text('["电梯"]\n"加装电梯 补助" = ["爬不上去"]\n', "utf-8")
    index_folder(small_folder, index_dir)
    assert open_index(index_dir).search(Query("", LAY))[0].passage.doc_id == "lift"


def test_a_clause_that_says_what_an_everyday_word_means_is_read_with_it(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "meals.txt").write_text("一、助餐\n助餐服务每餐补贴三元。\n", "utf-8")
    sure = []
    for entry in ('"公共停车" = ["打牙祭"]', '"助餐服务" = ["打牙祭"]'):
        (folder / FILE_NAME).write_text(f'["吃饭"]\n{entry}\n', "utf-8")
        index_folder(folder, tmp_path / "index")
        sure.append(open_index(tmp_path / "index").ask(Query("", "打牙祭一次给几块")).confidence)
    assert sure[1] > sure[0]


def test_a_changed_lexicon_makes_a_new_snapshot_and_embeds_nothing(small_folder: Path, tmp_path: Path) -> None:
    index_folder(small_folder, tmp_path / "index")
    (small_folder / FILE_NAME).write_text('["电梯"]\n"加装电梯" = ["爬楼"]\n', "utf-8")
    build = index_folder(small_folder, tmp_path / "index")
    assert (build.changed, build.embedded) == (True, 0)
    assert not index_folder(small_folder, tmp_path / "index").changed


def test_a_single_file_ingested_later_leaves_the_lexicon_in_place(small_folder: Path, tmp_path: Path) -> None:
    (small_folder / FILE_NAME).write_text('["电梯"]\n"加装电梯" = ["爬楼"]\n', "utf-8")
    index_folder(small_folder, tmp_path / "index")
    extra = tmp_path / "extra.txt"
    extra.write_text("一、停车\n小区停车每小时三元。\n", "utf-8")
    index_folder(extra, tmp_path / "index")
    assert open_index(tmp_path / "index").snapshot.lexicon.translate("爬楼")


def test_a_broken_lexicon_stops_the_ingestion_and_leaves_the_last_index(
    kb_command: Callable[..., CompletedProcess[str]], small_folder: Path, tmp_path: Path
) -> None:
    index_folder(small_folder, tmp_path / "index")
    (small_folder / FILE_NAME).write_text('["电梯"]\n"加装电梯" = 3\n', "utf-8")
    done = kb_command("ingest", small_folder, "--index", tmp_path / "index")
    assert (done.returncode, done.stdout) == (1, "")
    assert "lexicon.toml:2: '加装电梯': needs a list" in done.stderr
    assert open_index(tmp_path / "index").documents()
