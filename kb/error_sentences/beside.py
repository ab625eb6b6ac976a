"""What is wrong with data that stands beside a corpus: everyday words, the home, facts and benefits, the calendar of
holidays."""

from __future__ import annotations

from kb.error_sentences.wording import Wording

_FORM = "see docs/eligibility.md for the form of the file"
_FORM_ZH = "写法见 docs/eligibility.md"
_HOME = "docs/other-cities.md shows how it is written"
_HOME_ZH = "写法见 docs/other-cities.md"

BESIDE: dict[str, Wording] = {
    # lexicon.toml
    "lexicon_not_read": Wording(
        "{cause}", "see the comment at the top of corpus/lexicon.toml", "词表 lexicon.toml 读不了", "写法见 corpus/lexicon.toml 开头"
    ),
    "lexicon_outside_section": Wording(
        "{key!r}: stands outside a section", "put it below a line like {example}", "词表里的“{key}”不在任何一节里", "请写在像 {example} 这样的一行下面"
    ),
    "lexicon_no_list": Wording(
        "{key!r}: needs a list of everyday words", "like {example}", "词表里的“{key}”后面应当是日常说法的清单", "请写成 {example} 的样子"
    ),
    "lexicon_no_word": Wording("{key!r}: {word!r} is no word", "give one", "词表里“{key}”的“{word}”不是词", "请给出一个词"),
    "lexicon_word_twice": Wording(
        "{key!r}: {word!r} stands there twice", "drop one", "词表里“{key}”的“{word}”写了两次", "请删去一个"
    ),
    # home.toml
    "home_not_read": Wording("{cause}", _HOME, "home.toml 读不了", _HOME_ZH),
    "home_key_missing": Wording("{key} is missing", f"write it; {_HOME}", "home.toml 里缺少 {key}", f"请写上，{_HOME_ZH}"),
    "home_wrong": Wording("{key} {shown!r}: {cause}", _HOME, "home.toml 里 {key} 的值“{shown}”不能用", _HOME_ZH),
    "home_not_a_place": Wording(
        "{key} {shown!r} is no place of this file", "add it to [counties], a street or town to [neighbourhoods]", "home.toml 里 {key} 的“{shown}”不是这里写的地名",
        "请加到 [counties] 里，街道、乡镇加到 [neighbourhoods] 里"
    ),
    # The calendar of holidays.
    "calendar_not_opened": Wording(
        "the calendar of holidays cannot be opened: {cause}", "check the path in KB_HOLIDAYS, or leave it empty to count calendar days",
        "节假日文件打不开", "请检查 KB_HOLIDAYS 的路径，或者留空，按自然日计算",
    ),
    "calendar_not_read": Wording(
        "the calendar of holidays cannot be read: {cause}", "write it as TOML", "节假日文件读不了", "请写成 TOML"
    ),
    "calendar_no_year": Wording("{shown!r} is no year", "give a table like {example}", "节假日文件里的“{shown}”不是年份", "请写成像 {example} 这样的表"),
    "calendar_key_unknown": Wording(
        "[{year}] {key}: write holidays or workdays", "other keys are not known", "节假日文件 {year} 年里没有 {key} 这一项", "请写 holidays 或 workdays"
    ),
    "calendar_both": Wording(
        "{day} is both a holiday and a workday", "keep one", "节假日文件里 {day} 既是假日又是工作日", "请留下一个"
    ),
    "calendar_no_day": Wording(
        "[{year}] {key}: {shown!r} is no day", "write 2025-01-01, or 2025-01-28/2025-02-04 for a span",
        "节假日文件里的“{shown}”不是日期", "请写成 2025-01-01，一段写成 2025-01-28/2025-02-04",
    ),
    "calendar_day_outside": Wording(
        "[{year}] {key}: {shown!r} does not lie in {year}, first day before last", "correct it",
        "节假日文件里的“{shown}”不在 {year} 年内，或者先后写反了", "请改正",
    ),
    # facts.toml; `fact` is the one that is wrong.
    "rules_not_read": Wording("{cause}", _FORM, "待遇的文件读不了", _FORM_ZH),
    "fact_outside_table": Wording(
        "{fact}: stands outside a fact", "begin one with a line like {example}", "“{fact}”不在任何一个项目里", "请用像 {example} 这样的一行开头"
    ),
    "fact_key_no_text": Wording("{fact}: {key} {shown!r} is no text", "give one", "{fact} 的 {key} 不是文字（{shown}）", "请写上文字"),
    "fact_key_unknown": Wording("{fact}: unknown key {key!r}", "use {allowed}", "{fact} 没有 {key} 这一项", "可以写的有 {allowed}"),
    "fact_type_unknown": Wording(
        "{fact}: type {shown!r} does not exist", "use one of {options}", "{fact} 的类型 {shown} 不存在", "请用 {options} 之一"
    ),
    "fact_bound_no_number": Wording(
        "{fact}: {key} {shown!r} is no whole number", "give the range of the fact", "{fact} 的 {key} 不是整数（{shown}）", "请写上取值范围"
    ),
    "fact_bounds_swapped": Wording("{fact}: least {least} is above most {most}", "swap them", "{fact} 的最小值 {least} 大于最大值 {most}", "请对调"),
    "fact_step_misfit": Wording(
        "{fact}: step {shown!r} does not fit the type", "write it as a text, and of yes or no only",
        "{fact} 的 step 与类型不符（{shown}）", "只有 yes_no 类型可以写，写成文字",
    ),
    "fact_choices_misfit": Wording(
        "{fact}: choices {shown!r} do not fit the type", "a choice has some, nothing else has any",
        "{fact} 的 choices 与类型不符（{shown}）", "只有 choice 类型要写，而且必须写",
    ),
    "fact_counted_unreadable": Wording(
        "{fact}: counted {shown!r} cannot be read", "write {example}", "{fact} 的 counted 不能读（{shown}）", "请写成 {example}"
    ),
    "fact_counted_circular": Wording(
        "{fact}: counted.from {shown!r} leads back to itself", "let it end at a date that is asked for",
        "{fact} 的 counted.from {shown} 又回到了自己", "请让它从一个要问的日期算起",
    ),
    "fact_counted_no_date": Wording(
        "{fact}: counted.from {shown!r} is no fact of type date", "name one", "{fact} 的 counted.from {shown} 不是日期类的项目", "请写一个日期类的项目"
    ),
    "fact_unlikely_unreadable": Wording(
        "{fact}: unlikely {shown!r} names no number and limit", "write {example}", "{fact} 的 unlikely 没有写明数字类的项目和下限（{shown}）", "请写成 {example} 的样子"
    ),
    # A benefit; `at` is the place in its file, such as when.all[2].
    "benefits_none": Wording(
        "holds no benefit", "name a folder with <id>.toml files", "文件夹里没有待遇", "请给出放有 <编号>.toml 文件的文件夹"
    ),
    "rule_no_text": Wording("{at}: {shown!r} is no text", "give one", "{at} 的值“{shown}”不是文字", "请写上文字"),
    "rule_names_unreadable": Wording(
        "{at}: {shown!r} is no list of names", 'write a list of texts, each in quotation marks', "{at} 的值“{shown}”不是名称的列表", '请写成 ["陪产假"] 的样子'
    ),
    "rule_key_unknown": Wording("{at}: {shown!r} is not known", "use {allowed}", "没有 {at} 这一项", "可以写的有 {allowed}"),
    "rule_not_a_choice": Wording("{at}: {shown!r} is none of {options}", "give one of them", "{at} 的值“{shown}”不在可选的项目里", "请给出其中一个：{options}"),
    "rule_source_missing": Wording("{at}: {shown!r} is no document of the corpus", "name one", "{at}：资料库里没有文件“{shown}”", "请写一份有的文件"),
    "rule_clause_missing": Wording(
        "{at}: {shown!r} is no clause of the corpus", "see `kb search`", "{at}：资料库里没有条款“{shown}”", "可以用 kb search 查找"
    ),
    "rule_quote_missing": Wording(
        "{at}: {shown!r} does not stand in {clause_id}", "copy it from the clause", "{at}：条款 {clause_id} 里没有“{shown}”", "请照原文抄写"
    ),
    "rule_uncited": Wording(
        "{at}: {shown!r} has no clause and quote", "everything that a rule says names where it is written", "{at} 没有写条款和原文", "每项内容都要写明出处"
    ),
    "rule_period_unreadable": Wording(
        "{at}: {shown!r} cannot be read", "give from, until, clause and quote", "{at} 的值“{shown}”不能读", "请给出 from、until、clause 和 quote"
    ),
    "rule_no_date": Wording(
        "{at}: {shown!r} is no date", "write it without quotes, like 2024-03-08", "{at} 的值“{shown}”不是日期", "请不加引号，写成 2024-03-08 的样子"
    ),
    "rule_period_swapped": Wording(
        "{at}: {shown!r} lies before from, {since}", "correct one of them", "{at} 的 {shown} 早于 from 的 {since}", "请改正其中一个"
    ),
    "rule_amount_key_unknown": Wording(
        "{at}: {shown!r} has an unknown key", "use value, unit, when, no_more_than", "{at} 里有不认识的项：{shown}", "可以写的有 value、unit、when、no_more_than"
    ),
    "rule_amounts_no_list": Wording(
        "{at}: {shown!r} is no table of an amount", "write every amount under [[amount]]", "{at} 的值“{shown}”不是金额的条目", "请把每项金额写在 [[amount]] 之下"
    ),
    "rule_amount_unreadable": Wording(
        "{at}: {shown!r} needs a whole number as value and a text as unit", "give both", "{at} 要有整数的 value 和文字的 unit（{shown}）", "请写上这两项"
    ),
    "rule_cap_no_money": Wording(
        "{at}: {shown!r} is no fact of type money", "name one of facts.toml", "{at} 的“{shown}”不是金额类的项目", "请写 facts.toml 里的一个"
    ),
    "rule_no_condition": Wording("{at}: {shown!r} is no condition", "write a table in braces", "{at} 的值“{shown}”不是条件", "请写成花括号里的表"),
    "rule_condition_unreadable": Wording(
        "{at}: {shown!r} is no condition", "use fact, all, any, not, or at_least with of",
        "{at} 的“{shown}”不是条件", "请用 fact、all、any、not，或者 at_least 加 of",
    ),
    "rule_parts_missing": Wording("{at}: {shown!r} needs a list of conditions", "give one", "{at} 应当是条件的清单（{shown}）", "请写上清单"),
    "rule_count_outside": Wording(
        "{at}: {shown!r} is not between 1 and {most}, the number of parts", "correct it", "{at} 的值“{shown}”不在 1 到 {most} 之间", "请改正"
    ),
    "rule_no_fact": Wording(
        "{at}: {shown!r} is no fact", "name one of facts.toml or add it there", "{at} 的“{shown}”不是 facts.toml 里的项目", "请写一个有的，或者加进去"
    ),
    "rule_operator_misfit": Wording(
        "{at}: {shown!r} does not fit {fact} ({type})", "use one of {options}", "{at} 的“{shown}”不适合 {fact}（{type}）", "请用 {options} 之一"
    ),
    "rule_value_misfit": Wording(
        "{at}: {shown!r} does not fit {fact} ({type})", "correct it", "{at} 的值“{shown}”不适合 {fact}（{type}）", "请改正"
    ),
}  # fmt: skip
