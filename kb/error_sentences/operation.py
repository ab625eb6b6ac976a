"""What an operator meets: settings and options, the index and its snapshots, weights of models, a language model, the
service's start.

Chinese says what the thing is and not where it lies, since pages may show it and no path leaves the machine.
"""

from __future__ import annotations

from kb.error_sentences.wording import USUAL_FORMATS_ZH, Wording

_RESTORE = "restore the folder (install the package again, or train it as docs/training.md says)"
_RESTORE_ZH = "请重新安装本软件包，或者按 docs/training.md 重新训练"
_BACK = "go back to the last good snapshot with `kb rollback`, or begin anew with `kb ingest --fresh PATH`"
_BACK_ZH = "请用 kb rollback 退回上一个完好的快照，或者用 kb ingest --fresh 重新建立索引"
_AGAIN = "run `kb ingest` again or `kb rollback`"
_AGAIN_ZH = "请重新运行 kb ingest，或者用 kb rollback 退回"
_ENCODER = (
    "put its folder at {folder} or give the path of a folder, or use the encoder 'embedded', which needs no download"
)
_ENCODER_ZH = "请给出模型文件夹的路径，或者改用内置编码器 embedded"
_RERANKER = "put its folder at {folder} or give the path of a folder, or leave KB_RERANKER empty: the embedded ranking needs no download"
_RERANKER_ZH = "请给出模型文件夹的路径，或者把 KB_RERANKER 留空，使用内置的排序"
_OTHER_PORT_ZH = "请用 --port 另选一个"
_OTHER_AUDIT = "compare the record with that of a backup: `kb restore` it to another place and `kb audit export` there"
_OTHER_AUDIT_ZH = "请把备份用 kb restore 恢复到别处，用 kb audit export 导出后对照"
_OTHER_MODEL = "look at its server, or leave KB_LLM_BASE_URL empty: answers are quoted then"
_OTHER_MODEL_ZH = "请检查模型服务，或者把 KB_LLM_BASE_URL 留空，只用引文作答"

OPERATION: dict[str, Wording] = {
    # Settings and options.
    "setting_pair": Wording(
        "{one} and {other} go together", "give both or neither", "{one} 和 {other} 要一起设置", "请两项都给出，或者都不给出"
    ),
    "setting_no_address": Wording(
        "{name} {shown!r} is no address", "give one like {example}", "{name} 的值“{shown}”不是网址", "请写成 {example} 的样子"
    ),
    "setting_oidc_address": Wording(
        "{name} {shown!r} is no address that passwords may pass", "give one with https://, or with http:// on this machine alone, without ? and #",
        "{name} 的值“{shown}”不能用于登录", "请写 https:// 开头的网址（只有本机可以用 http://），不带 ? 和 #",
    ),
    "setting_oidc_secret": Wording(
        "KB_OIDC_CLIENT_SECRET holds other characters than ASCII", "give it as the provider shows it, or let it make another",
        "KB_OIDC_CLIENT_SECRET 里有不能使用的字符", "请照统一身份认证服务给出的填写，或者在那里重新生成",
    ),
    "open_id_missing": Wording(
        "KB_OIDC_ISSUER needs Authlib ({cause})",
        "install the extra: pip install 'policy-knowledge-base[oidc]', or unset it",
        "设置了 KB_OIDC_ISSUER，但没有安装 Authlib", "请安装附加组件 oidc，或者去掉这项设置",
    ),
    "provider_unreachable": Wording(
        "the provider of OpenID Connect {issuer} gives no usable answer ({cause})", "look at its server, at the network and at KB_OIDC_ISSUER",
        "统一身份认证服务现在连接不上", "请稍后再试，或者用密码登录",
    ),
    "provider_other_issuer": Wording(
        "KB_OIDC_ISSUER {issuer!r} calls itself {shown!r}", "set KB_OIDC_ISSUER to what the provider calls itself, to the last slash",
        "统一身份认证服务的设置不对", "请管理员核对 KB_OIDC_ISSUER，或者先用密码登录",
    ),
    "provider_endpoint": Wording(
        "{issuer} tells {name} {shown!r}, where no secret may be sent", "let the provider tell one with https://",
        "统一身份认证服务的设置不对", "请管理员核对该服务公布的地址，或者先用密码登录",
    ),
    "provider_refused": Wording(
        "{issuer} does not take the service for its client ({cause})", "correct KB_OIDC_CLIENT_ID, KB_OIDC_CLIENT_SECRET or what the provider has of it",
        "统一身份认证服务没有接受本系统", "请管理员核对 KB_OIDC_CLIENT_ID 和 KB_OIDC_CLIENT_SECRET，或者先用密码登录",
    ),
    "telemetry_missing": Wording(
        "OTEL_EXPORTER_OTLP_ENDPOINT needs the exporter of OpenTelemetry ({cause})",
        "install the extra: pip install 'policy-knowledge-base[telemetry]', or unset it",
        "设置了 OTEL_EXPORTER_OTLP_ENDPOINT，但没有安装 OpenTelemetry 组件", "请安装附加组件 telemetry，或者去掉这项设置",
    ),
    "telemetry_unusable": Wording(
        "a setting of OpenTelemetry (OTEL_...) cannot be used: {cause}", "correct it or unset it",
        "OpenTelemetry 的设置（OTEL_…）不能使用", "请改正或者去掉这项设置",
    ),
    "setting_no_root_path": Wording(
        "KB_ROOT_PATH {shown!r} is no path to serve below", "give one like /kb that begins with none of the service's own: {own}",
        "KB_ROOT_PATH 的值“{shown}”不能作为路径前缀", "请写成 /kb 的样子，第一段不能是服务自己用的：{own}",
    ),
    "setting_no_origin": Wording(
        "KB_EMBED_ORIGINS {shown!r} is no origin", "give scheme, name and port alone, like https://www.example.gov.cn, several with commas between them",
        "KB_EMBED_ORIGINS 的值“{shown}”不是来源地址", "请只写协议、域名和端口，如 https://www.example.gov.cn，多个之间用逗号分开",
    ),
    "setting_milvus_nowhere": Wording(
        "KB_STORE=milvus needs KB_MILVUS_URI", "give one like http://127.0.0.1:19530, or set KB_STORE=local",
        "KB_STORE=milvus 还需要 KB_MILVUS_URI", "请写成 http://127.0.0.1:19530 的样子，或者把 KB_STORE 设为 local",
    ),
    "setting_unusable": Wording(
        "{name}: {shown!r} cannot be used: {cause}", "correct it or leave it out",
        "{name} 的值“{shown}”不能用", "请改正，或者不设这一项",
    ),
    "setting_misspelled": Wording(
        "{shown} is no setting", "{nearest} is meant? correct the name or leave it out", "没有 {shown} 这一项设置", "是不是 {nearest}？请改正名称，或者不设这一项"
    ),
    "setting_unknown": Wording(
        "{shown} is no setting", "leave it out; there are {known}", "没有 {shown} 这一项设置", "请去掉；可用的有：{known}"
    ),
    "settings_file_broken": Wording(
        "cannot be read: {cause}", "write it as TOML, one setting a line", "读不了这个设置文件", "请写成 TOML，一行一项"
    ),
    "reader_folder_empty": Wording(
        "KB_READER {shown!r} holds no reader (no {file_name})", "give a folder like kb/models/reader, or leave it empty for that one",
        "KB_READER 所指的文件夹里没有阅读器（缺少 {file_name}）", "请给出像 kb/models/reader 那样的文件夹，或者留空使用内置的阅读器",
    ),
    "report_ending": Wording(
        "--report {path}: the name must end in .html or .json", "name it so", "报告的文件名要以 .html 或 .json 结尾", "请改文件名"
    ),
    "evaluation_report_ending": Wording(
        "--report {path}: its name tells no form", "give a name that ends in {endings}", "从报告的文件名看不出格式", "文件名请以 {endings} 之一结尾"
    ),
    "report_folder_missing": Wording(
        "--report {path}: there is no folder {folder}", "make it first", "存放报告的文件夹不存在", "请先建立文件夹"
    ),
    "record_of_several": Wording(
        "--record and --run keep one set", "name one", "--record 和 --run 一次只保存一个数据集", "请只给出一个"
    ),
    "facts_not_json": Wording(
        "--facts: {cause}", "write JSON like {example}", "--facts 的内容不是 JSON", "请写成 {example} 的样子"
    ),
    "facts_no_object": Wording(
        "--facts: {shown!r} is no JSON object", "write one like {example}", "--facts 的内容“{shown}”不是 JSON 对象", "请写成 {example} 的样子"
    ),
    # The command that ingests.
    "nothing_read": Wording(
        "{paths}: no document could be read; nothing was indexed and the last index stays in use",
        "correct the files that are named above", "没有一份文件能读，索引没有改动，继续使用原来的索引", "请改正上面列出的文件",
    ),
    "nothing_to_read": Wording(
        "{paths}: nothing to read there; nothing was indexed, and what was served before still is",
        "give documents in one of the formats {formats}", "没有可以读的文件，索引没有改动，继续使用原来的索引", f"请放入 {USUAL_FORMATS_ZH} 等格式的文件",
    ),
    "corpus_to_correct": Wording(
        "{count} things to correct", "they are listed above", "有{count}处要改正", "已在上面列出"
    ),
    # The index.
    "index_locked": Wording(
        "another `kb ingest` is writing here", "wait until it is done", "另一个导入正在写入这个索引", "请等它完成"
    ),
    "index_not_writable": Wording(
        "cannot be written ({cause})", "choose another folder with --index", "索引文件夹不能写入", "请用 --index 另选一个文件夹"
    ),
    "index_not_written": Wording(
        "the next snapshot could not be written ({cause}); the one in use stays",
        "make room on the disk or correct its permissions, then do it again",
        "没有写成新的索引，继续使用原来的", "请检查磁盘空间和写入权限后再试一次",
    ),
    "index_missing": Wording(
        "there is no index here", "build one with `kb ingest PATH`", "这里还没有索引", "请用 kb ingest 建立"
    ),
    "index_no_folder": Wording(
        "is no folder, and so no index", "name the folder that `kb ingest PATH --index FOLDER` wrote", "这不是文件夹，也就不是索引",
        "请给出 kb ingest 写成的索引文件夹",
    ),
    "index_not_opened": Wording(
        "no index was opened", "run kb ingest PATH", "还没有打开索引", "请先用 kb ingest 建立"
    ),
    "pointer_missing": Wording(
        "missing, though snapshots are there ({count})", _BACK, "索引缺少指向当前快照的文件（有{count}个快照）", _BACK_ZH
    ),
    "pointer_unreadable": Wording("{cause}", _BACK, "读不了指向当前快照的文件", _BACK_ZH),
    "pointer_names_none": Wording("{name!r} names no snapshot", _BACK, "“{name}”不是快照的名称", _BACK_ZH),
    "snapshot_oldest": Wording(
        "{name} is the oldest snapshot; there is none to roll back to", "begin anew with `kb ingest --fresh PATH`, if you want another",
        "{name} 是最早的快照，没有可以退回的了", "如果不想用它，请用 kb ingest --fresh 重新建立索引",
    ),
    "snapshot_none_whole": Wording(
        "none of its snapshots is whole", "begin anew with `kb ingest --fresh PATH`", "没有一个快照是完好的", "请用 kb ingest --fresh 重新建立索引"
    ),
    "snapshot_half_written": Wording("missing; the snapshot is half-written", _BACK, "快照没有写完", _BACK_ZH),
    "manifest_broken": Wording("not a manifest ({cause})", _BACK, "快照的清单文件损坏", _BACK_ZH),
    "snapshot_other_schema": Wording(
        "the index has schema {found}, this program reads {wanted}", "read all that it is to hold again with `kb ingest --fresh PATH...`",
        "索引是另一个版本建立的（格式 {found}，本程序读 {wanted}）", "请用 kb ingest --fresh 重新导入全部文件",
    ),
    "snapshot_other_encoder": Wording(
        "the index was built with encoder {built} ({built_sum}, {built_dimensions} dimensions),"
        " but {name} ({sum}, {dimensions} dimensions) is configured", "set KB_ENCODER back or rebuild with `kb ingest`",
        "索引是用编码器 {built} 建立的，现在设置的是 {name}", "请改回 KB_ENCODER，或者用 kb ingest 重新建立索引",
    ),
    "snapshot_other_analyzer": Wording(
        "the index was built with analyzer {found}, this program has {wanted}", "rebuild it with `kb ingest PATH`",
        "索引的分词版本是 {found}，本程序是 {wanted}", "请用 kb ingest 重新建立索引",
    ),
    "snapshot_other_store": Wording(
        "the index was built for the store {built!r}", "set KB_STORE to {built} or rebuild it with `kb ingest`",
        "索引是为另一种存储方式（{built}）建立的", "请把 KB_STORE 设为 {built}，或者用 kb ingest 重新建立索引",
    ),
    # The cluster that reads and encodes.
    "cluster_client_missing": Wording(
        "KB_INGEST_CLUSTER needs Ray ({cause})", "install the extra: pip install 'policy-knowledge-base[ray]', or leave it empty to ingest on this machine",
        "没有安装 Ray", "请安装附加组件 ray，或者清空 KB_INGEST_CLUSTER，只用本机导入",
    ),
    "cluster_absent": Wording(
        "the Ray cluster at {address} cannot be reached ({cause})", "start it, correct KB_INGEST_CLUSTER, or leave it empty to ingest on this machine",
        "连不上 Ray 集群", "请检查集群是否运行、KB_INGEST_CLUSTER 是否正确，或者清空它，只用本机导入",
    ),
    "cluster_no_room": Wording(
        "the Ray cluster at {address} started no reader within {seconds:g} seconds", "free processors there, or leave KB_INGEST_CLUSTER empty",
        "Ray 集群在{seconds:g}秒内没有空闲的处理器", "请等集群空闲，或者清空 KB_INGEST_CLUSTER，只用本机导入",
    ),
    "cluster_failed": Wording(
        "the Ray cluster at {address} broke off the work ({cause}); the index is as it was", "look at its log, then ingest again: what was read is kept",
        "Ray 集群中断了导入，索引没有改动", "请查看集群日志后再导入一次，已读的文件不会重读",
    ),
    "cluster_other_version": Wording(
        "the machine {machine} of the cluster reads files with another version of this program or its libraries", "install the same on all machines",
        "集群中 {machine} 上的程序是另一个版本", "请在所有机器上安装同一版本",
    ),
    "cluster_other_encoder": Wording(
        "the machine {machine} of the cluster has other weights of the encoder {name}", "install the same on all machines",
        "集群中 {machine} 上的编码器 {name} 与本机不同", "请在所有机器上安装同一版本",
    ),
    # The engine that keeps words and vectors.
    "store_client_missing": Wording(
        "KB_STORE=milvus needs the client of Milvus ({cause})", "install the extra: pip install 'policy-knowledge-base[milvus]', or set KB_STORE=local",
        "没有安装 Milvus 客户端", "请安装附加组件 milvus，或者把 KB_STORE 设为 local",
    ),
    "store_absent": Wording(
        "Milvus at {uri} cannot be reached ({cause})", "start it or correct KB_MILVUS_URI and KB_MILVUS_TOKEN; nothing of the index was changed",
        "连不上检索引擎", "请检查检索引擎是否运行、地址是否正确，索引没有改动",
    ),
    "store_late": Wording(
        "Milvus at {uri} did not answer within {seconds} seconds", "look at its load, or raise KB_MILVUS_SECONDS",
        "检索引擎在{seconds}秒内没有回应", "请稍后再试",
    ),
    "store_refused": Wording(
        "Milvus at {uri} cannot do it ({cause})", "look at its log; `kb ingest` writes the collection anew", "检索引擎出错", "请稍后再试",
    ),
    "store_collection_missing": Wording(
        "there is no collection {name} at {uri}", "write it with `kb ingest --fresh PATH...`, or go back with `kb rollback`",
        "检索引擎里没有这个索引", "请用 kb ingest --fresh 重新导入，或者用 kb rollback 退回",
    ),
    "store_other_schema": Wording(
        "the collection {name} has the fields {found}, this program reads {wanted} and one of vectors", "write it again with `kb ingest --fresh PATH...`",
        "检索引擎里的索引是另一个版本建立的", "请用 kb ingest --fresh 重新导入全部文件",
    ),
    "store_other_encoder": Wording(
        "the collection {name} was built with the encoder {built}, the index with {wanted}", "write it again with `kb ingest --fresh PATH...`",
        "检索引擎里的向量是用另一个编码器做的", "请用 kb ingest --fresh 重新导入全部文件",
    ),
    "store_dimensions": Wording(
        "the vectors of the collection {name} have {found} dimensions, those of the encoder {wanted}", "write it again with `kb ingest --fresh PATH...`",
        "检索引擎里的向量是{found}维，编码器是{wanted}维", "请用 kb ingest --fresh 重新导入全部文件",
    ),
    "snapshot_file_missing": Wording("missing", _BACK, "快照缺少一个文件", _BACK_ZH),
    "snapshot_file_unreadable": Wording("cannot be read ({cause})", _BACK, "快照的一个文件读不了", _BACK_ZH),
    "snapshot_file_cut": Wording(
        "{found} bytes, the manifest says {wanted}", _BACK, "快照的一个文件长度不对（{found} 字节，应为 {wanted} 字节）", _BACK_ZH
    ),
    "snapshot_file_changed": Wording(
        "changed since it was written (checksum differs)", _BACK, "快照的一个文件在写入之后改动过", _BACK_ZH
    ),
    "snapshot_broke_in_use": Wording(
        "{cause}: files of the snapshot were changed or cut while it was served",
        "the last good snapshot takes its place; build the index anew with `kb ingest`",
        "正在使用的快照损坏了", "改用上一个完好的快照，请用 kb ingest 重新建立索引",
    ),
    # Either says first, by a sentence of its own, what is damaged.
    "index_with_good_snapshot": Wording(
        "{damage}", "the last good snapshot is {good}", "{damage_zh}最近一个完好的快照是 {good}", "可以用 kb rollback 退回"
    ),
    "index_without_good_snapshot": Wording(
        "{damage}", "no snapshot is whole", "{damage_zh}没有一个快照是完好的", "请用 kb ingest --fresh 重新建立索引"
    ),
    "records_broken": Wording(
        "{cause}", "go back to the last good snapshot with `kb rollback`", "快照里的文件记录损坏", "请用 kb rollback 退回上一个完好的快照"
    ),
    "lexical_broken": Wording("{cause}", _AGAIN, "快照里的全文索引损坏", _AGAIN_ZH),
    "vectors_broken": Wording("not a FAISS index", _AGAIN, "快照里的向量索引损坏", _AGAIN_ZH),
    # Encoders, rerankers and the reader.
    "model_config_unreadable": Wording("{cause}", _RESTORE, "打不开模型的设置文件", _RESTORE_ZH),
    "model_config_not_json": Wording("not JSON ({cause})", _RESTORE, "模型的设置文件不是 JSON", _RESTORE_ZH),
    "model_other_format": Wording(
        "format is {found!r}, this version reads {wanted!r}", _RESTORE, "模型的格式是 {found}，本程序读 {wanted}", _RESTORE_ZH
    ),
    "model_keys_missing": Wording(
        "the keys {keys} are missing or do not fit", _RESTORE, "模型的设置文件缺少 {keys}，或者写得不对", _RESTORE_ZH
    ),
    "model_other_kind": Wording(
        "the model is of the kind {found!r}, wanted is {wanted!r}", "name another folder", "这个模型的种类是 {found}，需要的是 {wanted}", "请另选一个文件夹"
    ),
    "model_other_body": Wording(
        "made for the states of another encoder than the one in {body}", "train it anew with `python -m evals.training.fact_training`",
        "它不是为 {body} 里的编码器训练的", "请用 python -m evals.training.fact_training 重新训练，或者重新安装本软件包",
    ),
    "model_pieces_missing": Wording(
        "its pieces are not in {folder}", "copy kb/models/pieces to there, or name its folder after `pieces` in this file",
        "模型的词表不在它的设置所指的地方", "请把 kb/models/pieces 复制到那里，或者在设置文件的 pieces 一项写上词表所在的文件夹",
    ),
    "model_weights_unreadable": Wording("{cause}", _RESTORE, "打不开模型的权重文件", _RESTORE_ZH),
    "model_weights_damaged": Wording(
        "the weights are damaged (checksum {found}, expected {wanted})", _RESTORE, "模型的权重文件损坏（校验码 {found}，应为 {wanted}）", _RESTORE_ZH
    ),
    "model_not_loaded": Wording("cannot be loaded: {cause}", _RESTORE, "模型加载不了", _RESTORE_ZH),
    "encoder_shape": Wording(
        "shape {found}, but {file_name} says {wanted}", _RESTORE, "编码器权重的大小是 {found}，{file_name} 写的是 {wanted}", _RESTORE_ZH
    ),
    "encoder_other_analyzer": Wording(
        "trained for the analyzer {found!r}, this version has {wanted!r}", _RESTORE, "编码器按另一个分词版本训练（{found}，本程序是 {wanted}）", _RESTORE_ZH
    ),
    "encoder_unnamed": Wording(
        "encoder name is empty", "give {embedded!r}, a folder or a sentence-transformers name",
        "没有写编码器的名称", "请给出 {embedded}、文件夹，或者 sentence-transformers 的模型名称",
    ),
    "encoder_missing": Wording(
        "the {name} encoder is missing", "install the package again", "缺少编码器 {name}", "请重新安装本软件包"
    ),
    "encoder_needs_package": Wording(
        "encoder {name!r} needs sentence-transformers (the extra [models]): {cause}", _ENCODER,
        "编码器 {name} 需要 sentence-transformers（附加项 [models]）", _ENCODER_ZH,
    ),
    "encoder_not_loaded": Wording("encoder {name!r} cannot be loaded: {cause}", _ENCODER, "编码器 {name} 加载不了", _ENCODER_ZH),
    "encoder_knows_no_chinese": Wording(
        "encoder {name}: the self-test failed, it does not find a planted Chinese phrase; it may know no Chinese", "set KB_ENCODER=embedded",
        "编码器 {name} 没有通过自检，可能不认识中文", "请改用内置编码器（KB_ENCODER=embedded）",
    ),
    "lexical_arm_blind": Wording(
        "the lexical arm failed its self-test: it does not find a planted Chinese phrase", "install the package again",
        "全文检索没有通过自检", "请重新安装本软件包",
    ),
    "reranker_needs_package": Wording(
        "reranker {name!r} needs sentence-transformers (the extra [models]): {cause}", _RERANKER,
        "重排模型 {name} 需要 sentence-transformers（附加项 [models]）", _RERANKER_ZH,
    ),
    "reranker_not_loaded": Wording("reranker {name!r} cannot be loaded: {cause}", _RERANKER, "重排模型 {name} 加载不了", _RERANKER_ZH),
    # A language model.
    "language_model_endless": Wording(
        "{model}: wrote more than {most} characters; it does not stop", _OTHER_MODEL, "语言模型写了{most}个字还没有停", _OTHER_MODEL_ZH
    ),
    "language_model_late": Wording(
        "{model}: not done after {seconds:g} seconds", _OTHER_MODEL, "语言模型{seconds:g}秒还没有写完", _OTHER_MODEL_ZH
    ),
    "language_model_broken_off": Wording("{model}: {kind}: {cause}", _OTHER_MODEL, "语言模型中断了", _OTHER_MODEL_ZH),
    "language_model_silent": Wording("{model}: an empty reply", _OTHER_MODEL, "语言模型什么也没有写", _OTHER_MODEL_ZH),
    "model_found_too_little": Wording(
        "the model found the passages insufficient", "the quoted answer stands", "语言模型认为材料不足", "仍用引文作答"
    ),
    "too_little_holds": Wording(
        "{held} of {seen} sentences of the model hold", "the quoted answer stands", "语言模型写的{seen}句里只有{held}句有依据", "仍用引文作答"
    ),
    # The service.
    "port_no_number": Wording(
        "port {port}: not a port number", "choose one from 1 to 65535 with --port", "端口 {port} 不对", "请用 --port 给出 1 到 65535 之间的数"
    ),
    "port_in_use": Wording(
        "port {port} on {host} is in use", "stop the program that has it or choose another with --port",
        "{host} 的端口 {port} 已被占用", "请停止占用它的程序，或者用 --port 另选一个",
    ),
    "port_not_permitted": Wording(
        "port {port} on {host}: not permitted", "choose one above 1023 with --port", "没有权限使用 {host} 的端口 {port}", "请用 --port 选 1023 以上的"
    ),
    "port_refused": Wording(
        "port {port} on {host}: {cause}", "choose another with --port", "不能使用 {host} 的端口 {port}", _OTHER_PORT_ZH
    ),
    "host_unknown": Wording(
        "host {host!r}: no such address on this machine", "use --host 127.0.0.1", "本机没有地址“{host}”", "请用 --host 127.0.0.1"
    ),
    "host_elsewhere": Wording(
        "host {host!r}: not an address of this machine", "use --host 127.0.0.1", "“{host}”不是本机的地址", "请用 --host 127.0.0.1"
    ),
    "database_not_opened": Wording(
        "KB_DATABASE_URL: the database cannot be opened ({cause})",
        "give sqlite:////PATH/FILE in a folder that can be written, or postgresql://USER:PASSWORD@HOST/NAME",
        "KB_DATABASE_URL 所指的数据库打不开", "请给出可以写入的 sqlite:////路径/文件，或者 postgresql://用户:密码@主机/库名",
    ),
    "database_missing": Wording(
        "there is no database of the service here", "name the index of the service with --index, or its database with KB_DATABASE_URL",
        "这里没有服务的数据库", "请用 --index 指明服务所用的索引目录，或者用 KB_DATABASE_URL 指明它的数据库",
    ),
    "database_newer": Wording(
        "KB_DATABASE_URL: the database is of a later version (form {found}, this version knows {known})",
        "install that version of the program again, or `kb restore` a backup of this one into an empty database",
        "KB_DATABASE_URL 所指的数据库是更新的版本写的（数据库为 {found}，本程序只到 {known}）", "请重新安装那个版本的程序，或者把本版本的备份用 kb restore 恢复到空的数据库",
    ),
    # Backup and restore.
    "backup_there": Wording(
        "there is something of this name already", "move it away or choose another name", "这个名称的文件已经存在", "请先移走，或者换一个名称"
    ),
    "backup_not_written": Wording(
        "the backup cannot be written ({cause})", "choose another place or make room", "备份写不进去", "请换一个位置，或者腾出磁盘空间"
    ),
    "backup_missing": Wording(
        "there is no backup here", "give a file that `kb backup` wrote", "这里没有备份文件", "请给出 kb backup 写成的文件"
    ),
    "backup_none": Wording(
        "not a whole backup ({cause})", "give another file that `kb backup` wrote", "这不是完整的备份", "请给出 kb backup 写成的另一个文件"
    ),
    "backup_damaged": Wording(
        "{part} is damaged, missing or none of its files", "give another backup", "备份中的“{part}”损坏或者缺失", "请改用另一份备份"
    ),
    "restore_index_there": Wording(
        "an index is here already", "move it away or choose another folder with --index", "这里已经有索引", "请先移走，或者用 --index 另选一个文件夹"
    ),
    "restore_database_there": Wording(
        "the database holds rows already (table {name})", "move its file away or name an empty one with KB_DATABASE_URL",
        "数据库里已经有内容（{name} 表）", "请先移走，或者用 KB_DATABASE_URL 给出空的数据库",
    ),
    "restore_not_written": Wording(
        "the backup cannot be put here ({cause})", "make room or correct the permissions of the folder", "备份恢复不了", "请检查磁盘空间和写入权限"
    ),
    # The audit record.
    "audit_entry_changed": Wording(
        "audit entry {number} was changed", _OTHER_AUDIT, "审计记录第 {number} 条被改动过", _OTHER_AUDIT_ZH
    ),
    "audit_entry_replaced": Wording(
        "audit entry {number} is another one than was written", _OTHER_AUDIT, "审计记录第 {number} 条不是当时写下的那一条", _OTHER_AUDIT_ZH
    ),
    "audit_entry_unlinked": Wording(
        "audit entry {number} does not follow entry {before}: one of them was replaced, inserted or moved", _OTHER_AUDIT,
        "审计记录第 {number} 条与第 {before} 条接不上，其中一条被替换、插入或者移动过", _OTHER_AUDIT_ZH,
    ),
    "audit_entries_missing": Wording(
        "audit entries {first} to {last} are missing", _OTHER_AUDIT, "审计记录第 {first} 至 {last} 条缺失", _OTHER_AUDIT_ZH
    ),
    "audit_entries_foreign": Wording(
        "audit entries {first} to {last} were not written by the service", _OTHER_AUDIT,
        "审计记录第 {first} 至 {last} 条不是服务写下的", _OTHER_AUDIT_ZH,
    ),
    "audit_anchor_unreadable": Wording(
        "{shown!r} is no anchor", "give NUMBER or NUMBER:CHECKSUM as `kb audit verify` or `kb backup` printed it",
        "“{shown}”不是锚点", "请照 kb audit verify 或 kb backup 打印的样子写，即 序号 或 序号:校验和",
    ),
    "audit_anchor_dropped": Wording(
        "audit entry {number} is kept no longer: those up to {last} have expired", "give a later anchor",
        "审计记录第 {number} 条已过保存期，第 {last} 条及以前的都不再保存", "请给出更晚的锚点",
    ),
    "audit_not_written": Wording(
        "the audit record cannot be written ({cause})", "make room on the disk of the database or look at its server",
        "审计记录写不进去", "请检查磁盘空间和数据库服务",
    ),
    "audit_days_few": Wording(
        "KB_AUDIT_DAYS {shown}: too short", "give at least {least}, or 0 to keep the audit record for good",
        "KB_AUDIT_DAYS 的值“{shown}”太小", "请给出 {least} 以上的天数，或者用 0 表示一直保存",
    ),
    "database_failed": Wording(
        "the database does not answer ({cause})", "make room on its disk or look at its server",
        "数据库没有响应", "请检查磁盘空间和数据库服务",
    ),
    "storage_not_writable": Wording(
        "the disk takes nothing ({cause})", "make room beside the index or correct its permissions", "磁盘写不进去", "请检查磁盘空间和写入权限"
    ),
    "disk_full": Wording(
        "{room} MiB are left beside the index, changes of it need {needed}", "make room on the disk", "磁盘快满了，新的文件收不进来", "请腾出磁盘空间"
    ),
    "disk_read_only": Wording(
        "the folder of the index is on a file system that is read-only now", "look at the disk, then mount it to be written",
        "磁盘变成了只读，新的文件收不进来", "请检查磁盘",
    ),
    "answers_too_many": Wording(
        "too many questions are asked at once, one more would wait {seconds:.1f} seconds",
        "ask again later; KB_CONCURRENT_ANSWERS and KB_LONGEST_WAIT set how many are taken",
        "现在使用的人太多", "请稍等一会儿再试",
    ),
    "pictures_too_many": Wording(
        "too many page pictures are asked for at once", "try again", "同时要看的页面图像太多", "请稍后再试"
    ),
}  # fmt: skip
