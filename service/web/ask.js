/** The page at /: one asks, the answer arrives, its sources open beside it. */

import { ApiError, ask, fetchConversation, session } from "./api.js";
import { inSlices } from "./dom.js";
import { Filters } from "./filters.js";
import { History } from "./history.js";
import { below, caring, embedded, t } from "./texts.js";
import { Turn } from "./turn.js";

const DRAFT = "kb-question";
const CONFINED = "kb-within"; // what the draft is to be asked within
const ASKED = "kb-asked"; // a question whose answer had not come when the page was left
const OPEN = "kb-conversation"; // the one that was open then
const HANDFUL = 10;
const SLOW_MS = 2000; // of silence, after which one is told
const POLL_MS = 1000; // between two looks for an answer that comes without this page
const GIVEN_UP_MS = 60_000; // of silence, after which nothing is waited for any more
const BROKEN = t("页面出了问题，请刷新后再试。");

const chat = document.getElementById("chat");
const turns = document.getElementById("turns");
const composer = document.getElementById("composer");
const box = /** @type {HTMLTextAreaElement} */ (document.getElementById("question"));
const send = /** @type {HTMLButtonElement} */ (document.getElementById("send"));
const notice = document.getElementById("notice");
const filters = new Filters(document.getElementById("within"));

/** @type {Promise<import("./source.js").SourcePane>|null} the source pane, fetched when the first answer has come */
let pane = null;

const past = embedded ? null : new History(document.getElementById("history"), document.getElementById("history-toggle"), document.getElementById("desk"), {
  open: (id) => {
    if (!id) filters.clear();
    history.pushState(null, "", below(id ? `/?c=${encodeURIComponent(id)}` : "/"));
    openConversation();
  },
});
const actions = {
  source: (citations, position, opener, turn) => sourcePane().then((opened) => opened.open(citations, position, opener, { again: () => retry(turn), chipOf: (number) => turn.chipOf(number) }), () => (notice.textContent = BROKEN)),
  again: (turn) => retry(turn),
  edit: (question) => {
    box.value = question;
    refreshComposer();
    box.focus();
  },
  ask: (question) => !answering && askNew(question),
  wentOn: (turn, answer) => {
    if (turn.element === turns.lastElementChild) known = knownOf(answer);
  },
  exported: () => conversation && `/api/conversations/${encodeURIComponent(conversation)}/export.docx`,
};

/** @type {Promise<import("./hints.js").Hints>|null} what is offered while one types, fetched with the first letter */
let hints = null;

/** @type {AbortController|null} what stops the answer that is coming */
let answering = null;

/** @type {Turn|null} what it is the answer to */
let asking = null;

/** @type {{facts: Object, skipped: string[]}|null} what was chosen for the verdict that stands last: buttons are not kept in the conversation, and an answer may be typed behind them */
let known = null;

/** @type {string|null} the conversation that is open, null before its first question */
let conversation = null;

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
  if (hints) return;
  hints = import("./hints.js").then(({ Hints }) => new Hints(box, document.getElementById("hints-place"), refreshComposer));
  hints.then((offered) => offered.look(), () => {}); // an extra to the box
});

// What was typed, and what was asked and is not answered yet, outlives a reload, but not the tab.
addEventListener("pagehide", () => {
  if (session.ended || embedded) return;
  sessionStorage.setItem(DRAFT, box.value);
  sessionStorage.setItem(CONFINED, JSON.stringify(filters.chosen));
  if (asking && !asking.isWhole) sessionStorage.setItem(ASKED, JSON.stringify({ question: asking.question, within: asking.within }));
  conversation ? sessionStorage.setItem(OPEN, conversation) : sessionStorage.removeItem(OPEN);
});
addEventListener("pageshow", (event) => event.persisted && sessionStorage.removeItem(ASKED)); // it stands there still

document.getElementById("examples")?.addEventListener("click", (event) => {
  const example = /** @type {Element} */ (event.target).closest("button");
  if (example && !answering) askNew(example.textContent);
});

function sourcePane() {
  pane ??= import("./source.js").then(({ SourcePane }) => new SourcePane(document.getElementById("source"), document.getElementById("desk")));
  pane.catch(() => (pane = null)); // fetched again at the next click
  return pane;
}

function askNew(question) {
  if (!question.trim()) return;
  const turn = new Turn(question.trim(), filters.within, actions);
  turn.before = known ?? undefined;
  filters.close();
  if (box.value === question) box.value = "";
  chat.classList.remove("is-empty");
  turns.append(turn.element);
  turn.element.scrollIntoView({ block: "start" });
  answer(turn);
}

async function answer(turn) {
  const mine = new AbortController();
  answering = mine;
  asking = turn;
  notice.textContent = "";
  if (box.value.trim() === turn.question) box.value = "";
  refreshComposer();
  hints?.then((offered) => offered.close(), () => {});
  turn.clear();
  let again = false;
  /** @type {ReturnType<typeof setTimeout>[]} */
  let silence = [];
  const listen = () => {
    silence.forEach(clearTimeout);
    silence = [setTimeout(() => turn.isWhole || turn.wait(() => { again = true; mine.abort(); }), SLOW_MS), setTimeout(() => mine.abort(), GIVEN_UP_MS)];
  };
  const rest = () => {
    if (answering === mine) answering = asking = null;
    refreshComposer();
  };
  const onEvent = (name, data) => {
    listen();
    if (name === "status") enter(data.conversation_id);
    if (name !== "answer") return turn.take(name, data);
    turn.finish(data);
    known = knownOf(data);
    past?.mark(conversation);
    sourcePane().catch(() => {}); // ahead of the first click
    rest(); // what may be asked next is still to come, and nobody need wait for it
  };
  listen();
  try {
    turn.suggest(await askInConversation(turn.question, { signal: mine.signal, within: turn.within, before: turn.before, onEvent }));
  } catch (error) {
    if (turn.isWhole) return; // all that is lost is what may be asked next
    if (again) setTimeout(() => retry(turn)); // once this one is over
    else if (error.name === "AbortError") turn.stop(() => retry(turn));
    else if (error instanceof ApiError && error.isInput) giveBack(turn, error.message);
    else fail(turn, error);
  } finally {
    silence.forEach(clearTimeout);
    rest();
  }
}

function knownOf({ eligibility }) {
  return eligibility ? { facts: eligibility.chosen, skipped: eligibility.skipped } : null;
}

/** Ask in the open conversation; where there is none, or it has expired or was deleted elsewhere, in a new one; embedded, in none. */
async function askInConversation(question, listening) {
  if (conversation) {
    try {
      return await ask(question, { ...listening, conversation });
    } catch (error) {
      if (error.code !== "not_found") throw error;
    }
  }
  return ask(question, { ...listening, conversation: embedded ? null : "new" });
}

/** Take the conversation that the service answers in. */
function enter(id) {
  if (id === conversation) return;
  conversation = id;
  history.replaceState(null, "", below(`/?c=${encodeURIComponent(id)}`));
}

/** Show the conversation that the address names. */
async function openConversation() {
  answering?.abort();
  known = null;
  const wanted = new URLSearchParams(location.search).get("c");
  conversation = wanted;
  turns.replaceChildren();
  notice.textContent = "";
  pane?.then((opened) => opened.pane.hidden || opened.close(), () => {});
  chat.classList.add("is-empty");
  past?.mark(wanted);
  if (!wanted) return;
  try {
    const { turns: answers } = await fetchConversation(wanted);
    if (conversation !== wanted) return;
    chat.classList.toggle("is-empty", answers.length === 0);
    turns.setAttribute("aria-live", "off"); // what was said before is not said again
    await inSlices(cut(answers), (some) => {
      if (conversation !== wanted) return false;
      const before = turns.firstChild;
      before ? before.before(...some.map(drawPast)) : turns.append(...some.map(drawPast));
      if (!before) turns.lastElementChild.scrollIntoView({ block: "start" });
      return true;
    });
    turns.removeAttribute("aria-live");
  } catch (error) {
    if (conversation !== wanted) return;
    if (error.code === "not_found") {
      conversation = null;
      history.replaceState(null, "", below("/"));
    }
    notice.textContent = error.message;
  }
}

/** Show the question that was not answered when the page was left, and offer to ask it again. */
function takeUp() {
  const left = sessionStorage.getItem(ASKED);
  sessionStorage.removeItem(ASKED);
  if (!left) return;
  const { question, within } = JSON.parse(left);
  if (turns.lastElementChild?.querySelector(".question").textContent === question) return; // it was answered after all
  const turn = new Turn(question, within, actions);
  chat.classList.remove("is-empty");
  turns.append(turn.element);
  turn.stop(() => retry(turn));
}

/** Cut the answers of a conversation into handfuls, the last first, since that is where one reads. */
function cut(answers) {
  const handfuls = [];
  for (let end = answers.length; end > 0; end -= HANDFUL) handfuls.push(answers.slice(Math.max(end - HANDFUL, 0), end));
  return handfuls;
}

function drawPast(answer) {
  const turn = new Turn(answer.question, answer.within, actions);
  if (answer.status === "pending") awaitKept(turn, answer.answer_id);
  else turn.finish(answer);
  return turn.element;
}

/** Wait for the answer to a question that was asked before the page was opened; it comes whether or not anybody listened. */
async function awaitKept(turn, answerId) {
  const opened = conversation;
  const begun = Date.now();
  let asked = false;
  const askAgain = () => {
    asked = true;
    retry(turn);
  };
  while (!asked && conversation === opened) {
    const { turns: answers } = await fetchConversation(opened).catch(() => ({ turns: [] })); // told again in a second
    const found = answers.find((one) => one.answer_id === answerId);
    if (asked || conversation !== opened) return;
    if (found && found.status !== "pending") return turn.finish(found);
    const waited = Date.now() - begun;
    if (waited > GIVEN_UP_MS) return turn.fail(t("没有收到回答，请重新提问。"), askAgain);
    if (waited > SLOW_MS) turn.wait(askAgain);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
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
  send.setAttribute("aria-label", answering ? t("停止") : t("发送"));
  send.title = answering ? t("停止") : t("发送");
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
}

if (caring) import("./voice.js").then(({ offerVoice }) => offerVoice(box, notice, refreshComposer), () => {}); // an extra to the box
addEventListener("popstate", openConversation);
if (!box.value && !embedded) box.value = sessionStorage.getItem(DRAFT) ?? "";
const address = new URLSearchParams(location.search);
const [arrival] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
const again = arrival?.type === "reload" && !embedded;
// An address that names a question or what it is asked within says all of it; after a reload, only what has come of it since.
if (again || !(filters.take(address) || address.has("q") || embedded)) filters.takeBack(sessionStorage.getItem(CONFINED));
box.value = address.get("q") ?? box.value;
refreshComposer();
// A reload that was under way when the conversation began goes to the address of before.
const open = again && sessionStorage.getItem(OPEN);
if (open) enter(open);
if (new URLSearchParams(location.search).has("c")) openConversation().then(embedded ? null : takeUp);
else if (!embedded) takeUp();
if (!embedded && matchMedia("(hover: hover)").matches) box.focus();
