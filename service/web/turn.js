/** One question and what came of it: statements with citations, a refusal, or a failure. */

import { el } from "./dom.js";
import { digestBadge, REFUSAL, statusBadge } from "./labels.js";

export class Turn {
  /**
   * @param {string} question
   * @param {(citations: Array<Object>, position: number, opener: HTMLElement) => void} openSource
   */
  constructor(question, openSource) {
    this.question = question;
    this.openSource = openSource;
    this.answer = el("div", { class: "answer" });
    this.element = el("article", { class: "turn" }, el("h2", { class: "question" }, question), this.answer);
    this.clear();
  }

  /** Forget what was shown and wait for an answer. */
  clear() {
    this.citations = [];
    this.statements = [];
    this.body = el("div", { class: "statements" });
    this.status = el("p", { class: "status" }, el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i")), el("span", {}, "正在查找依据"));
    this.answer.setAttribute("aria-busy", "true");
    this.answer.replaceChildren(this.status, this.body);
  }

  /** Take one event of the answer. */
  take(name, data) {
    if (name === "status") this.status.lastChild.textContent = data.message;
    if (name === "citation") this.citations.push(data);
    if (name === "statement") this.#state(data);
  }

  /** Show the whole answer; what already stands is not drawn again. */
  finish(answer) {
    this.citations = answer.citations;
    const stands = answer.statements.length === this.statements.length
      && answer.statements.every((statement, i) => statement.text === this.statements[i].text);
    if (!stands) {
      this.statements = [];
      this.body.replaceChildren();
      answer.statements.forEach((statement) => this.#state(statement));
    }
    if (answer.refusal) this.answer.append(this.#refusal(answer.refusal));
    const sources = answer.refusal ? this.#nearest() : this.#sources();
    if (answer.citations.length) this.answer.append(sources);
    this.#settle();
  }

  /** Say that the answer failed, and offer to ask again. */
  fail(message, retry) {
    this.#end("bad", message, "重试", retry);
  }

  /** Say that the answer was stopped, and offer to ask again. */
  stop(retry) {
    this.#end("", "已停止。", "重新提问", retry);
  }

  #end(tone, message, offer, retry) {
    this.answer.append(
      el("div", { class: `panel ${tone} row`, role: "status" }, el("span", {}, message), el("button", { type: "button", class: "plain", onclick: retry }, offer)),
    );
    this.#settle();
  }

  #settle() {
    this.status.remove();
    this.answer.removeAttribute("aria-busy");
  }

  #state(statement) {
    this.statements.push(statement);
    this.status.remove();
    const chips = statement.citations.map((number) => this.#chip(number));
    this.body.append(el("p", { class: "statement" }, statement.text, ...chips));
  }

  #chip(number, label = null) {
    const open = (event) => {
      const position = this.citations.findIndex((citation) => citation.number === number);
      if (position >= 0) this.openSource(this.citations, position, event.currentTarget);
    };
    const { quote, label: place } = this.citations.find((citation) => citation.number === number) ?? {};
    return el(
      "button",
      { type: "button", class: label === null ? "chip" : "chip wide", title: quote, "aria-label": `出处${number}：${place ?? ""}`, onclick: open },
      label === null ? String(number) : el("b", {}, String(number)),
      label,
    );
  }

  /** The documents that the answer rests on, each with its places. */
  #sources() {
    const byDocument = Map.groupBy
      ? Map.groupBy(this.citations, (citation) => citation.doc_id)
      : this.citations.reduce((map, one) => map.set(one.doc_id, [...(map.get(one.doc_id) ?? []), one]), new Map());
    return el(
      "section",
      { class: "sources", "aria-label": "出处" },
      ...[...byDocument.values()].map((places) =>
        el(
          "div",
          { class: "source-card" },
          el("p", { class: "source-name" }, el("a", { href: `/documents/${encodeURIComponent(places[0].doc_id)}` }, places[0].title), ...aside(places[0])),
          el("p", { class: "places" }, ...places.map((place) => this.#chip(place.number, place.label || "原文"))),
        ),
      ),
    );
  }

  #refusal(refusal) {
    return el(
      "div",
      { class: `panel refusal ${refusal.kind}` },
      el("h3", {}, REFUSAL[refusal.kind] ?? "无法回答"),
      el("p", {}, refusal.message),
    );
  }

  /** What was found that comes nearest, where there is no answer. */
  #nearest() {
    return el(
      "section",
      { class: "nearest" },
      el("h3", {}, "最接近的材料"),
      ...this.citations.map((citation, position) =>
        el(
          "button",
          { type: "button", class: "near", onclick: (event) => this.openSource(this.citations, position, event.currentTarget) },
          el("span", { class: "near-quote" }, citation.quote),
          el("span", { class: "near-place" }, [citation.title, citation.label].filter(Boolean).join(" · "), ...aside(citation)),
        ),
      ),
    );
  }
}

/** What belongs beside a title: its 文号, that it is a digest, and its validity where that is not a matter of course. */
function aside(citation) {
  const special = !["in_force", "unknown"].includes(citation.status);
  return [
    citation.doc_no && el("span", { class: "quiet" }, citation.doc_no),
    citation.kind === "digest" && digestBadge(),
    special && statusBadge(citation.status),
  ].filter(Boolean);
}
