/** The text of a document, clause by clause, with the quote marked where the service cut it out. */

import { el } from "./dom.js";

/**
 * Draw all clauses of a document.
 * @param {{doc_id: string, clauses: Array<Object>}} doc  as /api/documents/{doc_id} tells it
 * @param {{anchors?: boolean, level: number}} options  level: of the heading above the text;
 *   anchors: give every clause its id, for links within the page
 */
export function drawClauses(doc, { anchors = false, level }) {
  return el("div", { class: "clauses" }, ...doc.clauses.map((clause) => drawClause(clause, anchors, level)));
}

/** Bring the first marked quote, or `fallback`, into the middle of what is seen. */
export function revealMark(container, fallback = null) {
  (container.querySelector("mark") ?? fallback)?.scrollIntoView({ block: "center" });
}

function drawClause(clause, anchors, level) {
  const depth = Math.min(clause.headings.length, 4);
  const special = clause.headings.length === 0 ? (/#(header|contact)$/.exec(clause.id)?.[1] ?? "") : "";
  const classes = ["clause", `depth-${depth}`, special, clause.marked && "is-cited"].filter(Boolean).join(" ");
  const { before, quote, after } = clause.marked ?? { before: clause.text };
  const text = [...drawLead(before, clause), quote && el("mark", {}, quote), after].filter(Boolean);
  const body = clause.is_heading ? el(`h${Math.min(level + depth, 6)}`, {}, ...text) : el("p", {}, ...text);
  return el("section", { class: classes, id: anchors && clause.id, tabindex: anchors && "-1" }, body);
}

/** Set a heading apart that stands on the first line of its clause. */
function drawLead(text, clause) {
  const heading = clause.headings[clause.headings.length - 1];
  return heading && text.startsWith(`${heading}\n`) ? [el("b", {}, heading), text.slice(heading.length)] : [text];
}
