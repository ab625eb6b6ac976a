/** A question about one's own right to something: the verdicts for what it tells, and the way to the page for more. */

import { consult } from "./api.js";
import { el } from "./dom.js";
import { t } from "./texts.js";

const PERSONAL = /我|本人|老伴|爸|妈/;
const RIGHT = /能|可以|符合|享受|资格|够条件|有没有份/;
const SHOWN = 3;

/** @param {string} question @returns {Promise<HTMLElement|null>} */
export async function personalVerdicts(question) {
  if (!PERSONAL.test(question) || !RIGHT.test(question)) return null;
  const told = await consult({ facts: {}, text: question, applicant: null, benefit: null });
  if (!told.readings.some((one) => one.certain)) return null;
  const met = told.benefits.filter((one) => one.verdict === "eligible").slice(0, SHOWN);
  const known = told.readings.filter((one) => one.certain).map((one) => `${one.name}${one.words}`).join("、");
  const rows = met.map((one) => {
    const leaf = firstDeciding(one.conditions);
    return el("li", {}, t("符合：{title}", one), leaf && el("a", { href: leaf.url }, `　${t("依据：{reference}", leaf)}`));
  });
  return el("section", { class: "panel", "aria-label": t("按您说的情况") },
    el("p", {}, t("按您说的情况（{known}）计算：", { known })), el("ul", {}, ...rows),
    el("a", { href: "/eligibility" }, t("到“政策匹配”逐项核对")));
}

function firstDeciding(node) {
  if (node.kind === "condition") return node.decides ? node : null;
  return node.parts.map(firstDeciding).find(Boolean) ?? null;
}
