"""What is wrong with a document that an editor wrote: its front matter, and a digest held against its facts.

File and line stand before the sentence. Chinese names the key as it stands in the file.
"""

from __future__ import annotations

from kb.error_sentences.wording import Wording

_AS_SAID = "文件开头的说明写得不对"

EDITING: dict[str, Wording] = {
    "front_not_closed": Wording(
        "the front matter that begins here is not closed",
        "write +++ on a line of its own below its last key",
        f"{_AS_SAID}：没有结束",
        "请在最后一项下面另起一行写 +++",
    ),
    "front_is_yaml": Wording(
        "front matter is TOML between lines of +++, not YAML between lines of ---",
        'write key = "value"',
        f"{_AS_SAID}：应当是两行 +++ 之间的 TOML，不是两行 --- 之间的 YAML",
        '请写成 key = "value"',
    ),
    "front_not_toml": Wording(
        "front matter is not TOML: {cause}", 'write key = "value"', f"{_AS_SAID}：不是 TOML", '请写成 key = "value"'
    ),
    "front_key_twice": Wording(
        "front matter is not TOML: {cause}", "keep one of the two", f"{_AS_SAID}：有一项写了两次", "请留下其中一项"
    ),
    "front_too_deep": Wording(
        "front matter is nested too deeply", "keys hold text or lists", f"{_AS_SAID}：嵌套太深", "每一项只写文字或列表"
    ),
    "front_key_missing": Wording(
        "front matter has no {key}", 'write {last} = "…"', f"{_AS_SAID}：缺少 {{key}}", '请写上 {last} = "…"'
    ),
    "front_key_misspelt": Wording(
        "unknown key {key} in the front matter",
        "did you mean {near}?",
        f"{_AS_SAID}：没有 {{key}} 这一项",
        "请看是不是 {near}",
    ),
    "front_key_unknown": Wording(
        "unknown key {key} in the front matter",
        "allowed are {allowed}",
        f"{_AS_SAID}：没有 {{key}} 这一项",
        "可以写的有 {allowed}",
    ),
    "front_not_a_choice": Wording(
        "{key} {shown} is none of {options}",
        "give one of them",
        f"{_AS_SAID}：{{key}} 的值 {{shown}} 不在可选的项目里",
        "请给出其中一个：{options}",
    ),
    "front_not_text": Wording(
        "{key} {shown} must be text", "put it in quotes", f"{_AS_SAID}：{{key}} 的值 {{shown}} 应当是文字", "请加上引号"
    ),
    "front_not_a_list": Wording(
        "{key} {shown} must be a list",
        'write {key} = ["{shown}"]',
        f"{_AS_SAID}：{{key}} 的值 {{shown}} 应当是列表",
        '请写成 {key} = ["{shown}"]',
    ),
    "front_not_a_table": Wording(
        "{key} {shown} must be a table",
        "write [[relations]] with type and target below it",
        f"{_AS_SAID}：{{key}} 应当是一组关系",
        "请写 [[relations]]，下面写 type 和 target",
    ),
    "front_date_not_quoted": Wording(
        "{key} {shown} must be a date in quotes",
        'write "2024", "2024-03" or "2024-03-08"',
        f"{_AS_SAID}：{{key}} 的值 {{shown}} 应当是带引号的日期",
        '请写成 "2024"、"2024-03" 或 "2024-03-08"',
    ),
    "front_not_a_date": Wording(
        "{key} {shown} is not a date",
        "write 2024, 2024-03 or 2024-03-08",
        f"{_AS_SAID}：{{key}} 的值 {{shown}} 不是日期",
        "请写成 2024、2024-03 或 2024-03-08",
    ),
    "front_not_an_id": Wording(
        "{key} {shown} must be letters, digits, - . _ only",
        "write one such as hz-2024-embedded-plan",
        f"{_AS_SAID}：{{key}} 的值 {{shown}} 只能用文字、数字和 - . _",
        "请写成 hz-2024-embedded-plan 这样的编号",
    ),
    "front_key_empty": Wording(
        "{key} is empty", "give it a value or leave the key out", f"{_AS_SAID}：{{key}} 是空的", "请写上值，或者删去这一项"
    ),
    "front_key_of_lines": Wording(
        "{key} must stand on one line", "take the line breaks out", f"{_AS_SAID}：{{key}} 只能写一行", "请去掉换行"
    ),
    "front_key_unusable": Wording(
        "{key} {shown} cannot be used: {cause}", "write another value", f"{_AS_SAID}：{{key}} 的值 {{shown}} 不能用", "请改正"
    ),
    "background_without_source": Wording(
        "background: only a digest tells background, and says in compiled_from where it has it from",
        "give both or none",
        f"{_AS_SAID}：只有摘要可以有 background，并且要在 compiled_from 里写明来源",
        "请两项都写，或者都不写",
    ),
    "background_not_in_text": Wording(
        "background {heading} is no line of the text",
        "write the heading as it stands there",
        f"{_AS_SAID}：background 里的“{{heading}}”不是正文中的一行",
        "请照正文里的标题写",
    ),
    "body_missing": Wording(
        "nothing stands below the front matter",
        "write the document's text there",
        "文件开头的说明下面没有正文",
        "请写上正文",
    ),
    "comment_not_closed": Wording(
        "the comment that begins here is not closed", "write -->", "这里开始的注释没有结束", "请写上 -->"
    ),
    "relation_unknown": Wording(
        "relation {relation} names {target!r}, which is no document of the corpus",
        "correct the id or add it",
        "关系所指的“{target}”不在语料里",
        "请改正编号，或者补上这份文件",
    ),
    "doc_no_taken": Wording(
        "doc_no {doc_no} is already borne by {other}", "correct one of them", "文号“{doc_no}”已有另一份文件使用", "请改正其中一份"
    ),
    "digest_without_notice": Wording(
        "a digest has to say at its top that {notice}", "add the notice", "摘要开头没有写明“{notice}”", "请补上说明"
    ),
    "digest_without_facts": Wording(
        "no catalogue in corpus/facts has a document {doc_id!r}",
        "add its facts first",
        "corpus/facts 里没有“{doc_id}”的事实",
        "请先补上事实",
    ),
    "sentence_without_fact": Wording(
        "{words} names no fact",
        "write <!-- #NN --> behind it or take it out",
        "{words}没有注明事实",
        "请在后面写上 <!-- #NN -->，或者删去这一句",
    ),
    "fact_not_in_catalogue": Wording(
        "{fact} is no fact of the catalogue",
        "it has {first} to {last}",
        "事实里没有 {fact}",
        "请在 {first} 到 {last} 之间改正",
    ),
    "rule_told_as_background": Wording(
        "{fact} is a rule of the document",
        "move the sentence out of a heading named as background",
        "{fact} 是文件的规定，却写在背景里",
        "请移出背景一节",
    ),
    "background_told_as_rule": Wording(
        "{fact} is context",
        "move the sentence under a heading named as background",
        "{fact} 是背景，却写在规定里",
        "请移到背景一节",
    ),
    "number_not_in_facts": Wording(
        "the number {number} is not in {facts}", "tell what the fact tells", "数字 {number} 不在 {facts} 里", "请照事实写"
    ),
    "fact_not_told": Wording(
        "fact {fact} is not told: {words}", "tell it, or take it out of the catalogue", "没有写到事实 {fact}", "请写上，或者从事实里删去"
    ),
}  # fmt: skip
