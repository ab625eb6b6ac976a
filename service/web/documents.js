/** The page at /documents: the register of what is in the knowledge base. */

import { fetchDocuments } from "./api.js";
import { el } from "./dom.js";
import { badges, formatDate } from "./labels.js";

const PAGE_SIZE = 50;
const PAUSE_MS = 150;

const filters = document.getElementById("filters");
const register = document.getElementById("register");
const count = document.getElementById("count");
const more = document.getElementById("more");

let page = 1;
let latest = 0;
let timer = 0;

filters.addEventListener("submit", (event) => {
  event.preventDefault();
  show();
});
filters.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(show, PAUSE_MS);
});
more.addEventListener("click", () => load(page + 1));

function show() {
  const chosen = chosenFilters();
  history.replaceState(null, "", chosen.size ? `?${chosen}` : location.pathname);
  load(1);
}

async function load(wanted) {
  const mine = ++latest;
  register.setAttribute("aria-busy", "true");
  const query = chosenFilters();
  query.set("page", wanted);
  query.set("page_size", PAGE_SIZE);
  try {
    const found = await fetchDocuments(query);
    if (mine !== latest) return; // a newer filter was chosen meanwhile
    page = wanted;
    const rows = found.items.map(drawRow);
    if (wanted === 1) register.replaceChildren(...rows);
    else register.append(...rows);
    count.textContent = found.total ? `共 ${found.total} 份文件` : "没有符合条件的文件。";
    more.hidden = wanted * PAGE_SIZE >= found.total;
  } catch (error) {
    if (mine !== latest) return;
    const again = el("button", { type: "button", class: "plain", onclick: () => load(wanted) }, "重试");
    count.replaceChildren(el("span", { class: "panel bad row" }, el("span", {}, error.message), again));
  } finally {
    if (mine === latest) register.removeAttribute("aria-busy");
  }
}

function drawRow(doc) {
  const told = [doc.doc_no, doc.issuers.join("、"), doc.issued && formatDate(doc.issued)].filter(Boolean).join(" · ");
  return el("li", {}, el("a", { href: doc.url }, doc.title), el("p", { class: "quiet" }, told), badges(doc));
}

function chosenFilters() {
  return new URLSearchParams([...new FormData(filters)].filter(([, value]) => value.trim()));
}

for (const [name, value] of new URLSearchParams(location.search)) {
  if (filters.elements[name]) filters.elements[name].value = value;
}
load(1);
