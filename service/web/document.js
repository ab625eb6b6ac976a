/** The page of one document: its data, its outline, its text; #clause_id leads to a clause. */

import { fetchDocument, followJob, isStaff, removeDocument } from "./api.js";
import { drawClauses } from "./clauses.js";
import { el } from "./dom.js";
import { badges, certaintyBadge, editionName, facts, RELATION, titled } from "./labels.js";
import { below, documentLanguage, t } from "./texts.js";

const page = document.getElementById("document");
const docId = decodeURIComponent(location.pathname.split("/").pop());

async function open() {
  try {
    const doc = await fetchDocument(docId);
    document.title = `${doc.title}${doc.kind === "digest" ? `（${t("摘要")}）` : ""} · ${t("政策知识库")}`;
    page.replaceChildren(...draw(doc));
    showClause();
    offerRemoval(doc).catch((error) => console.error(error));
  } catch (error) {
    const again = el("button", { type: "button", class: "plain", onclick: open }, t("重试"));
    page.replaceChildren(
      el("h1", {}, error.code === "not_found" ? t("没有找到这份文件") : t("文件没有打开")),
      el("p", { class: "panel bad row", role: "alert" }, el("span", {}, error.message), error.code !== "not_found" && again),
      el("p", {}, el("a", { href: "/documents" }, t("查看文件目录"))),
    );
  } finally {
    page.removeAttribute("aria-busy");
  }
}

function draw(doc) {
  const rows = facts(doc).map(([name, value]) => el("tr", {}, el("th", { scope: "row" }, name), el("td", { lang: documentLanguage }, value)));
  for (const type of new Set(doc.relations.map((relation) => relation.type))) {
    const links = doc.relations
      .filter((relation) => relation.type === type)
      .map((relation) => el("li", {}, el("a", { href: relation.url }, relation.title)));
    rows.push(el("tr", {}, el("th", { scope: "row" }, RELATION[type]), el("td", { lang: documentLanguage }, el("ul", {}, ...links))));
  }
  return [
    el("header", { class: "document-head" }, el("h1", { lang: documentLanguage }, doc.title), badges(doc)),
    doc.kind === "digest" && el("p", { class: "panel warn" }, t("这是根据公开资料整理的摘要，以正式文本为准。")),
    doc.is_consolidated && el("p", { class: "panel warn" }, t("这是系统按修改决定整理的文本，以正式公布的文本为准。")),
    el("p", {}, el("a", { href: `/?${new URLSearchParams({ doc_id: doc.doc_id })}` }, t("只在这份文件里提问"))),
    el("table", { class: "metadata" }, el("tbody", {}, ...rows)),
    doc.editions.length > 1 && drawTimeLine(doc),
    el("div", { class: "document-body" }, drawOutline(doc), el("div", { class: "document-text" }, drawClauses(doc, { anchors: true, level: 1, wanted: addressed() }))),
  ].filter(Boolean);
}

/** The editions of a law in their time, oldest first, each compared with the one before; the one on the page is no link. */
function drawTimeLine(doc) {
  const entries = doc.editions.map((edition, order) => {
    const before = doc.editions[order - 1];
    const name = edition.doc_id === doc.doc_id
      ? el("strong", { "aria-current": "true" }, editionName(edition))
      : el("a", { href: edition.url, title: edition.title }, editionName(edition));
    const compare = before && el("a", { class: "quiet", href: `/documents/${encodeURIComponent(edition.doc_id)}/comparison?${new URLSearchParams({ with: before.doc_id })}` }, t("与上一版本对照"));
    return el("li", {}, name, compare);
  });
  return el("section", { class: "time-line", "aria-labelledby": "time-line" }, el("h2", { id: "time-line" }, t("版本沿革")), el("ol", {}, ...entries));
}

/** Offer staff to publish, withdraw and delete the document; everybody else sees nothing of it. */
async function offerRemoval(doc) {
  if (!(await isStaff())) return;
  const publication = el("a", { class: "button", href: `/documents/${encodeURIComponent(doc.doc_id)}/publication` }, doc.disclosure === "unstated" ? t("核对并发布") : t("更正或撤回"));
  const said = el("span", { class: "quiet", role: "status" });
  const button = el("button", { type: "button", class: "plain danger", onclick: async () => {
    if (!confirm(t("删除{title}？删除后回答不再引用它。", { title: titled(doc.title) }))) return;
    button.disabled = true;
    said.textContent = t("正在删除…");
    try {
      await followJob(await removeDocument(doc.doc_id), () => {});
      location.assign(below("/documents"));
    } catch (error) {
      said.textContent = error.message;
      button.disabled = false;
    }
  } }, t("删除文件"));
  const reading = el("a", { href: `/documents/${encodeURIComponent(doc.doc_id)}/reading` }, t("对照原件看识读结果"));
  page.append(el("p", { class: "tools" }, publication, reading, certaintyBadge(doc.certainty), button, said));
}

function drawOutline(doc) {
  const entries = doc.clauses.filter((clause) => clause.headings.length > 0 && clause.headings.length <= 3);
  if (entries.length < 2) return null;
  const wide = matchMedia("(min-width: 55rem)").matches;
  return el(
    "details",
    { class: "outline", open: wide },
    el("summary", {}, t("目录")),
    el(
      "nav",
      { "aria-label": t("目录"), lang: documentLanguage },
      ...entries.map((clause) =>
        el("a", { href: `#${clause.id}`, class: `depth-${clause.headings.length}` }, nameOf(clause)),
      ),
    ),
  );
}

/** Give the heading of a clause, or its text where the heading is a bare number. */
function nameOf(clause) {
  const heading = clause.headings[clause.headings.length - 1];
  return heading.length > 5 ? heading : clause.text;
}

/** The id of the clause that the address names, empty where it names none. */
function addressed() {
  return decodeURIComponent(location.hash.slice(1));
}

/** Show the clause that the address names. The browser cannot: the text came after the address. */
function showClause() {
  for (const shown of page.querySelectorAll(".is-cited")) shown.classList.remove("is-cited");
  const clause = document.getElementById(addressed());
  if (!clause) return;
  clause.classList.add("is-cited");
  clause.scrollIntoView({ block: "start" });
  clause.focus({ preventScroll: true });
}

addEventListener("hashchange", showClause);
open();
