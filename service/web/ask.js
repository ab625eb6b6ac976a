/** The page at /: one asks, the answer arrives, its sources open beside it. */

import { ApiError, ask } from "./api.js";
import { SourcePane } from "./source.js";
import { Turn } from "./turn.js";

const BROKEN = "页面出了问题，请刷新后再试。";

const chat = document.getElementById("chat");
const turns = document.getElementById("turns");
const composer = document.getElementById("composer");
const box = document.getElementById("question");
const send = document.getElementById("send");
const notice = document.getElementById("notice");
const pane = new SourcePane(document.getElementById("source"), document.getElementById("desk"));
const openSource = (citations, position, opener) => pane.open(citations, position, opener);

/** @type {AbortController|null} what stops the answer that is coming */
let answering = null;

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  if (answering) answering.abort();
  else askNew(box.value);
});

box.addEventListener("keydown", (event) => {
  // While a Chinese word is being put together, Enter belongs to the input method.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  if (!answering) askNew(box.value);
});

box.addEventListener("input", () => {
  notice.textContent = "";
  refreshComposer();
});

document.getElementById("examples").addEventListener("click", (event) => {
  const example = event.target.closest("button");
  if (example && !answering) askNew(example.textContent);
});

function askNew(question) {
  if (!question.trim()) return;
  const turn = new Turn(question.trim(), openSource);
  if (box.value === question) box.value = "";
  chat.classList.remove("is-empty");
  turns.append(turn.element);
  turn.element.scrollIntoView({ block: "start" });
  answer(turn);
}

async function answer(turn) {
  answering = new AbortController();
  notice.textContent = "";
  if (box.value.trim() === turn.question) box.value = "";
  refreshComposer();
  turn.clear();
  try {
    const { signal } = answering;
    turn.finish(await ask(turn.question, { signal, onEvent: (name, data) => turn.take(name, data) }));
  } catch (error) {
    if (error.name === "AbortError") turn.stop(() => retry(turn));
    else if (error instanceof ApiError && error.isInput) giveBack(turn, error.message);
    else fail(turn, error);
  } finally {
    answering = null;
    refreshComposer();
  }
}

function retry(turn) {
  if (!answering) answer(turn);
}

function fail(turn, error) {
  const known = error instanceof ApiError;
  if (!known) console.error(error);
  turn.fail(known ? error.message : BROKEN, () => retry(turn));
  keep(turn.question);
}

/** A question that the service will not take goes back into the box, with the reason. */
function giveBack(turn, reason) {
  turn.element.remove();
  chat.classList.toggle("is-empty", turns.childElementCount === 0);
  keep(turn.question);
  refreshComposer();
  notice.textContent = reason;
  box.focus();
}

function keep(question) {
  if (!box.value) box.value = question;
}

function refreshComposer() {
  send.disabled = !answering && !box.value.trim();
  send.classList.toggle("is-stop", answering !== null);
  send.setAttribute("aria-label", answering ? "停止" : "发送");
  send.title = answering ? "停止" : "发送";
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
}

refreshComposer();
if (matchMedia("(hover: hover)").matches) box.focus();
