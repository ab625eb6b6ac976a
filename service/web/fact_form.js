/** The controls by which a question of the rules is answered: buttons where the answers are few, a field else; the page and the chat ask with them. */

import { el } from "./dom.js";
import { documentLanguage, t } from "./texts.js";

/**
 * @param {Object} question  as the API tells it
 * @param {{labelledBy: string, choose: (value: any) => void, submit?: (value: any, input: HTMLInputElement) => void,
 *   counted?: Object|null, ask?: (question: Object) => void}} taking  choose: takes what a button says; submit: takes what was typed, as
 *   choose does where it is not given; counted: what can be told instead of the date, ask: asks for it
 */
export function factForm(question, { labelledBy, choose, submit = choose, counted = null, ask }) {
  const answers = question.type === "yes_no" ? [{ value: true, words: t("是") }, { value: false, words: t("否") }] : question.choices;
  if (answers.length) {
    return el("form", {}, el("div", { class: "choices", lang: question.type === "yes_no" ? null : documentLanguage, role: "group", "aria-labelledby": labelledBy },
      ...answers.map(({ value, words }) => el("button", { type: "button", class: "plain", onclick: () => choose(value) }, words))));
  }
  const numeric = question.type === "number" || question.type === "money";
  const kind = numeric ? { type: "number", min: question.least, max: question.most, step: 1, inputmode: "numeric" }
    : question.type === "date" ? { type: "date", min: "1850-01-01", max: new Date().toISOString().slice(0, 10) }
      : { type: "text", placeholder: t("例如：杭州、拱墅、安徽") };
  const input = /** @type {HTMLInputElement} */ (el("input", { ...kind, required: true, "aria-labelledby": labelledBy, autocomplete: "off" }));
  const form = el("form", {}, el("div", { class: "with-unit" }, input, question.unit && el("span", { lang: documentLanguage }, question.unit)),
    el("button", { type: "submit", class: "primary" }, t("确定")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(numeric ? Number(input.value) : input.value.trim(), input);
  });
  if (question.none) form.append(el("button", { type: "button", class: "plain", lang: documentLanguage, onclick: () => choose({ none: true }) }, question.none));
  if (counted && ask) form.append(el("button", { type: "button", class: "link", lang: documentLanguage, onclick: () => ask(counted) }, t("不记得日期，填{name}", counted)));
  return form;
}
