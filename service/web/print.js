/** One answer on paper: what was asked, answered and quoted, from when and from what, drawn from the record that the service keeps. */

import { fetchRecord } from "./api.js";
import { el } from "./dom.js";
import { titled } from "./labels.js";
import { documentLanguage, t } from "./texts.js";

/**
 * Print the record of an answer, and nothing else of the page.
 * @param {string} answerId
 */
export async function printRecord(answerId) {
  const sheet = draw(await fetchRecord(answerId));
  document.body.append(sheet);
  document.body.classList.add("is-printing");
  addEventListener("afterprint", () => {
    sheet.remove();
    document.body.classList.remove("is-printing");
  }, { once: true });
  print();
}

function draw({ question, about, refusal, statements, table, quotations, contacts, disclaimer }) {
  const said = (table ? statements.slice(0, 1) : statements).map(({ text, citations }) => el("p", {}, text, el("sup", {}, citations.map((number) => `[${number}]`).join(""))));
  return el("section", { class: "record", lang: documentLanguage },
    el("h1", {}, t("政策咨询记录")),
    el("h2", {}, t("问题")), el("p", {}, question),
    el("h2", {}, t("回答")), refusal && el("p", {}, refusal), ...said, table && drawTable(table),
    quotations.length > 0 && el("h2", {}, refusal ? t("最接近的材料") : t("引用的文件")),
    el("ol", {}, ...quotations.map(drawQuotation)),
    el("h2", {}, t("说明")),
    ...about.map(({ name, text }) => el("p", {}, `${name}：${text}`)),
    ...contacts.map(({ name, phone, title }) => el("p", {}, `${t("咨询电话：")}${phone} ${name}`, title && t("（{title}所列）", { title: titled(title) }))),
    el("p", {}, disclaimer),
  );
}

function drawQuotation({ number, reference, quote }) {
  return el("li", {}, el("p", {}, `[${number}] `, el("b", {}, reference)), el("blockquote", {}, quote));
}

function drawTable({ columns, rows }) {
  const head = el("tr", {}, ...[...columns, t("出处")].map((name) => el("th", { scope: "col" }, name)));
  const body = rows.map(({ cells, citations }) => el("tr", {}, ...[...cells, citations.map((number) => `[${number}]`).join("")].map((cell) => el("td", {}, cell))));
  return el("table", {}, el("thead", {}, head), el("tbody", {}, ...body));
}
