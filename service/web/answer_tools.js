/** What one can do with an answer: copy it with its sources, print, export, hear and share it, ask again, say whether it is right. */

import { isStaff, sendFeedback, shareAnswer, withdrawShared } from "./api.js";
import { el } from "./dom.js";
import { t } from "./texts.js";

/** @type {Promise<boolean>|null} */
let known = null;

/** Whether this browser is staff, asked once. */
function staff() {
  known ??= isStaff();
  return known;
}

/** The row of buttons under the answer of a turn. */
export function drawTools(answer, turn) {
  const { actions } = turn;
  const said = el("span", { class: "quiet", role: "status" });
  const button = (name, onclick) => el("button", { type: "button", class: "text", onclick }, name);
  const copy = (name, written) =>
    button(name, async () => {
      said.textContent = (await copied(written(answer))) ? t("已复制") : t("浏览器不允许复制，请选中文字后复制。");
    });
  const sharing = el("span", { class: "sharing" });
  if (answer.answer_id) staff().then((yes) => yes && offerLink(answer.answer_id, sharing), () => {});
  const hasWords = answer.statements.length > 0;
  const link = (name, address) => el("a", { class: "text", href: address, download: "" }, name);
  const exported = actions.exported?.();
  const menu = el("details", { class: "menu" }, el("summary", { class: "text" }, t("复制、打印与导出")), el("div", { class: "menu-items" },
    hasWords && copy(t("复制"), asText),
    hasWords && copy(t("复制为脚注"), asFootnotes),
    hasWords && copy(t("复制为 Markdown"), asMarkdown),
    button(t("打印"), () => printAnswer(answer.answer_id)),
    answer.answer_id && link(t("导出本条（Word）"), `/api/answers/${encodeURIComponent(answer.answer_id)}/export.docx`),
    exported && link(t("导出对话（Word）"), exported),
  ));
  closesByItself(menu);
  return el(
    "div",
    { class: "tools", "aria-live": "off" }, // what was answered is announced, not what can be done with it
    menu,
    "speechSynthesis" in window && hasWords && el("button", { type: "button", class: "text read-aloud", onclick: () => readAloud(answer.statements) }, t("朗读")),
    actions.again && button(t("重新提问"), () => actions.again(turn)),
    actions.edit && button(t("修改问题"), () => actions.edit(turn.question)),
    sharing,
    said,
    answer.answer_id && drawVerdict(answer.answer_id),
  );
}

/** Let staff make a link to the answer, and withdraw it. */
function offerLink(answerId, place) {
  const fail = (error) => place.append(el("span", { class: "quiet", role: "alert" }, error.message));
  const offer = () => place.replaceChildren(el("button", { type: "button", class: "text", onclick: make }, t("分享链接")));
  const make = async () => {
    try {
      const { id, url, staff_only: staffOnly } = await shareAnswer(answerId);
      const address = new URL(url, location.origin).href;
      const told = (await copied(address)) ? t("链接已复制") : t("链接");
      place.replaceChildren(
        el("span", { class: "quiet", role: "status" }, `${told}${staffOnly ? `（${t("只有工作人员能打开")}）` : ""}：`, el("a", { href: url }, address)),
        el("button", { type: "button", class: "text", onclick: () => withdrawShared(id).then(offer, fail) }, t("收回")),
      );
    } catch (error) {
      fail(error);
    }
  };
  offer();
}

function drawVerdict(id) {
  const row = el("div", { class: "verdict", role: "group", "aria-label": t("回答是否有帮助") }, el("span", { class: "quiet" }, t("回答是否有帮助")));
  const send = async (verdict, comment) => {
    try {
      await sendFeedback({ answer_id: id, verdict, comment });
      row.replaceChildren(el("span", { class: "quiet", role: "status" }, t("已收到，谢谢。")));
    } catch (error) {
      row.append(el("span", { class: "quiet", role: "alert" }, error.message));
    }
  };
  const explain = (verdict) => {
    const note = el("input", { type: "text", maxlength: "500", "aria-label": t("说明"), placeholder: t("哪里不对、缺什么（可以不写）") });
    const form = el("form", { onsubmit: (event) => {
      event.preventDefault();
      send(verdict, note.value);
    } }, note, el("button", { class: "plain" }, t("提交")));
    row.replaceChildren(form);
    note.focus();
  };
  const choice = (name, onclick) => el("button", { type: "button", class: "text", onclick }, name);
  row.append(choice(t("准确"), () => send("up", "")), choice(t("有误"), () => explain("down")), choice(t("不完整"), () => explain("incomplete")));
  return row;
}

function asText({ statements, citations }) {
  const of = (number) => citations.find((citation) => citation.number === number).reference;
  const held = (one) => (one.citations.length ? `（${one.citations.map(of).join("；")}）` : "");
  return statements.map((one) => one.text + held(one)).join("\n");
}

function asFootnotes({ statements, citations }) {
  const body = statements.map((one) => one.text + one.citations.map((number) => `[${number}]`).join(""));
  return `${body.join("\n")}\n\n${citations.map((one) => `[${one.number}] ${one.note}`).join("\n")}`;
}

function asMarkdown({ statements, citations }) {
  const body = statements.map((one) => one.text + one.citations.map((number) => `[^${number}]`).join(""));
  const notes = citations.map((one) => `[^${one.number}]: [${one.reference}](${new URL(one.url, location.origin)})`);
  return `${body.join("\n\n")}\n\n${notes.join("\n")}`;
}

/** Close a menu when something of it was chosen, by Escape, and when one goes elsewhere. */
function closesByItself(menu) {
  const close = () => (menu.open = false);
  menu.addEventListener("toggle", () => menu.open && opensWhereRoomIs(menu));
  menu.addEventListener("click", (event) => event.target.closest(".menu-items > *") && close());
  menu.addEventListener("focusout", (event) => event.relatedTarget && !menu.contains(event.relatedTarget) && close());
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    event.stopPropagation(); // the source pane stays
    close();
    menu.querySelector("summary").focus();
  });
}

/** Let an open menu hang down, where one can scroll to what the box covers, or stand above its button where only there is room for all of it. */
function opensWhereRoomIs(menu) {
  const button = menu.getBoundingClientRect();
  const frame = (menu.closest(".turns") ?? document.documentElement).getBoundingClientRect();
  const above = button.top - Math.max(frame.top, 0);
  const beneath = Math.min(frame.bottom, innerHeight) - button.bottom;
  const height = menu.querySelector(".menu-items").offsetHeight;
  menu.classList.toggle("is-upward", beneath < height && above >= height);
}

/** Print the record of an answer that was kept; else what is seen. */
function printAnswer(answerId) {
  if (!answerId) print();
  else import("./print.js").then(({ printRecord }) => printRecord(answerId)).catch(() => print());
}

/** Read an answer with the browser's own voice; what was being read stops. */
function readAloud(statements) {
  const reading = speechSynthesis.speaking;
  speechSynthesis.cancel();
  if (reading) return;
  const words = new SpeechSynthesisUtterance(statements.map((one) => one.text).join("\n"));
  words.lang = "zh-CN";
  speechSynthesis.speak(words);
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
