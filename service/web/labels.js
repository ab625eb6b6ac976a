/** The words that people read for the names that programs use. */

import { el } from "./dom.js";

export const STATUS = {
  in_force: "现行有效", trial: "试行", planned: "计划出台", draft: "征求意见稿", expired: "已失效",
  repealed: "已废止", superseded: "已被替代", unknown: "效力未注明",
};
export const LEVEL = { national: "国家", provincial: "省级", municipal: "市级", district: "区县" };
export const DISCLOSURE = { public: "主动公开", on_request: "依申请公开", withheld: "不予公开" };
export const RELATION = {
  implements: "落实", implemented_by: "由其落实", details: "细化", detailed_by: "由其细化",
  basis_of: "是其依据", based_on: "依据", cites: "引用", cited_by: "被其引用", supersedes: "替代",
  superseded_by: "被其替代", continues: "延续", continued_by: "由其延续", upgrades: "升级自", upgraded_by: "升级为",
  follows: "承接", followed_by: "由其承接", supports: "支持", supported_by: "由其支持", companion_of: "配套文件",
  related: "相关文件",
};
export const REFUSAL = {
  no_evidence: "没有找到依据",
  weak_evidence: "依据不够充分",
  out_of_scope: "不在资料范围内",
  expired: "只找到已失效的规定",
  conflicting: "规定之间不一致",
  needs_clarification: "请再说明一下",
  not_permitted: "这部分内容不对外公开",
};

const TONE = {
  in_force: "good", trial: "note", planned: "note", draft: "note", expired: "bad", repealed: "bad", superseded: "bad",
};

/** Write 2024-10-17, 2024-10 or 2024 as an official text does. */
export function formatDate(iso) {
  const [year, month, day] = iso.split("-").map(Number);
  return `${year}年${month ? `${month}月` : ""}${day ? `${day}日` : ""}`;
}

/** Make the badge of a document's validity. */
export function statusBadge(status) {
  return el("span", { class: `badge ${TONE[status] ?? ""}` }, STATUS[status] ?? status);
}

/** Make the badge of a text that is a digest and not the official one. */
export function digestBadge() {
  return el("span", { class: "badge warn", title: "根据公开资料整理的摘要，以正式文本为准" }, "摘要");
}

/** Make the badges of a document: validity, level, and whether its text is only a digest. */
export function badges(doc) {
  return el(
    "p",
    { class: "badges" },
    statusBadge(doc.status),
    doc.level && el("span", { class: "badge" }, LEVEL[doc.level]),
    doc.kind === "digest" && digestBadge(),
    doc.kind === "response" && el("span", { class: "badge" }, "提案答复"),
  );
}

/** List the data of a document that are known, as pairs of name and value. */
export function facts(doc) {
  return [
    ["文号", doc.doc_no],
    ["发布机构", doc.issuers.join("、")],
    ["成文日期", doc.issued && formatDate(doc.issued)],
    ["施行日期", doc.effective && formatDate(doc.effective)],
    ["失效日期", doc.expires && formatDate(doc.expires)],
    ["提案号", doc.proposal_no],
    ["索引号", doc.index_no],
    ["适用地区", doc.region],
    ["公开方式", DISCLOSURE[doc.disclosure]],
    ["主题", doc.topics.join("、")],
  ].filter(([, value]) => value);
}
