/** The page at /documents: the register of what is in the knowledge base. */

import { fetchDocuments, fetchFigures, isStaff } from "./api.js";
import { el } from "./dom.js";
import { badges, certaintyBadge, formatDate, LEVEL, STATUS, unreadBadge } from "./labels.js";
import { below, documentLanguage, t } from "./texts.js";

const PAGE_SIZE = 50;
const PAUSE_MS = 150;
const INDENT = "\u3000"; // before a topic that stands under another; lists drop common spaces

const filters = /** @type {HTMLFormElement} */ (document.getElementById("filters"));
const register = document.getElementById("register");
const count = document.getElementById("count");
const more = document.getElementById("more");
const clear = document.getElementById("clear");
const figures = /** @type {HTMLDetailsElement} */ (document.getElementById("figures"));
const EXPORTS = ["xlsx", "csv"].map((kind) => ({ kind, link: /** @type {HTMLAnchorElement} */ (document.getElementById(kind)) }));
const WORDS = { level: (value) => LEVEL[value], status: (value) => STATUS[value], year: (value) => t("{year}年", { year: value }) };

let page = 1;
let staff = false;
let latest = 0;
let latestFigures = 0;
let timer = 0;

filters.addEventListener("submit", (event) => {
  event.preventDefault();
  show();
});
filters.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(show, PAUSE_MS);
});
filters.addEventListener("reset", () => setTimeout(show)); // once the fields are empty
more.addEventListener("click", () => load(page + 1));
figures.addEventListener("toggle", drawFigures);

function show() {
  const chosen = chosenFilters();
  history.replaceState(null, "", chosen.size ? `?${chosen}` : location.pathname);
  load(1);
}

async function load(wanted) {
  const mine = ++latest;
  register.setAttribute("aria-busy", "true");
  const query = chosenFilters();
  for (const { kind, link } of EXPORTS) link.href = below(`/api/register.${kind}${query.size ? `?${query}` : ""}`);
  query.set("page", wanted);
  query.set("page_size", String(PAGE_SIZE));
  try {
    const [found, known] = await Promise.all([fetchDocuments(query), isStaff().catch(() => false)]);
    staff = known;
    if (mine !== latest) return; // a newer filter was chosen meanwhile
    page = wanted;
    const rows = found.items.map(drawRow);
    if (wanted === 1) register.replaceChildren(...rows);
    else {
      register.append(...rows);
      rows[0]?.querySelector("a").focus(); // the button goes with the last page
    }
    count.textContent = found.total ? t("共 {count} 份文件", { count: found.total }) : t("没有符合条件的文件。");
    drawChoices(found.facets);
    more.hidden = wanted * PAGE_SIZE >= found.total;
    if (wanted === 1) drawFigures();
  } catch (error) {
    if (mine !== latest) return;
    const again = el("button", { type: "button", class: "plain", onclick: () => load(wanted) }, t("重试"));
    count.replaceChildren(el("span", { class: "panel bad row" }, el("span", {}, error.message), again));
  } finally {
    if (mine === latest) register.removeAttribute("aria-busy");
  }
}

/** Offer in every list what would leave something, and how much. */
function drawChoices(facets) {
  for (const [name, values] of Object.entries(facets)) {
    const select = /** @type {HTMLSelectElement} */ (filters.elements.namedItem(name));
    const chosen = select.value;
    const offered = values.some(({ value }) => value === chosen) || !chosen ? values : [...values, { value: chosen, count: 0 }];
    const options = offered.map(({ value, count: left, under }) => el("option", { value, lang: documentLanguage }, `${under ? INDENT : ""}${WORDS[name]?.(value) ?? value}（${left}）`));
    select.replaceChildren(select.options[0], ...options);
    select.value = chosen;
  }
  const chosen = chosenFilters();
  chosen.delete("sort"); // an order leaves nothing out
  clear.hidden = chosen.size === 0;
}

function drawRow(doc) {
  const told = [doc.doc_no, doc.issuers.join("、"), doc.issued && formatDate(doc.issued)].filter(Boolean).join(" · ");
  return el("li", {}, el("a", { href: doc.url, lang: documentLanguage }, doc.title), el("p", { class: "quiet", lang: documentLanguage }, told), badges(doc), staff && drawCertainty(doc));
}

/** Draw the charts of what is listed, once they are wanted; without them the list is still there. */
async function drawFigures() {
  if (!figures.open) return;
  const mine = ++latestFigures;
  const chosen = chosenFilters();
  chosen.delete("sort");
  const drawn = await fetchFigures(chosen).then(drawCharts, (error) => [el("p", { class: "panel bad", role: "alert" }, error.message)]);
  if (mine !== latestFigures) return; // other filters were chosen meanwhile
  figures.replaceChildren(figures.querySelector("summary"), el("div", { class: "charts" }, ...drawn));
}

function drawCharts({ issued, expiring }) {
  const years = issued.rows.map(({ year, before, count }) => [before ? t("{year}年以前", { year }) : t("{year}年", { year }), String(count)]);
  const ends = expiring.rows.map(({ title, expires, url }) => [el("a", { href: url, lang: documentLanguage }, title), formatDate(expires)]);
  return [
    drawFigure(t("各年发文数量"), issued.chart, t("没有载明成文日期的文件。"), [t("成文年份"), t("份数")], years),
    drawFigure(t("两年内到期的文件"), expiring.chart, t("两年内没有文件到期。"), [t("文件"), t("有效期至")], ends),
  ];
}

/** A chart is a picture without words for screen readers: its table, which everybody can open, has them. */
function drawFigure(caption, chart, nothing, heads, rows) {
  const picture = chart && el("img", { alt: "", src: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(chart)}` });
  const head = el("tr", {}, ...heads.map((name) => el("th", { scope: "col" }, name)));
  const body = rows.map(([name, value]) => el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, value)));
  const table = el("div", { class: "table-frame", tabindex: "0", role: "region", "aria-label": caption }, el("table", {}, el("thead", {}, head), el("tbody", {}, ...body)));
  return el("figure", {}, el("figcaption", {}, caption), picture || el("p", { class: "quiet" }, nothing), rows.length > 0 && el("details", {}, el("summary", {}, t("查看数据表")), table));
}

/** Tell staff how surely a document was read, with the way to what was read. */
function drawCertainty(doc) {
  const badge = certaintyBadge(doc.certainty);
  return badge && el("a", { class: "certainty", href: `${doc.url}/reading` }, badge, unreadBadge(doc.unread));
}

function chosenFilters() {
  return new URLSearchParams([...new FormData(filters)].map(([name, value]) => [name, String(value)]).filter(([, value]) => value.trim()));
}

/** Take the filters from the address; a value that no document has is still shown as chosen. */
for (const [name, value] of new URLSearchParams(location.search)) {
  const field = /** @type {HTMLInputElement|HTMLSelectElement|null} */ (filters.elements.namedItem(name));
  if (!field) continue;
  if (field.tagName === "SELECT") field.append(el("option", { value }, value));
  field.value = value;
}
figures.open = matchMedia("(min-width: 55.01rem)").matches; // on a phone the list comes first
load(1);
