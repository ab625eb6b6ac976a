/** The page of two editions of a law side by side: ?with=doc_id names the other one, the one before where it is left out. */

import { fetchComparison } from "./api.js";
import { drawPieces } from "./changes.js";
import { el, inSlices } from "./dom.js";
import { editionName } from "./labels.js";
import { below, documentLanguage, t } from "./texts.js";

const HANDFUL = 60;
const OLDER = t("旧版本"), NEWER = t("新版本");
const CHANGE = { same: t("未改"), changed: t("修改"), added: t("增加"), deleted: t("删去") };
const page = document.getElementById("comparison");
const docId = decodeURIComponent(location.pathname.split("/").at(-2));

async function open() {
  page.setAttribute("aria-busy", "true");
  try {
    const compared = await fetchComparison(docId, new URLSearchParams(location.search).get("with"));
    document.title = `${t("版本对照")} · ${compared.after.title} · ${t("政策知识库")}`;
    draw(compared);
  } catch (error) {
    page.replaceChildren(
      el("h1", {}, t("版本对照")),
      el("p", { class: "panel bad", role: "alert" }, error.message),
      el("p", {}, el("a", { href: `/documents/${encodeURIComponent(docId)}` }, t("打开整份文件"))),
    );
  } finally {
    page.removeAttribute("aria-busy");
  }
}

function draw(compared) {
  const { before, after, counts } = compared;
  const body = el("tbody", { lang: documentLanguage });
  const only = el("input", { type: "checkbox", checked: true, onchange: () => fill() });
  const word = el("a", { class: "button", download: "" }, t("导出 Word"));
  const fill = () => {
    const query = new URLSearchParams({ with: before.doc_id, only_changed: String(only.checked) });
    word.href = below(`/api/documents/${encodeURIComponent(after.doc_id)}/comparison.docx?${query}`);
    const rows = compared.articles.filter((one) => !only.checked || one.change !== "same");
    body.replaceChildren();
    const handfuls = [];
    for (let at = 0; at < rows.length; at += HANDFUL) handfuls.push(rows.slice(at, at + HANDFUL));
    const filled = String(only.checked);
    body.dataset.filled = filled; // a fuller table that is still being drawn stops
    inSlices(handfuls, (some) => {
      if (body.dataset.filled !== filled) return false;
      body.append(...some.map(drawRow));
      return true;
    });
  };
  page.replaceChildren(
    el("header", { class: "document-head" }, el("h1", { lang: documentLanguage }, after.title)),
    el("form", { class: "filters two-editions", onsubmit: (event) => event.preventDefault() }, choice(OLDER, compared, before), choice(NEWER, compared, after), el("label", { class: "check" }, only, t("只看有改动的条文")), word),
    el("p", { class: "quiet", role: "status" }, Object.entries(CHANGE).filter(([name]) => counts[name]).map(([name, said]) => `${said} ${counts[name]}`).join("，")),
    el("div", { class: "table-frame", tabindex: "0", role: "region", "aria-label": t("版本对照") },
      el("table", { class: "comparison" },
        el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t("变化")), heading(OLDER, before), heading(NEWER, after))),
        body)),
  );
  fill();
}

function heading(name, edition) {
  return el("th", { scope: "col", "data-edition": name }, el("a", { href: edition.url }, editionName(edition)));
}

/** Let one of the two editions be exchanged for another; the address tells which are compared. */
function choice(name, { before, after, editions }, chosen) {
  const other = chosen === before ? after : before;
  const offered = editions.filter((edition) => edition.doc_id !== other.doc_id);
  const select = el("select", { onchange: () => location.assign(below(`/documents/${encodeURIComponent(select.value)}/comparison?${new URLSearchParams({ with: other.doc_id })}`)) },
    ...offered.map((edition) => el("option", { value: edition.doc_id, selected: edition.doc_id === chosen.doc_id }, editionName(edition))));
  return el("label", {}, el("span", { class: "quiet" }, name), select);
}

function drawRow({ change, before, after }) {
  const side = (name, told, mark) => el("td", { "data-edition": name }, ...(told ? drawPieces(told.pieces, mark) : [el("span", { class: "quiet" }, "—")]));
  return el("tr", { class: change }, el("th", { scope: "row" }, CHANGE[change]), side(OLDER, before, "del"), side(NEWER, after, "ins"));
}

open();
