/** What one can do with an answer: copy it with its sources, print, export, hear and share it, ask again, say whether it is right. */

import { isStaff, sendFeedback, shareAnswer, withdrawShared } from "./api.js";
import { el } from "./dom.js";
import { t } from "./texts.js";

const VERDICT = { up: t("准确"), down: t("有误"), incomplete: t("不完整") };

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
    answer.answer_id && drawVerdict(answer.answer_id, answer.feedback),
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

/**
 * Let one say whether the answer is right, and say something else later.
 * @param {string} id
 * @param {string|undefined} given  what was said before
 */
function drawVerdict(id, given) {
  const label = t("回答是否准确");
  const row = el("div", { class: "verdict", role: "group", "aria-label": label });
  const choice = (name, onclick) => el("button", { type: "button", class: "text", onclick }, name);
  const choose = () => row.replaceChildren(el("span", { class: "quiet" }, label), ...Object.entries(VERDICT).map(([verdict, name]) => choice(name, () => (verdict === "up" ? send(verdict, "") : explain(verdict)))));
  const focusFirst = () => row.querySelector("button").focus();
  const show = (words) => {
    const said = el("span", { class: "quiet", role: "status", tabindex: "-1" }, words);
    row.replaceChildren(said, choice(t("重新评价"), () => {
      choose();
      focusFirst();
    }));
    return said;
  };
  const send = async (verdict, comment) => {
    try {
      await sendFeedback({ answer_id: id, verdict, comment });
      show(t("已收到，谢谢。")).focus();
    } catch (error) {
      row.append(el("span", { class: "quiet", role: "alert" }, error.message));
    }
  };
  const explain = (verdict) => {
    const note = el("input", { type: "text", maxlength: "500", "aria-label": t("说明"), placeholder: t("哪里不对、缺什么（可以不写）") });
    const leave = () => {
      choose();
      focusFirst();
    };
    row.replaceChildren(el("form", {
      onsubmit: (event) => {
        event.preventDefault();
        send(verdict, note.value);
      },
      onkeydown: (event) => {
        if (event.key !== "Escape" || event.isComposing) return;
        event.stopPropagation(); // the source pane stays
        leave();
      },
    }, note, el("button", { class: "plain" }, t("提交")), choice(t("不评价了"), leave)));
    note.focus();
  };
  if (given) show(t("您的评价：{verdict}", { verdict: VERDICT[given] }));
  else choose();
  return row;
}

function asText({ statements, citations }) {
  const of = (number) => citations.find((citation) => citation.number === number).reference;
  return statements.map((one) => withReferences(one.text, one.citations.map(of))).join("\n");
}

/** Put references behind a text; what it says of them itself at its end they say again, so that goes. */
function withReferences(text, references) {
  if (!references.length) return text;
  const remark = `（${references[0].split("，")[0]}）`;
  const said = text.endsWith(remark) ? text.slice(0, -remark.length) : text;
  return `${said}（${references.join("；")}）`;
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

/** Close a menu when something of it was chosen, by Escape, and when one goes or presses elsewhere. */
function closesByItself(menu) {
  const close = () => (menu.open = false);
  const pressed = (event) => menu.contains(event.target) || close();
  menu.addEventListener("toggle", () => {
    if (menu.open) opensWhereRoomIs(menu);
    document[menu.open ? "addEventListener" : "removeEventListener"]("pointerdown", pressed);
  });
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
    return copiedAsSelection(text); // over plain HTTP there is no clipboard for pages
  }
}

function copiedAsSelection(text) {
  const before = /** @type {HTMLElement} */ (document.activeElement);
  const place = el("textarea", { class: "visually-hidden", readonly: true }, text);
  document.body.append(place);
  place.select();
  try {
    return document.execCommand("copy");
  } finally {
    place.remove();
    before.focus({ preventScroll: true });
  }
}
