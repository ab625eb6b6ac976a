/** What has happened to the documents of an answer since it was given. */

import { el } from "./dom.js";
import { titled } from "./labels.js";
import { t } from "./texts.js";

const CHANGE = {
  deleted: t("已经删除"), withdrawn: t("已经撤回"), replaced: t("已经替换为新的文本"), ended: t("已经失效"),
};

/**
 * Say what has happened to each document.
 * @param {string} lead
 * @param {Array<{change: string, title: string, url: string|null}>} changes
 */
export function drawChanges(lead, changes) {
  const rows = changes.map((one) => el("li", {}, t("{title}{change}。", { title: titled(one.title), change: CHANGE[one.change] }), one.url && el("a", { href: one.url }, t("看现在的文本"))));
  return el("div", { class: "panel warn", role: "note" }, el("p", {}, lead), el("ul", {}, ...rows));
}

/**
 * Draw a wording with what the other one lacks marked; lines stand close.
 * @param {Array<{text: string, changed: boolean}>} pieces
 * @param {"del"|"ins"} mark
 */
export function drawPieces(pieces, mark) {
  return pieces.map(({ text, changed }) => {
    const close = text.replace(/\n\s*\n/g, "\n");
    return changed ? el(mark, {}, close) : close;
  });
}
