"""What goes wrong where a person is told of it, in English for logs and terminals and in Chinese for pages, by one key.

The values in braces are those that the error carries. Whoever rewords a sentence changes it here and nowhere else; nothing reads sentences
back. Files that cannot be read are told by their readers, and are not among these yet.
"""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "benefit_unknown": (
        "there is no benefit {name!r}; `kb eligibility` lists them",
        "没有这一项待遇。",
    ),
    "fact_unknown": (
        "there is no fact {name!r}; `kb eligibility --explain facts` lists them",
        "没有“{name}”这一项；可用的项目见 /api/benefits。",
    ),
    "fact_text_too_long": (
        "the text has {length} characters; give at most {most}",
        "文字有{length}个字，请缩短到{most}个字以内。",
    ),
    "fact_range_empty": (
        "{fact}: {shown!r} is an empty range; give its lower bound first",
        "{name}：“{shown}”的范围是空的，请给出由小到大的范围。",
    ),
    "fact_not_yes_or_no": (
        "{fact}: {shown!r} is neither true nor false; give one of them",
        "{name}：“{shown}”不是 true 或 false，请给出 true 或 false。",
    ),
    "fact_not_a_number": (
        "{fact}: {shown!r} is no whole number; give one",
        "{name}：“{shown}”不是整数，请给出一个整数，单位是{unit}。",
    ),
    "fact_out_of_range": (
        "{fact}: {shown!r} is not between {least} and {most}; give another value",
        "{name}：“{shown}”超出范围，请给出{least} 到 {most} 之间的数。",
    ),
    "fact_not_a_date": (
        "{fact}: {shown!r} is no date from 1850 on; give one like 1958-03-02",
        "{name}：“{shown}”不是日期，请给出像 1958-03-02 这样的日期。",
    ),
    "fact_not_a_place": (
        "{fact}: {shown!r} is no known place; give a province, a city or a county of Hangzhou",
        "{name}：“{shown}”不是认识的地名，请给出省、设区的市，或杭州的区县。",
    ),
    "fact_not_a_choice": (
        "{fact}: {shown!r} is none of {options}; give one of them",
        "{name}：“{shown}”不在可选的项目里，请给出其中一个：{options}。",
    ),
    "fact_in_the_future": (
        "{fact}: {shown!r} lies in the future; give a date that is past",
        "{name}：“{shown}”晚于查询日期，请给出一个过去的日期。",
    ),
    "fact_contradicted": (
        "{fact}: {shown!r} contradicts {source}, by which it is {counted!r}; give the one that is right",
        "{name}：“{shown}”与{source_name}不一致（按日期算是{counted}），请给出其中对的一个，去掉另一个。",
    ),
    "quote_outside_document": (
        "span {start}-{end} is not in the document, or too long to be marked",
        "引文位置 {start}–{end} 不在这份文件内，或者太长。",
    ),
    "quote_half_given": (
        "quote_start and quote_end go together; give both",
        "quote_start 和 quote_end 要一起给出。",
    ),
    "same_text_indexed": (
        "the same text is there as {doc_id}",
        "知识库里已有文字相同的文件《{title}》，没有重复收录。",
    ),
    "document_gone": (
        "there is no document {doc_id!r}; it may have been deleted",
        "没有这份文件，可能已经删除。",
    ),
    "document_last": (
        "the last document cannot be removed",
        "这是最后一份文件，不能删除。",
    ),
    "upload_format_unknown": (
        "{name!r}: not a format that is read; give one of {formats}",
        "不能读取“{name}”，请上传这些格式：{formats}。",
    ),
    "upload_empty": (
        "{name!r}: empty",
        "“{name}”是空文件。",
    ),
    "job_unknown": (
        "there is no job {job_id!r}",
        "没有这个任务。",
    ),
    "edition_unknown": (
        "{other!r} is no other edition of the law that {doc_id!r} is one of",
        "这两份文件不是同一部法的两个版本，不能对照。",
    ),
    "page_unknown": (
        "{doc_id}: no page {number} of {count}",
        "没有第 {number} 页，这份文件共 {count} 页。",
    ),
    "pages_none": (
        "{doc_id}: has no pages",
        "没有第 {number} 页，这份文件没有分页。",
    ),
    "page_pictures_none": (
        "{doc_id}: {media_type} has no page pictures",
        "这种格式的文件没有页面图像。",
    ),
    "page_not_drawn": (
        "{path}: page {number}: {cause}",
        "这一页画不出来，请下载原件查看。",
    ),
    "original_none": (
        "{doc_id}: has no file of its own",
        "这份文件没有单独的原件。",
    ),
    "original_gone": (
        "{path}: is gone; ingest it again",
        "原件已经不在原处，请工作人员重新导入。",
    ),
    "original_changed": (
        "{path}: was changed; ingest it again",
        "原件在导入之后改动过，请工作人员重新导入。",
    ),
    "conversation_unknown": (
        "there is no conversation {conversation_id!r}",
        "没有这个对话，或者它已经删除。",
    ),
    "answer_unknown": (
        "there is no answer {answer_id!r}",
        "没有这条回答，或者它已经删除。",
    ),
    "feedback_unknown": (
        "there is no feedback on {answer_id!r}",
        "没有这条反馈。",
    ),
    "share_unknown": (
        "there is no shared answer {share_id!r}",
        "没有这条分享，或者它已经收回。",
    ),
    "judged_refusal_with_pieces": (
        "a question that must be refused has no pieces and no clauses; leave them out",
        "应当拒答的问题没有要点和条款。",
    ),
    "judged_pieces_missing": (
        "a question that can be answered needs pieces and the clauses that hold them",
        "请写出要点，并选出写有要点的条款。",
    ),
    "judged_clause_unknown": (
        "there is no clause {clause_id!r}; its document may have been deleted",
        "没有条款“{clause_id}”，它的文件可能已经删除。",
    ),
    "judged_piece_not_in_clauses": (
        "the clauses that are named do not hold {piece!r}; copy it as it stands there",
        "所选条款里没有“{piece}”，请照原文抄写。",
    ),
    "replaces_not_pending": (
        "only a document that waits to be published can take the place of another, when it is published",
        "只有待发布的文件在发布时可以替换另一份文件。",
    ),
    "decided_before": (
        "{actor} decided first: {action}",
        "刚刚有人先处理了这份文件：工作人员（会话 {session}）于 {when} {done}。请看过现在的内容后再决定。",
    ),
    "withdrawn_while_answering": (
        "a document was withdrawn while it was being answered from; ask again",
        "回答引用的文件刚刚撤回，请重新提问。",
    ),
}  # fmt: skip
