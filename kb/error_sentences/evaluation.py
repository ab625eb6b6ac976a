"""What goes wrong with judged questions, runs, records and experiments."""

from __future__ import annotations

from kb.error_sentences.wording import Wording

_MEND = "no figure of this system means anything until that is mended"
_MEND_ZH = "修好之前测出的数据都没有意义"

EVALUATION: dict[str, Wording] = {
    # Lines of JSON.
    "jsonl_none": Wording(
        "no {name}.jsonl or {name}.jsonl.gz here", "give the folder of a BEIR set", "这里没有 {name}.jsonl 或 {name}.jsonl.gz", "请给出 BEIR 数据集的文件夹"
    ),
    "jsonl_missing": Wording("there is no such file", "check the path", "没有这个文件", "请检查路径"),
    "jsonl_unreadable": Wording(
        "cannot be read as UTF-8 lines of JSON ({cause})", "write one JSON object a line", "读不了这个文件", "请用 UTF-8 编码，每行写一个 JSON 对象"
    ),
    "line_not_json": Wording("not JSON ({cause} at column {column})", "correct the line", "不是 JSON（第{column}列）", "请改正这一行"),
    "line_no_object": Wording("a JSON object is wanted, this is {kind}", "correct the line", "应当是 JSON 对象，这里是 {kind}", "请改正这一行"),
    "line_key_missing": Wording('"{key}" is missing', "write it", "缺少 {key}", "请补上"),
    "line_no_string": Wording('"{key}" must be a string, it is {shown!r}', "put it in quotes", "{key} 应当是文字（{shown}）", "请加上引号"),
    "line_no_strings": Wording(
        '"{key}" must be a list of strings, it is {shown!r}', "write a list", "{key} 应当是文字的清单（{shown}）", "请写成清单"
    ),
    "line_no_lists": Wording(
        '"{key}" must be a list of lists of strings, it is {shown!r}', "write a list of lists", "{key} 应当是清单的清单（{shown}）", "请写成清单的清单"
    ),
    "line_invalid": Wording("{key}: {cause}", "docs/evals.md tells the form", "{key} 写得不对", "写法见 docs/evals.md"),
    "id_twice": Wording(
        "{key} {shown!r} occurs twice", "every {what} needs an id of its own", "{key}“{shown}”出现了两次", "每一条要有自己的编号"
    ),
    "id_with_blanks": Wording(
        "_id {shown!r} cannot stand in a TREC run", "use no blanks", "编号“{shown}”不能写进 TREC 结果", "请不要用空格"
    ),
    "corpus_empty": Wording("the corpus is empty; nothing was ingested", "give one with documents", "资料是空的，没有导入", "请给出有文件的资料"),
    "file_not_written": Wording("cannot be written ({cause})", "choose another file", "文件写不了", "请另选一个文件"),
    # Sets.
    "set_unknown": Wording(
        "{name}: no evaluation set of this name in {places}", "give the path of a BEIR folder", "没有名为 {name} 的数据集（找过 {places}）", "请给出 BEIR 文件夹的路径"
    ),
    "set_without_judgements": Wording(
        "holds no judgements (qrels/<split>.tsv)", "docs/evals.md tells the form of a set", "文件夹里没有评判（qrels/<部分>.tsv）", "写法见 docs/evals.md"
    ),
    "split_unknown": Wording("there is no such split", "this set has: {splits}", "没有这一部分", "这个数据集有：{splits}"),
    "split_empty": Wording(
        "the split is empty; nothing can be measured", "choose another", "这一部分是空的，没有可以测的", "请另选一部分"
    ),
    "split_without_questions": Wording(
        "the split {split!r} is empty", "this set has {splits}", "{split} 部分是空的", "这个数据集有 {splits}"
    ),
    "split_not_gated": Wording(
        "no split that the gate holds", "it holds {splits}", "没有门槛管的部分", "门槛管的是 {splits}"
    ),
    "query_twice": Wording("query {query!r} occurs twice", "keep one", "问题 {query} 出现了两次", "请留下一个"),
    "query_answered_twice": Wording("query {query!r} is answered twice", "keep one", "问题 {query} 有两条答案", "请留下一条"),
    "query_unanswered": Wording("query {query!r} has no line in answers.jsonl", "write one", "answers.jsonl 里没有问题 {query}", "请补上"),
    "query_unknown": Wording("query {query!r} is not in queries.jsonl", "add it or drop the line", "queries.jsonl 里没有问题 {query}", "请补上，或者删去这一行"),
    "answer_without_query": Wording("{query!r} is no query of queries.jsonl", "add it or drop the line", "queries.jsonl 里没有问题 {query}", "请补上，或者删去这一行"),
    "target_unknown": Wording(
        "document {target!r} is not in the corpus of the set", "add it or drop the line", "数据集的资料里没有文件 {target}", "请补上，或者删去这一行"
    ),
    "run_of_other_ids": Wording(
        "nothing that the run ranks is judged: it ranks {ranked!r}, the set judges {judged!r}",
        "rank what the set judges; `kb eval NAME --run FILE` writes such a run, `kb search --run` ranks whole documents",
        "运行结果里排列的（如 {ranked}）没有一个是数据集评判过的（如 {judged}）", "请按数据集评判的单位排列；kb eval NAME --run FILE 写出的就是",
    ),
    "target_not_cited": Wording(
        "{target!r} is judged right for {query!r}, whose must_cite in answers.jsonl does not name it", "write the same in both; must_cite counts",
        "{query} 的评判写了 {target}，answers.jsonl 的 must_cite 里没有", "请改成一致，以 must_cite 为准",
    ),
    "question_adopted_before": Wording("{shown!r} was adopted before", "leave it out", "问题“{shown}”以前收过", "请去掉"),
    "question_near_another": Wording("{query!r} asks nearly what {other!r} asks", "drop one", "{query} 和 {other} 问的差不多", "请删去一个"),
    "question_clause_missing": Wording(
        "must_cite names the clause {clause_id!r}, which does not exist", "see `kb search`", "must_cite 的条款 {clause_id} 不存在", "可以用 kb search 查找"
    ),
    "question_piece_missing": Wording(
        "must_say {shown!r} stands in none of the clauses of must_cite", "copy it as it stands there", "must_cite 的条款里没有 must_say 的“{shown}”", "请照原文抄写"
    ),
    "question_small_talk": Wording(
        "small talk is answerable, and has neither must_say nor must_cite", "correct the line", "寒暄可以回答，没有 must_say 和 must_cite", "请改正这一行"
    ),
    "question_without_pieces": Wording(
        "an answerable question needs must_say and must_cite", "write both", "可以回答的问题要有 must_say 和 must_cite", "请补上"
    ),
    "question_refusal": Wording(
        "give a refusal exactly where the question is not answerable", "correct the line", "不能回答的问题才写 refusal，而且必须写", "请改正这一行"
    ),
    "splits_leak": Wording(
        "{name}: {count} pairs of nearly equal questions lie in different splits", "move or drop one of each",
        "{name}：有{count}对几乎相同的问题分在不同部分", "请移动或者删去其中一个",
    ),
    # Runs and judgements.
    "run_score_no_number": Wording("score {shown!r} is no finite number", "give one", "分数“{shown}”不是有限的数", "请给出一个数"),
    "run_ranked_twice": Wording("{target!r} is ranked twice for query {query!r}", "keep one", "问题 {query} 的结果里 {target} 出现了两次", "请留下一个"),
    "run_found_nothing": Wording(
        "the run found nothing for {count} of {all} judged queries, such as {query!r}",
        "an arm did not run, or the run is of another set", "{all}个问题里有{count}个没有结果，例如 {query}", "可能有一路检索没有运行，或者结果是另一个数据集的",
    ),
    "judged_no_number": Wording("relevance {shown!r} is not a whole number", "give one", "相关程度“{shown}”不是整数", "请给出整数"),
    "judged_twice": Wording("{query!r} and {target!r} are judged twice", "keep one", "问题 {query} 和 {target} 判断了两次", "请留下一次"),
    "columns_wrong": Wording("{wanted} columns are wanted, this line has {found}", "correct the line", "应当有 {wanted} 列，这一行有 {found} 列", "请改正这一行"),
    "table_unreadable": Wording("cannot be read ({cause})", "check the path, and write it as UTF-8", "文件读不了", "请检查路径，并使用 UTF-8 编码"),
    # Records, comparisons and the gate.
    "record_missing": Wording("there is no such record", "`kb eval --record {path}` writes one", "没有这份评测记录", "可以用 kb eval --record 写一份"),
    "record_broken": Wording("not a record of an evaluation ({cause})", "run the evaluation again", "不是评测记录", "请重新评测"),
    "comparison_without_measure": Wording(
        "{first} and {second} share no measure; nothing can be compared", "run both again", "{first} 和 {second} 没有共同的指标，不能比较", "请都重新评测"
    ),
    "measure_not_shared": Wording(
        "{measure!r} is not measured in both records", "compare by one of {options}", "两份记录没有都测 {measure}", "请按这些之一比较：{options}"
    ),
    "comparison_of_different_sets": Wording(
        "{first} and {second} are of different questions", "compare runs of one split of one set", "{first} 和 {second} 的问题不同", "请比较同一数据集同一部分的结果"
    ),
    "comparison_query_missing": Wording(
        "query {query!r} is in only one of {first} and {second}", "run both again", "问题 {query} 只在 {first} 和 {second} 之一里", "请都重新评测"
    ),
    "comparison_questions_changed": Wording(
        "the questions of {name} changed between the two records", "run the older one again", "两份记录之间 {name} 的问题改过", "请把较早的重新评测"
    ),
    "baselines_missing": Wording("there are no baselines yet", "`kb eval gate --write` writes them", "还没有基线", "可以用 kb eval gate --write 写"),
    "baselines_broken": Wording("{cause}", "write them anew with `kb eval gate --write`", "基线文件读不了", "请用 kb eval gate --write 重新写"),
    "baseline_missing": Wording("no baseline for {name} {split}", "`kb eval gate --write` adds it", "{name} {split} 还没有基线", "可以用 kb eval gate --write 补上"),
    "baseline_outdated": Wording(
        "{name}.{split}: the {what} changed since the baseline was measured ({before} then, {now} now)",
        "look at the figures, then `kb eval gate --write` and have the difference reviewed",
        "{name}.{split} 的基线测定之后 {what} 改过（当时 {before}，现在 {now}）", "请看过数据，再用 kb eval gate --write 重写，并请人复核差别",
    ),
    "baseline_not_measured": Wording(
        "{name}.{split}: {measure!r} was not measured", "an arm did not run", "{name}.{split} 没有测 {measure}", "可能有一路检索没有运行"
    ),
    "figures_fell": Wording(
        "{count} figures fell; the worst: {measure} of {title}, {found:.4f}, expected {expected:.4f} ± {noise:.4f}",
        "`kb eval compare` shows for which questions",
        "有{count}项数据下降，最多的是 {title} 的 {measure}：{found:.4f}，应为 {expected:.4f} ± {noise:.4f}", "可以用 kb eval compare 看是哪些问题",
    ),
    # The self-test before a figure is measured.
    "self_test_lexical_arm": Wording("self-test: the lexical arm does not find a Chinese phrase", _MEND, "评测自检没有通过：全文检索找不到一句中文", _MEND_ZH),
    "self_test_dense_arm": Wording("self-test: the dense arm does not rank a paraphrase above noise", _MEND, "评测自检没有通过：语义检索分不清同义的话和无关的话", _MEND_ZH),
    "self_test_public": Wording("self-test: a document that the public may not see came up", _MEND, "评测自检没有通过：公众查到了不公开的文件", _MEND_ZH),
    "self_test_staff": Wording("self-test: staff do not find a hidden document", _MEND, "评测自检没有通过：工作人员查不到不公开的文件", _MEND_ZH),
    "self_test_expired": Wording("self-test: an expired document answered a question about today", _MEND, "评测自检没有通过：用失效的文件回答了今天的问题", _MEND_ZH),
    "self_test_deleted": Wording("self-test: a deleted document was found", _MEND, "评测自检没有通过：查到了已经删除的文件", _MEND_ZH),
    # Experiments.
    "experiment_unreadable": Wording("{cause}", "write it as TOML", "对照实验的文件读不了", "请写成 TOML"),
    "experiment_key_unknown": Wording(
        "{key!r} is unknown", "an experiment has sets, split, answers and arms", "没有 {key} 这一项", "对照实验有 sets、split、answers 和 arms"
    ),
    "experiment_without_arms": Wording(
        "the sets or the arms are missing", "name the sets ({example}) and at least one arm ([arms.name])", "没有写数据集或对照组", "请写上数据集（{example}）和至少一个对照组（[arms.name]）"
    ),
    "arm_key_unknown": Wording("arm {arm!r} has no {key!r}", "known are {allowed}", "对照组 {arm} 没有 {key} 这一项", "可以写的有 {allowed}"),
    "arm_fusion_unknown": Wording("arm {arm!r}: fusion has no {key!r}", "known are {allowed}", "对照组 {arm} 的 fusion 没有 {key} 这一项", "可以写的有 {allowed}"),
    "arm_no_number": Wording("arm {arm!r}: {key} {shown!r} is no positive number", "give one", "对照组 {arm} 的 {key} 不是正整数（{shown}）", "请改正"),
    "arm_leaves_out_unknown": Wording(
        "arm {arm!r} leaves out {target!r}, which is no document of the corpus", "correct `without`", "对照组 {arm} 要去掉的 {target} 不在资料里", "请改正 without"
    ),
}  # fmt: skip
