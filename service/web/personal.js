/** Behind an answer that begins with a verdict: the one question whose answer would still decide something, and the way to the page. */

import { fetchFacts } from "./api.js";
import { el } from "./dom.js";
import { factForm } from "./fact_form.js";
import { handOver } from "./handover.js";
import { documentLanguage, t } from "./texts.js";

let questions = 0; // asked on this page, so that each has an id of its own

/**
 * @param {Object} eligibility  as the answer tells it
 * @param {string} text  the question that told it
 * @param {(known: {facts: Object, skipped: string[]}) => Promise<void>} goOn  asks the same again with what is known now
 * @returns {HTMLElement}
 */
export function drawNext({ question, chosen, skipped, benefit }, text, goOn) {
  const page = el("a", { href: "/eligibility", onclick: () => handOver({ text, facts: chosen, skipped, benefit }) }, t("到“政策匹配”逐项核对"));
  if (!question) return el("p", { class: "next-question" }, page);
  const box = el("section", { class: "panel next-question" });
  const problem = el("p", { class: "quiet", role: "alert" });
  const send = async (known) => {
    for (const control of /** @type {NodeListOf<HTMLButtonElement>} */ (box.querySelectorAll("button, input"))) control.disabled = true;
    try {
      await goOn(known);
    } catch (error) {
      problem.textContent = error.message;
      for (const control of /** @type {NodeListOf<HTMLButtonElement>} */ (box.querySelectorAll("button, input"))) control.disabled = false;
    }
  };
  const choose = (id, value) => send({ facts: { ...chosen, [id]: value }, skipped });
  const leave = el("button", { type: "button", class: "plain", onclick: () => send({ facts: chosen, skipped: [...skipped, question.id] }) }, t("不知道"));
  const show = (words, form) => {
    const id = `next-question-${++questions}`;
    box.setAttribute("aria-labelledby", id);
    box.replaceChildren(el("h3", { id, tabindex: "-1", lang: documentLanguage }, words), form(id), leave, problem, page);
  };
  const ask = (fact) => show(fact.question, (labelledBy) => factForm(fact, { labelledBy, choose: (value) => choose(fact.id, value) }));
  const askPlainly = async () => {
    const counted = question.type === "date" ? await countedFrom(question) : null;
    show(question.question, (labelledBy) => factForm(question, { labelledBy, choose: (value) => choose(question.id, value), counted, ask }));
  };
  if (question.suggested) {
    const { value, words } = question.suggested;
    show(t("您说“{said}”，{name}是{words}吗？", { ...question.suggested, name: question.name }), (id) => el("div", { class: "choices", role: "group", "aria-labelledby": id },
      el("button", { type: "button", class: "plain", onclick: () => choose(question.id, value) }, t("是，{words}", { words })),
      el("button", { type: "button", class: "plain", onclick: askPlainly }, t("不是"))));
  } else askPlainly();
  return box;
}

/** What one can tell where nobody remembers the date: an age; nothing where that cannot be learnt. */
async function countedFrom(question) {
  const facts = await fetchFacts().catch(() => []);
  return facts.find((fact) => fact.counted_from === question.id && fact.counted_in !== "days") ?? null;
}
