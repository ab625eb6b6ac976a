/** The text of a document, clause by clause, with the quote marked and references as links, as the service cut them. */

import { el, inSlices } from "./dom.js";
import { DOUBT } from "./labels.js";
import { documentLanguage, t } from "./texts.js";

const HANDFUL = 60;

/**
 * Draw all clauses of a document.
 * @param {{doc_id: string, clauses: Array<Object>}} doc  as /api/documents/{doc_id} tells it
 * @param {{anchors?: boolean, level: number, wanted?: string|null, tool?: ((clause: Object) => Node|string)|null}} options  level: of the
 *   heading above the text; anchors: give every clause its id, for links within the page; wanted: the id of the clause to be shown;
 *   tool: makes what stands behind a clause to work on it. What is sought and its neighbours are drawn at once, the rest of a long
 *   document soon after.
 */
export function drawClauses(doc, { anchors = false, level, wanted = null, tool = null }) {
  const parts = [];
  for (const clause of doc.clauses) {
    const last = parts[parts.length - 1];
    if (clause.rows && Array.isArray(last) && !isHead(clause)) last.push(clause);
    else parts.push(clause.rows ? [clause] : clause);
  }
  const draw = (part) => (Array.isArray(part) ? drawTable(part, anchors, tool) : drawClause(part, anchors, level, tool));
  const drawn = el("div", { class: "clauses", lang: documentLanguage });
  const middle = Math.max(parts.findIndex((part) => [part].flat().some((clause) => isSought(clause, wanted))), 0);
  const first = Math.max(middle - HANDFUL, 0);
  drawn.append(...parts.slice(first, middle + HANDFUL).map(draw));
  inSlices(cut(parts, first, middle + HANDFUL), ([side, some]) => {
    drawn[side](...some.map(draw));
    return true;
  });
  return drawn;
}

/** Say whether a clause is the one to be shown first: that with the quote, else that of the id `wanted`. */
function isSought(clause, wanted) {
  return clause.id === wanted || clause.segments.some((segment) => segment.marked);
}

/** Cut what stands before `first` and from `last` on into handfuls, each with the side that it goes to, the nearest first. */
function cut(parts, first, last) {
  const handfuls = [];
  for (let at = last; at < parts.length; at += HANDFUL) handfuls.push(["append", parts.slice(at, at + HANDFUL)]);
  for (let at = first; at > 0; at -= HANDFUL) handfuls.push(["prepend", parts.slice(Math.max(at - HANDFUL, 0), at)]);
  return handfuls;
}

/** Say whether a clause of a table is its header rows, with which a table begins. */
function isHead(clause) {
  return /(^|[#.])t\d+(~\d+)?$/.test(clause.id);
}

/** Draw the clauses of one table; the row that holds the quote stands out. */
function drawTable(clauses, anchors, tool) {
  const rows = clauses.flatMap((clause) => {
    const cited = clause.segments.some((segment) => segment.marked);
    return clause.rows.map((cells, number) =>
      el("tr", { id: anchors && number === 0 && clause.id, class: cited && "is-cited" }, ...cells.map((cell) => drawCell(cell, isHead(clause))),
        tool && el("td", { class: "tool-cell" }, number === 0 && tool(clause))));
  });
  return el("div", { class: "table-frame", tabindex: "0", role: "region", "aria-label": t("表格") }, el("table", {}, ...rows));
}

function drawCell({ header, columns, segments }, isColumn) {
  const attributes = header ? { scope: isColumn ? "col" : "row" } : {};
  return el(header ? "th" : "td", { ...attributes, colspan: columns > 1 && columns }, ...segments.map(drawSegment));
}

/** Bring the first marked quote, or `fallback`, into the middle of what is seen. */
export function revealMark(container, fallback = null) {
  (container.querySelector("mark") ?? fallback)?.scrollIntoView({ block: "center" });
}

function drawClause(clause, anchors, level, tool) {
  const depth = Math.min(clause.headings.length, 4);
  const special = clause.headings.length === 0 ? (/#(header|contact)$/.exec(clause.id)?.[1] ?? "") : "";
  const cited = clause.segments.some((segment) => segment.marked);
  const classes = ["clause", `depth-${depth}`, special, cited && "is-cited"].filter(Boolean).join(" ");
  const text = drawSegments(clause);
  const heading = /** @type {"h1"} */ (`h${Math.min(level + depth, 6)}`);
  const body = el(clause.is_heading ? heading : "p", {}, ...text);
  return el("section", { class: classes, id: anchors && clause.id, tabindex: anchors && "-1" }, body, tool?.(clause));
}

/** Draw the pieces of a clause; a heading that stands on its first line is set apart. */
function drawSegments(clause) {
  const [first, ...rest] = clause.segments;
  const heading = clause.headings[clause.headings.length - 1];
  const lead = heading && !first.url && !first.marked && !first.doubt && first.text.startsWith(`${heading}\n`) ? heading : "";
  const drawn = [{ ...first, text: first.text.slice(lead.length) }, ...rest].map(drawSegment);
  return lead ? [el("b", {}, lead), ...drawn] : drawn;
}

function drawSegment({ text, url, marked, doubt, read }) {
  const plain = read ? el("span", { class: "by-hand", title: t("人工更正，原来识读为：{read}", { read }) }, text) : text;
  const content = marked ? el("mark", {}, plain) : doubt ? el("mark", { class: "doubt", title: DOUBT[doubt] }, plain) : plain;
  return url ? el("a", { href: url }, content) : content;
}
