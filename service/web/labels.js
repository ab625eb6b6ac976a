/** The words that people read for the names that programs use. */

import { el } from "./dom.js";
import { language, t } from "./texts.js";

export const STATUS = {
  in_force: t("现行有效"), trial: t("试行"), planned: t("计划出台"), draft: t("征求意见稿"), expired: t("已失效"),
  repealed: t("已废止"), superseded: t("已被替代"), unknown: t("效力未注明"),
};
export const LEVEL = { national: t("国家"), provincial: t("省级"), municipal: t("市级"), district: t("区县") };
export const DISCLOSURE = { public: t("主动公开"), on_request: t("依申请公开"), withheld: t("不予公开"), unstated: t("待发布") };
export const RELATION = {
  implements: t("所落实的文件"), implemented_by: t("落实本文件"), details: t("所细化的文件"), detailed_by: t("细化本文件"),
  amends: t("所修改的文件"), amended_by: t("修改本文件"), basis_of: t("以本文件为依据"), based_on: t("上位依据"), cites: t("被引用文件"), cited_by: t("引用本文件"),
  supersedes: t("所替代的文件"), superseded_by: t("替代本文件"), continues: t("所延续的文件"), continued_by: t("延续本文件"), upgrades: t("升级前的文件"), upgraded_by: t("升级后的文件"),
  follows: t("所承接的文件"), followed_by: t("后续文件"), supports: t("所支持的文件"), supported_by: t("支持本文件"), companion_of: t("配套文件"),
  related: t("相关文件"),
};
export const REFUSAL = {
  no_evidence: t("没有找到依据"),
  weak_evidence: t("依据不够充分"),
  out_of_scope: t("可能不在资料范围内"),
  expired: t("最符合的文件已失效"),
  conflicting: t("规定之间不一致"),
  needs_clarification: t("请再说明一下"),
  not_permitted: t("这部分内容不对外公开"),
};

export const DOUBT = {
  confidence: t("扫描页识别得没有把握"), character: t("认不出的字"), order: t("可能不是原来的先后顺序"), headless: t("表格没有认出表头"), gap: t("条号不连续，前面可能漏读"),
};
export const UNREAD = {
  attachment: t("附带的文件"), embedded: t("嵌入的文件"), picture: t("图片"), drawing: t("图形里的文字"), chart: t("图表"), formula: t("没有存下结果的公式"),
  comment: t("批注"), hidden: t("隐藏的内容"), annotation: t("注释"), page: t("没有认出文字的页"), character: t("认不出的字（以〓代替）"), part: t("读不了的部分"), correction: t("对不上、没有用上的人工更正"), furniture: t("页眉、页脚和网页导航"),
};

/** OCR that is less sure of a page wants a look. */
export const LOW_CONFIDENCE = 0.9;

const TONE = {
  in_force: "good", trial: "note", planned: "note", draft: "note", expired: "bad", repealed: "bad", superseded: "bad",
};

/** Write 2024-10-17, 2024-10 or 2024 as an official text does. */
export function formatDate(iso) {
  if (language === "en") return iso;
  const [year, month, day] = iso.split("-").map(Number);
  return `${year}年${month ? `${month}月` : ""}${day ? `${day}日` : ""}`;
}

/** Write a title in its marks, a title within it in the small ones. @param {string} title */
export function titled(title) {
  return "《".concat(title.replaceAll("《", "〈").replaceAll("》", "〉"), "》");
}

/** Name an edition of a law by its days. */
export function editionName({ begins, ends }) {
  const from = begins ? t("{day}起", { day: formatDate(begins) }) : t("日期不详");
  return ends ? `${from}，${t("至{day}", { day: formatDate(ends) })}` : from;
}

/** Make the badge of a document's validity. */
export function statusBadge(status) {
  return el("span", { class: `badge ${TONE[status] ?? ""}` }, STATUS[status] ?? status);
}

/** Make the badge of a text that is a digest and not the official one. */
export function digestBadge() {
  return el("span", { class: "badge warn", title: t("根据公开资料整理的摘要，以正式文本为准") }, t("摘要"));
}

/** Make the badge of a text that was put together of a law and what amends it. */
export function consolidatedBadge() {
  return el("span", { class: "badge warn", title: t("按修改决定整理的文本，以正式公布的文本为准") }, t("整理文本"));
}

/** Make the badge of words that OCR read with doubt. */
export function doubtfulBadge(confidence) {
  return el("span", { class: "badge warn", title: t("扫描件由机器识别，可能有错字，请核对原件") }, t("识别把握 {share}，请核对原件", { share: formatShare(confidence) }));
}

/** Whether OCR was not sure of what is quoted, as the service reckons it. */
export function isDoubtful({ confidence = null }) {
  return confidence !== null && confidence < LOW_CONFIDENCE;
}

/** Make the badge of a text in which staff put words right; none where they did not. */
export function correctedBadge(count) {
  return count > 0 && el("span", { class: "badge note", title: t("工作人员对照原件改正过机器识读的文字") }, t("{count} 处经人工更正", { count }));
}

/** Make the badge of what a digest tells of the world and not of its document. */
export function backgroundBadge() {
  return el("span", { class: "badge warn", title: t("不是文件条文，来源见摘要依据") }, t("背景情况"));
}

/** Make the badges of a document: validity, level, and whether its text is only a digest or put together. */
export function badges(doc) {
  return el(
    "p",
    { class: "badges" },
    statusBadge(doc.status),
    doc.level && el("span", { class: "badge" }, LEVEL[doc.level]),
    doc.kind === "digest" && digestBadge(),
    doc.is_consolidated && consolidatedBadge(),
    correctedBadge(doc.corrected),
    doc.disclosure === "unstated" && el("span", { class: "badge warn" }, t("待发布")),
    doc.kind === "response" && el("span", { class: "badge" }, t("提案答复")),
  );
}

/** List the data of a document that are known, as pairs of name and value. */
export function facts(doc) {
  return [
    [t("文号"), doc.doc_no],
    [t("发布机构"), doc.issuers.join("、")],
    [t("成文日期"), doc.issued && formatDate(doc.issued)],
    [t("施行日期"), doc.effective && formatDate(doc.effective)],
    [t("修改日期"), doc.amended && formatDate(doc.amended)],
    [t("失效日期"), doc.expires && formatDate(doc.expires)],
    [t("提案号"), doc.proposal_no],
    [t("索引号"), doc.index_no],
    [t("适用地区"), doc.region],
    [t("公开方式"), DISCLOSURE[doc.disclosure]],
    [t("主题"), doc.topics.join("、")],
    [t("摘要依据"), doc.compiled_from.length > 0 && drawOrigins(doc.compiled_from)],
  ].filter(([, value]) => value);
}

/** List what a digest was compiled from, its addresses as links. */
function drawOrigins(origins) {
  const items = origins.map((origin) => {
    const [, name, address] = /^(.*?)\s*(https?:\/\/\S+)?$/s.exec(origin);
    return el("li", {}, address ? el("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, name) : name);
  });
  return el("ul", { class: "origins" }, ...items);
}

/** Write a share from 0 to 1 in per cent, never 100 where something is missing. */
export function formatShare(share) {
  return `${Math.floor(share * 1000) / 10}%`;
}

/** Make the badge that says how surely a document was read; none where an older index does not know. */
export function certaintyBadge(certainty) {
  if (certainty === null) return null;
  const tone = certainty >= 0.99 ? "good" : certainty >= 0.9 ? "note" : "bad";
  return el("span", { class: `badge ${tone}`, title: t("读到的文字里有把握的比例") }, t("识读把握 {share}", { share: formatShare(certainty) }));
}

/** Make the badge that says how much the file holds beyond its text; none where it holds nothing. */
export function unreadBadge(count) {
  return count > 0 && el("span", { class: "badge warn", title: t("图片、附件等没有读成文字的内容") }, t("{count} 处没有读进正文", { count }));
}
