/** An answer that is a table: drawn with the sources of its rows, and saved as a file that spreadsheets open. */

import { el } from "./dom.js";
import { documentLanguage, t } from "./texts.js";

/**
 * Draw a table with its sources, and a button that saves it.
 * @param {{columns: Array<string>, rows: Array<{cells: Array<string>, citations: Array<number>}>}} table
 * @param {string} name  of the file
 * @param {(number: number) => HTMLElement} chip  draws the number of a source
 */
export function drawTable(table, name, chip) {
  const head = el("tr", {}, ...[...table.columns.map((column) => t(column)), t("出处")].map((column) => el("th", { scope: "col" }, column)));
  const rows = table.rows.map(({ cells, citations }) =>
    el("tr", {}, ...cells.map((cell) => el("td", { lang: documentLanguage }, cell)), el("td", {}, ...citations.map(chip))),
  );
  const frame = el("div", { class: "table-frame", tabindex: "0", role: "region", "aria-label": t("表格") }, el("table", {}, el("thead", {}, head), el("tbody", {}, ...rows)));
  return el("div", {}, frame, el("button", { type: "button", class: "plain", onclick: () => save(table, name) }, t("保存表格")));
}

/** Save as CSV with the mark by which spreadsheets know UTF-8; no cell is read as a formula. */
function save({ columns, rows }, name) {
  const cell = (text) => `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
  const lines = [columns.map((column) => t(column)), ...rows.map(({ cells }) => cells)].map((cells) => cells.map(cell).join(","));
  const address = URL.createObjectURL(new Blob([`\uFEFF${lines.join("\r\n")}\r\n`], { type: "text/csv;charset=utf-8" }));
  el("a", { href: address, download: `${name.replaceAll(/[\\/:*?"<>|]/g, "").slice(0, 40)}.csv` }).click();
  setTimeout(() => URL.revokeObjectURL(address));
}
