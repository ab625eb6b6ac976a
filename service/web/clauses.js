/** The text of a document, clause by clause, with the quote marked and references as links, as the service cut them. */

import { el } from "./dom.js";
import { documentLanguage, t } from "./texts.js";

/**
 * Draw all clauses of a document.
 * @param {{doc_id: string, clauses: Array<Object>}} doc  as /api/documents/{doc_id} tells it
 * @param {{anchors?: boolean, level: number}} options  level: of the heading above the text;
 *   anchors: give every clause its id, for links within the page
 */
export function drawClauses(doc, { anchors = false, level }) {
  const parts = [];
  for (const clause of doc.clauses) {
    const last = parts[parts.length - 1];
    if (clause.rows && Array.isArray(last) && !isHead(clause)) last.push(clause);
    else parts.push(clause.rows ? [clause] : clause);
  }
  return el("div", { class: "clauses", lang: documentLanguage }, ...parts.map((part) => (Array.isArray(part) ? drawTable(part, anchors) : drawClause(part, anchors, level))));
}

/** Say whether a clause of a table is its header rows, with which a table begins. */
function isHead(clause) {
  return /(^|[#.])t\d+(~\d+)?$/.test(clause.id);
}

/** Draw the clauses of one table; the row that holds the quote stands out. */
function drawTable(clauses, anchors) {
  const rows = clauses.flatMap((clause) => {
    const cited = clause.segments.some((segment) => segment.marked);
    return clause.rows.map((cells, number) =>
      el("tr", { id: anchors && number === 0 && clause.id, class: cited && "is-cited" }, ...cells.map((cell) => drawCell(cell, isHead(clause)))));
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

function drawClause(clause, anchors, level) {
  const depth = Math.min(clause.headings.length, 4);
  const special = clause.headings.length === 0 ? (/#(header|contact)$/.exec(clause.id)?.[1] ?? "") : "";
  const cited = clause.segments.some((segment) => segment.marked);
  const classes = ["clause", `depth-${depth}`, special, cited && "is-cited"].filter(Boolean).join(" ");
  const text = drawSegments(clause);
  const body = clause.is_heading ? el(`h${Math.min(level + depth, 6)}`, {}, ...text) : el("p", {}, ...text);
  return el("section", { class: classes, id: anchors && clause.id, tabindex: anchors && "-1" }, body);
}

/** Draw the pieces of a clause; a heading that stands on its first line is set apart. */
function drawSegments(clause) {
  const [first, ...rest] = clause.segments;
  const heading = clause.headings[clause.headings.length - 1];
  const lead = heading && !first.url && !first.marked && first.text.startsWith(`${heading}\n`) ? heading : "";
  const drawn = [{ ...first, text: first.text.slice(lead.length) }, ...rest].map(drawSegment);
  return lead ? [el("b", {}, lead), ...drawn] : drawn;
}

function drawSegment({ text, url, marked }) {
  const content = marked ? el("mark", {}, text) : text;
  return url ? el("a", { href: url }, content) : content;
}
