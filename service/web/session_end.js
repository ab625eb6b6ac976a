/**
 * The end of a session of staff: told ten minutes before and put off by a button. When it has come, the page is hidden behind an entrance, and
 * whoever enters again finds what they had typed.
 */

import { ApiError, close, extendSession, fetchSessionTime, forget, isStaff, leave, session, tabs } from "./api.js";
import { el } from "./dom.js";
import { entrance } from "./entrance.js";
import { below, language, t } from "./texts.js";

const WARNED_MS = 10 * 60_000;
const LAST_MS = 60_000;
const SHOWN_MS = 10_000; // how long one is told that the session was extended

/** When the session ends, by the clock of this device; null while no one is open. @type {number|null} */
let ends = null;
let mayExtend = false;
/** @type {ReturnType<typeof setTimeout>|undefined} */
let timer;
/** @type {HTMLDialogElement|null} the entrance that hides the page */
let gate = null;
/** What opens it once one has entered again, here or in another tab. @type {(() => Promise<void>)|null} */
let reopen = null;

const said = el("p", { role: "status" });
const extension = el("button", { type: "button", class: "plain", onclick: extend }, t("延长登录"));
const bar = el("section", { class: "session-end panel warn row", "aria-label": t("登录即将到期"), hidden: true }, said, extension);

/** Follow the session to its end; called again, it looks anew. */
export async function watch() {
  try {
    take(await fetchSessionTime());
  } catch (error) {
    if (!(error instanceof ApiError) || error.code === "network") timer = setTimeout(watch, LAST_MS);
    else if (hasRunOut()) lock(session.account);
    else close(); // it was ended elsewhere
  }
}

/** Whether the session that was open here came to its end by its time. */
export const hasRunOut = () => ends !== null && ends <= Date.now();

function take(left) {
  ends = Date.now() + 1000 * left.seconds_left;
  mayExtend = left.may_extend;
  tell();
}

/** Say what is to be said now, and come back when that changes; another tab may have put off the end meanwhile, so the service is asked. */
function tell() {
  clearTimeout(timer);
  const left = ends - Date.now();
  if (left > WARNED_MS) {
    bar.hidden = true;
    timer = setTimeout(watch, left - WARNED_MS);
    return;
  }
  if (!bar.isConnected) document.querySelector(".bar")?.after(bar);
  bar.hidden = false;
  extension.hidden = !mayExtend;
  // Without a number that runs down: it would be read out again and again.
  const at = new Date(ends).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" });
  const when = left > LAST_MS ? t("登录将于{at}到期。", { at }) : t("登录将在1分钟内到期。");
  say(mayExtend ? when : `${when}${t("已延长到最长时限，到期后请在本页重新登录，已输入的内容不会丢失。")}`);
  timer = setTimeout(watch, left > LAST_MS ? left - LAST_MS : Math.max(left, 0) + 1000);
}

async function extend() {
  try {
    take(await extendSession());
  } catch (error) {
    if (error.code === "network") return say(error.message);
    return lock(session.account);
  }
  if (!bar.hidden) return; // it could not be put off far enough to say so
  const at = new Date(ends).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" });
  bar.hidden = false;
  extension.hidden = true;
  say(t("登录已延长至{at}。", { at }));
  setTimeout(() => (bar.hidden = ends - Date.now() > WARNED_MS), SHOWN_MS);
}

function say(words) {
  if (said.textContent !== words) setTimeout(() => (said.textContent = words)); // in an element that is shown already, so that it is read out
}

/**
 * Hide the page until whoever had it open enters again; for anybody else it is closed.
 * @param {string|null} account  whose session it was
 */
export function lock(account) {
  if (gate) return;
  clearTimeout(timer);
  bar.hidden = true;
  forget(); // what was typed stays in this page alone, and no reload shows it
  const before = document.activeElement;
  reopen = async () => {
    if (!gate || !(await isStaff())) return;
    if (session.account !== account) return close();
    session.ended = false;
    document.documentElement.removeAttribute("data-locked");
    const opened = gate;
    gate = null; // so that its closing does not open it again
    opened.remove();
    if (before instanceof HTMLElement) before.focus();
  };
  gate = el("dialog", { class: "session-gate staff", "aria-labelledby": "session-gate", oncancel: (event) => event.preventDefault(), onclose: () => gate?.showModal() },
    el("h2", { id: "session-gate", tabindex: "-1" }, t("登录已到期")), el("p", {}, t("已输入的内容仍在本页，重新登录后可以继续。")), ...entrance(reopen, true),
    el("button", { type: "button", class: "plain", onclick: () => leave().then(() => location.replace(below("/")), close) }, t("退出")));
  document.documentElement.dataset.locked = "";
  document.body.append(gate);
  gate.showModal();
  gate.querySelector("input").focus();
}

tabs.addEventListener("message", ({ data }) => {
  if (data !== "changed") return;
  if (gate) reopen();
  else watch();
});
