/** The page at /a/{id}: one answer that staff shared, to read and to check. */

import { fetchShared } from "./api.js";
import { drawChanges } from "./changes.js";
import { el } from "./dom.js";
import { formatDate } from "./labels.js";
import { SourcePane } from "./source.js";
import { below, t } from "./texts.js";
import { Turn } from "./turn.js";

const chat = document.getElementById("chat");
const turns = document.getElementById("turns");
const pane = new SourcePane(document.getElementById("source"), document.getElementById("desk"));

async function show() {
  try {
    const { answer, shared, staff_only: staffOnly, changes } = await fetchShared(location.pathname.split("/").at(-1));
    if (!answer) {
      turns.replaceChildren(el("article", { class: "turn" }, el("p", { class: "panel bad", role: "alert" }, t("这条回答引用的文件已经撤回，回答不再显示。")), el("p", {}, el("a", { href: "/" }, t("去提问")))));
      return;
    }
    const turn = new Turn(answer.question, answer.within, { source: (citations, position, opener) => pane.open(citations, position, opener, { again: () => location.assign(below(`/?${new URLSearchParams({ q: answer.question })}`)), chipOf: (number) => turn.chipOf(number) }) });
    turn.finish(answer);
    if (changes.length) turns.replaceChildren(el("div", { class: "turn" }, drawChanges(t("分享之后，引用的文件有变化，请勿直接引用这条回答："), changes)), drawNote(shared, staffOnly), turn.element);
    else turns.replaceChildren(drawNote(shared, staffOnly), turn.element);
  } catch (error) {
    const staff = error.code === "not_found" && el("p", { class: "quiet" }, t("工作人员请先"), el("a", { href: "/staff" }, t("登录")), t("再打开这个链接。"));
    turns.replaceChildren(el("article", { class: "turn" }, el("p", { class: "panel bad", role: "alert" }, error.message), staff || "", el("p", {}, el("a", { href: "/" }, t("去提问")))));
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
