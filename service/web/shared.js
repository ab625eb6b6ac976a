/** The page at /a/{id}: one answer that staff shared, to read and to check. */

import { fetchShared } from "./api.js";
import { el } from "./dom.js";
import { formatDate } from "./labels.js";
import { SourcePane } from "./source.js";
import { t } from "./texts.js";
import { Turn } from "./turn.js";

const HIDDEN = t("这条回答引用了不对外公开的文件，工作人员登录后才能看。");

const chat = document.getElementById("chat");
const turns = document.getElementById("turns");
const pane = new SourcePane(document.getElementById("source"), document.getElementById("desk"));

async function show() {
  try {
    const { answer, shared, staff_only: staffOnly } = await fetchShared(location.pathname.split("/").at(-1));
    const turn = new Turn(answer.question, answer.within, { source: (citations, position, opener) => pane.open(citations, position, opener) });
    turn.finish(answer);
    turns.replaceChildren(drawNote(shared, staffOnly), turn.element);
  } catch (error) {
    const message = error.code === "staff_only" ? HIDDEN : error.message;
    turns.replaceChildren(el("article", { class: "turn" }, el("p", { class: "panel bad", role: "alert" }, message), el("p", {}, el("a", { href: "/" }, t("去提问")))));
  } finally {
    chat.removeAttribute("aria-busy");
  }
}

/** Say from when the answer is, and that documents may have changed since. */
function drawNote(shared, staffOnly) {
  const day = formatDate(new Date(shared * 1000).toLocaleDateString("sv"));
  return el(
    "p",
    { class: "turn quiet" },
    t("这是{day}分享的回答。此后文件可能有变化，引用前请点开出处核对。", { day }),
    staffOnly && t("内容含不公开的文件，请勿外传。"),
    " ",
    el("a", { href: "/" }, t("我也要提问")),
  );
}

show();
