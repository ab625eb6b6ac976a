/** One question and what came of it: statements with citations, a refusal, or a failure. */

import { drawTools } from "./answer_tools.js";
import { askKnowing } from "./api.js";
import { el } from "./dom.js";
import { phrases } from "./filters.js";
import { backgroundBadge, consolidatedBadge, digestBadge, doubtfulBadge, isDoubtful, REFUSAL, STATUS, statusBadge, titled } from "./labels.js";
import { documentLanguage, language, t } from "./texts.js";

const ADVICE = {
  no_evidence: t("也可以换一种说法再问，或者到文件目录里查找；急需办理的，可以拨打政务服务便民热线12345。"),
  out_of_scope: t("可以到文件目录里看看收录了哪些文件；急需办理的，可以拨打政务服务便民热线12345。"),
  weak_evidence: t("可以写得再具体一些，例如写明事项、地区和年份。"),
};

const MOST_SOURCES = 3; // documents that are named at once
const LONG = 200, LINES = 6; // of a question, in characters and lines, above which it is cut
const MOST_PLACES = 3; // citations of one statement that say where they stand; more would hide what is said

export class Turn {
  /**
   * @param {string} question
   * @param {Object<string, string>|null|undefined} within  the filters that it was asked under
   * @param {{source: (citations: Array<Object>, position: number, opener: HTMLElement, turn: Turn) => void,
   *   again?: (turn: Turn) => void, edit?: (question: string) => void, ask?: (question: string) => void, wentOn?: (turn: Turn, answer: Object) => void,
   *   exported?: () => string|null}} actions  exported: the address of the conversation as a Word file; an answer that
   *   is only to be read has none but the first
   */
  constructor(question, within, actions) {
    this.question = question;
    const { title: _title, ...asked } = within ?? {};
    this.within = asked;
    this.actions = actions;
    /** @type {{facts: Object, skipped: string[]}|undefined} what was chosen for the verdict before, which this may go on from */
    this.before = undefined;
    this.openSource = actions.source;
    this.answer = el("div", { class: "answer" });
    this.element = el("article", { class: "turn" }, ...drawQuestion(question), this.answer);
    this.clear();
  }

  /** Open the source of a citation; from there one can ask again where its text was changed. */
  #open(position, opener) {
    this.openSource(this.citations, position, opener, this);
  }

  /** The button of a quotation where the answer says it, else where the sources are listed; null where it has none. @returns {HTMLElement|null} */
  chipOf(number) {
    const named = `.chip[data-number="${number}"]`;
    return this.body.querySelector(named) ?? this.answer.querySelector(named);
  }

  /** Forget what was shown and wait for an answer. */
  clear() {
    this.isWhole = false;
    this.citations = [];
    this.statements = [];
    this.body = el("div", { class: "statements", lang: documentLanguage });
    this.status = el("p", { class: "status" }, el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i")), el("span", {}, t("正在查找依据")));
    this.answer.setAttribute("aria-busy", "true");
    this.answer.replaceChildren(this.status, this.body);
  }

  /** Take one event of the answer. */
  take(name, data) {
    if (name === "status" && !this.status.querySelector("button")) this.status.lastChild.textContent = data.stage === "waiting" ? t("排在第 {place} 位，请稍候", data) : t(data.message);
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
      for (const statement of answer.statements) this.#state(statement);
    }
    if (answer.table) this.#tabulate(answer.table);
    const offers = answer.offers?.length && this.actions.ask ? [this.#offers(answer.offers)] : [];
    if (answer.refusal) this.answer.append(this.#refusal(answer.refusal), ...offers); // what may be meant comes before what is only near
    const sources = answer.refusal ? this.#nearest() : this.#sources();
    if (answer.citations.length) this.answer.append(sources);
    if (answer.script_kept) this.answer.append(el("p", { class: "quiet" }, t("引文保留原文的字形。")));
    if (answer.resolved_question && answer.resolved_question !== this.question) {
      this.answer.prepend(el("p", { class: "quiet resolved", lang: documentLanguage }, t("按“{question}”查找", { question: answer.resolved_question })));
    }
    if (answer.changes?.length) this.#tellChanges(answer.changes);
    if (answer.within) this.answer.prepend(el("p", { class: "quiet resolved" }, phrases(answer.within).map(([, phrase]) => phrase).join("，")));
    if (!answer.refusal) this.answer.append(...offers);
    this.answer.append(drawTools(answer, this));
    if (answer.eligibility) import("./personal.js").then(({ drawNext }) => this.body.after(drawNext(answer.eligibility, answer.resolved_question ?? this.question, (known) => this.#goOn(answer.resolved_question ?? this.question, known))), () => {});
    this.isWhole = true;
    this.#settle();
  }

  /** Answer anew with what is known now; that is not kept, so the conversation holds what was told in the question alone. */
  async #goOn(question, known) {
    const answer = await askKnowing(question, this.within, known);
    this.actions.wentOn?.(this, answer);
    const isElsewhere = document.activeElement !== document.body && !this.element.contains(document.activeElement);
    this.clear();
    this.finish(answer);
    if (isElsewhere) return; // writing the next question, which goes on undisturbed
    this.body.tabIndex = -1;
    this.body.focus({ preventScroll: true });
    this.body.scrollIntoView({ block: "nearest" });
  }

  /** Offer what may be asked next, which comes after the answer. */
  suggest({ suggestions, refusal }) {
    if (suggestions.length) this.answer.append(this.#suggestions(suggestions, refusal ? t("可以这样问") : t("接着可以问")));
  }

  /** Say that the answer failed, and offer to ask again. */
  fail(message, retry) {
    this.#end("bad", message, t("重试"), retry);
  }

  /** Say that the answer takes long, and offer to ask again; both go when it comes. */
  wait(retry) {
    if (!this.status.isConnected) this.answer.append(this.status); // some of the answer stands already
    this.status.replaceChildren(
      el("span", {}, t("服务响应较慢，您的问题已保留，可以继续等待。")), el("button", { type: "button", class: "plain", onclick: retry }, t("重新提问")));
  }

  /** Say that the answer was stopped, and offer to ask again. */
  stop(retry) {
    this.#end("", t("已停止。"), t("重新提问"), retry);
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
    const few = statement.citations.length <= MOST_PLACES;
    const chips = statement.citations.map((number) => this.#chip(number, few ? this.#where(number) : null));
    if (!this.#asRow(statement, chips)) this.body.append(el("p", { class: "statement" }, ...emphasized(statement), ...chips));
  }

  /** Where a quotation stands and whether that holds, in a few words; a digest says so in its place. */
  #where(number) {
    const cited = this.citations.find((citation) => citation.number === number);
    if (!cited) return null;
    if (cited.source === "background") return t("背景情况");
    return [cited.label || t("正文"), cited.source === "consolidated" && t("整理文本"), STATUS[cited.status]].filter(Boolean).join(" · ");
  }

  /** Show a statement that is a row of a table under the headers of the table, below the rows of the same one; false where it is none. */
  #asRow(statement, chips) {
    const [row, head] = statement.citations.map((number) => this.citations.find((citation) => citation.number === number));
    if (!row?.rows || row.quote !== statement.text) return false;
    const key = `${row.doc_id} ${head?.clause_id}`;
    const last = /** @type {HTMLElement|null} */ (this.body.lastElementChild);
    const focused = statement.focus && Array.from(statement.text).slice(...statement.focus).join("");
    const cells = row.rows.flat().map(({ text, header, columns }) => el(header ? "th" : "td", { scope: header && "row", colspan: columns > 1 && columns }, text === focused ? el("strong", {}, text) : text));
    const drawn = el("tr", {}, ...cells, el("td", { class: "row-sources" }, ...chips));
    if (last?.dataset.table === key) {
      last.querySelector("tbody").append(drawn);
      return true;
    }
    const heads = (head?.rows ?? []).map((names) => el("tr", {}, ...names.map(({ text, columns }) => el("th", { scope: "col", colspan: columns > 1 && columns }, text)), el("th", { scope: "col", lang: language }, t("出处"))));
    const table = el("table", {}, heads.length > 0 && el("thead", {}, ...heads), el("tbody", {}, drawn));
    this.body.append(el("div", { class: "statement table-frame", tabindex: "0", role: "region", "aria-label": t("表格"), "data-table": key }, table));
    return true;
  }

  /** Say what has happened to the documents since the answer was given. */
  #tellChanges(changes) {
    import("./changes.js").then(({ drawChanges }) => this.answer.prepend(drawChanges(t("回答之后，引用的文件有变化，请点开出处核对："), changes)), () => {});
  }

  /** Show the statements behind the first as the table that says the same; they stay until it is there. */
  #tabulate(table) {
    import("./table.js").then(({ drawTable }) => {
      const [lead] = this.statements;
      this.body.replaceChildren(el("p", { class: "statement" }, lead.text), drawTable(table, this.question, (number) => this.#chip(number)));
    }, () => {});
  }

  #chip(number, label = null) {
    const open = (event) => {
      const position = this.citations.findIndex((citation) => citation.number === number);
      if (position >= 0) this.#open(position, event.currentTarget);
    };
    const { quote, label: place, confidence } = this.citations.find((citation) => citation.number === number) ?? {};
    const doubt = isDoubtful({ confidence }) ? t("扫描件由机器识别，可能有错字，请核对原件") : "";
    const kind = ["chip", label !== null && "wide", doubt && "doubtful"].filter(Boolean).join(" ");
    return el(
      "button",
      { type: "button", class: kind, "data-number": number, title: [doubt, quote].filter(Boolean).join("\n"), "aria-label": [t("出处 {number}", { number }), label ?? place, doubt].filter(Boolean).join(" "), onclick: open },
      label === null ? String(number) : el("b", {}, String(number)),
      label,
    );
  }

  /** The documents that the answer rests on, each with its places. */
  #sources() {
    const byDocument = new Map(); // what a digest says of the world is no part of the document
    for (const one of this.citations) {
      const name = `${one.doc_id} ${one.source}`;
      byDocument.set(name, [...(byDocument.get(name) ?? []), one]);
    }
    const cards = [...byDocument.values()].map((places) =>
      el(
        "div",
        { class: "source-card" },
        el("p", { class: "source-name" }, el("a", { href: `/documents/${encodeURIComponent(places[0].doc_id)}`, lang: documentLanguage }, places[0].title), ...aside({ ...places[0], confidence: leastSure(places) })),
        el("p", { class: "places", lang: documentLanguage }, ...places.map((place) => this.#chip(place.number, place.source === "background" ? t("背景情况") : place.label || t("正文")))),
      ),
    );
    const folded = cards.splice(MOST_SOURCES);
    return el("section", { class: "sources", "aria-label": t("出处") }, ...cards,
      folded.length > 0 && el("details", { class: "more-sources" }, el("summary", {}, t("其余 {count} 份出处", { count: folded.length })), ...folded));
  }

  #suggestions(questions, heading) {
    const buttons = questions.map((one) => el("li", {}, el("button", { type: "button", class: "plain", onclick: () => this.actions.ask(one) }, one)));
    return el("section", { class: "suggestions", "aria-live": "off", "aria-label": heading }, el("h3", {}, heading), el("ul", { lang: documentLanguage }, ...buttons));
  }

  /** The verdicts that may have been asked for, each a question to be pressed. */
  #offers(offers) {
    const buttons = offers.map(({ title, question }) => el("li", {}, el("button", { type: "button", class: "plain", onclick: () => this.actions.ask(question) }, t("“{title}”的条件", { title }))));
    return el("section", { class: "suggestions offers", "aria-live": "off", "aria-label": t("您是否想了解") }, el("h3", {}, t("您是否想了解")), el("ul", { lang: documentLanguage }, ...buttons));
  }

  #refusal(refusal) {
    return el(
      "div",
      { class: `panel refusal ${refusal.kind}` },
      el("h3", {}, REFUSAL[refusal.kind] ?? t("无法回答")),
      el("p", { lang: documentLanguage }, refusal.message),
      refusal.contacts?.length > 0 && el("p", {}, t("咨询电话：")),
      refusal.contacts?.length > 0 && el("ul", { class: "contacts", lang: documentLanguage }, ...refusal.contacts.map(drawContact)),
      ADVICE[refusal.kind] && el("p", { class: "quiet" }, ADVICE[refusal.kind]),
    );
  }

  /** What was found that comes nearest, where there is no answer. */
  #nearest() {
    return el(
      "section",
      { class: "nearest" },
      el("h3", {}, t("最接近的材料")),
      ...this.citations.map((citation, position) =>
        el(
          "button",
          { type: "button", class: "near", onclick: (event) => this.#open(position, event.currentTarget) },
          el("span", { class: "near-quote", lang: documentLanguage }, citation.quote),
          el("span", { class: "near-place", lang: documentLanguage }, [citation.title, citation.label].filter(Boolean).join(" · "), ...aside(citation)),
        ),
      ),
    );
  }
}

/** The question as it was asked, a long one cut until it is wanted. */
function drawQuestion(question) {
  const isLong = question.length > LONG || question.split("\n").length > LINES;
  const asked = el("h2", { class: isLong ? "question is-cut" : "question", lang: documentLanguage }, question);
  if (!isLong) return [asked];
  const toggle = el("button", { type: "button", class: "text", "aria-expanded": "false", onclick: () => {
    const isCut = asked.classList.toggle("is-cut");
    toggle.setAttribute("aria-expanded", String(!isCut));
    toggle.textContent = isCut ? t("展开") : t("收起");
  } }, t("展开"));
  return [asked, toggle];
}

/** How sure OCR was of the least sure of some places, null where it read none. */
function leastSure(places) {
  const read = places.map((place) => place.confidence ?? null).filter((confidence) => confidence !== null);
  return read.length ? Math.min(...read) : null;
}

/** What belongs beside a title: that it is a digest or was put together, its 文号 and its validity; background has but its own badge. */
function aside(citation) {
  if (citation.source === "background") return [backgroundBadge()];
  return [
    citation.source === "digest" && digestBadge(),
    citation.source === "consolidated" && consolidatedBadge(),
    isDoubtful(citation) && doubtfulBadge(citation.confidence),
    citation.doc_no && el("span", { class: "quiet", lang: documentLanguage }, citation.doc_no),
    statusBadge(citation.status),
  ].filter(Boolean);
}

/** A statement with the words that answer the question set in bold, no word cut in two; `focus` counts characters, not UTF-16 units. */
function emphasized({ text, focus }) {
  if (!focus) return [text];
  const characters = Array.from(text);
  const units = (count) => characters.slice(0, count).join("").length;
  const [start, end] = wholeWords(text, units(focus[0]), units(focus[1]));
  return [text.slice(0, start), el("strong", {}, text.slice(start, end)), text.slice(end)];
}

/** Widen a span to the words that the browser sees at its ends; where it knows none, the span stays. */
function wholeWords(text, start, end) {
  if (!("Segmenter" in Intl) || end <= start) return [start, end];
  const words = new Intl.Segmenter("zh", { granularity: "word" }).segment(text);
  const [first, last] = [words.containing(start), words.containing(end - 1)];
  return [first?.isWordLike ? first.index : start, last?.isWordLike ? last.index + last.segment.length : end];
}

/** Whom a document names to be asked. */
function drawContact({ title, name, phone }) {
  const call = el("a", { href: `tel:${phone.split("、")[0].replace(/[^\d+]/g, "")}` }, phone);
  return el("li", {}, name && `${name} `, call, el("span", { class: "quiet" }, t("（{title}所列）", { title: titled(title) })));
}
