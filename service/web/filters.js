/** What the documents that may answer have in common: chosen in a panel, shown as buttons that remove it. */

import { fetchDocument, fetchDocuments } from "./api.js";
import { el } from "./dom.js";
import { formatDate, LEVEL, titled } from "./labels.js";
import { documentLanguage, t } from "./texts.js";

const NAMES = ["as_of", "level", "topic", "doc_id"];
const MOST_TITLES = "200"; // as many as the service lists at once
const PAUSE_MS = 250; // after the last key
const INDENT = "\u3000"; // before a topic that stands under another

/**
 * Say what a question was confined to, one phrase for each filter.
 * @param {Object<string, string>} chosen  as `/api/ask` takes it; `title` is that of the document, `edition` tells it from others of that title
 * @returns {Array<[string, string]>} name and phrase
 */
export function phrases(chosen) {
  const written = {
    as_of: (day) => t("按{day}的规定", { day: formatDate(day) }),
    level: (level) => t("只查{level}文件", { level: LEVEL[level] ?? level }),
    topic: (topic) => t("只查“{topic}”文件", { topic }),
    doc_id: (id) => t("只查{title}", { title: `${titled(chosen.title ?? id)}${inBrackets(chosen.edition)}` }),
  };
  return NAMES.filter((name) => chosen[name]).map((name) => [name, written[name](chosen[name])]);
}

export class Filters {
  /** @param {HTMLElement} row  what the buttons and the panel are drawn into */
  constructor(row) {
    this.chosen = {};
    /** @type {Map<string, any>} the documents that the service told of, by id */
    this.known = new Map();
    /** @type {Map<string, {doc_id: string, title: string, edition: string}>} by what the field offers for them */
    this.titles = new Map();
    this.typing = 0;
    this.chips = el("span", { class: "within-chips" });
    this.toggle = el("button", { type: "button", class: "text", "aria-expanded": "false", "aria-controls": "within-panel", onclick: () => this.#show(this.panel.hidden) }, t("限定范围"));
    this.panel = this.#drawPanel();
    row.append(this.chips, this.toggle, this.panel);
    // From the whole page: one who went on to the question with the panel still open closes it there, and stays.
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.panel.hidden) return;
      if (row.contains(document.activeElement)) this.toggle.focus();
      this.#show(false);
    });
  }

  /** What `/api/ask` takes of it. */
  get within() {
    const { title: _title, edition: _edition, ...asked } = this.chosen;
    return asked;
  }

  /** Take the filters that an address names, and say whether it names any. */
  take(address) {
    const named = NAMES.filter((name) => address.get(name));
    if (!named.length) return false;
    this.chosen = Object.fromEntries(named.map((name) => [name, address.get(name)]));
    if (this.chosen.doc_id) this.#name(this.chosen.doc_id).then(() => this.#draw());
    else this.#draw();
    return true;
  }

  /** Take what was chosen before the page was left. @param {string|null} kept  as JSON */
  takeBack(kept) {
    this.chosen = JSON.parse(kept ?? "{}");
    this.#draw();
  }

  clear() {
    this.chosen = {};
    this.#draw();
  }

  /** Take the panel away, unless something in it is to be put right. */
  close() {
    if (Object.values(this.fields).every((field) => field.validity.valid)) this.#show(false);
  }

  #drawPanel() {
    const list = el("datalist", { id: "titles" });
    this.fields = {
      as_of: el("input", { type: "date", name: "as_of", min: "1949-10-01", max: "2999-12-31" }),
      level: el("select", { name: "level" }, el("option", { value: "" }, t("全部层级"))),
      topic: el("select", { name: "topic" }, el("option", { value: "" }, t("全部主题"))),
      doc_id: el("input", { type: "text", name: "title", list: "titles", placeholder: t("全部文件"), autocomplete: "off" }),
    };
    this.list = list;
    this.wrong = el("p", { class: "notice", role: "alert" });
    const labelled = (label, field) => el("label", {}, el("span", {}, label), field);
    const panel = el(
      "div",
      { class: "within-panel", id: "within-panel", role: "group", "aria-label": t("限定范围"), hidden: true },
      labelled(t("按哪一天的规定"), this.fields.as_of),
      labelled(t("层级"), this.fields.level),
      labelled(t("主题"), this.fields.topic),
      labelled(t("只查一份文件"), this.fields.doc_id),
      list,
      this.wrong,
    );
    panel.addEventListener("change", ({ target }) => (target === this.fields.doc_id ? this.#chooseTitle() : this.#choose(target)));
    this.fields.doc_id.addEventListener("input", () => {
      clearTimeout(this.typing);
      const written = this.fields.doc_id.value.trim();
      if (written && !this.titles.has(written)) this.typing = setTimeout(() => this.#search(written), PAUSE_MS);
    });
    return panel;
  }

  #choose(field) {
    const { name, value } = field;
    const { [name]: _before, ...rest } = this.chosen;
    this.chosen = value ? { ...rest, [name]: value } : rest;
    this.#draw();
  }

  /** Choose the document of the title in the field; the service is asked for one that was not offered. */
  async #chooseTitle() {
    const field = this.fields.doc_id;
    const written = field.value.trim();
    this.wrong.textContent = "";
    if (this.#takeTitle(written)) return;
    await this.#search(written);
    if (field.value.trim() === written && !this.#takeTitle(written)) this.wrong.textContent = field.validationMessage; // told, without taking one back to it
  }

  #takeTitle(written) {
    const found = this.titles.get(written);
    const several = [...this.known.values()].some((doc) => doc.title === written);
    const wrong = several ? t("同名的文件不止一份，请从列出的标题里选") : t("没有这份文件，请从列出的标题里选");
    this.fields.doc_id.setCustomValidity(found || !written ? "" : wrong);
    const { doc_id: _doc, title: _title, edition: _edition, ...rest } = this.chosen;
    this.chosen = { ...rest, ...found };
    this.#draw();
    return found || !written;
  }

  #remove(name) {
    const { [name]: _removed, ...rest } = this.chosen;
    this.chosen = rest;
    this.#draw();
    this.toggle.focus();
  }

  #draw() {
    const chips = phrases(this.chosen).map(([name, phrase]) =>
      el("button", { type: "button", class: "plain", "aria-label": t("取消：{phrase}", { phrase }), title: t("取消"), lang: documentLanguage, onclick: () => this.#remove(name) }, phrase, el("span", { "aria-hidden": "true" }, " ✕")),
    );
    this.chips.replaceChildren(...chips);
    for (const name of ["as_of", "level", "topic"]) {
      const value = this.chosen[name] ?? "";
      if (this.fields[name].value !== value) this.fields[name].value = value; // a day that is half typed has none yet, and stays
    }
    const { doc_id: id, title, edition } = this.chosen;
    // What is no title stays to be put right.
    if (id || !this.fields.doc_id.validity.customError) this.fields.doc_id.value = id ? `${title ?? id}${inBrackets(edition)}` : "";
  }

  #show(shown) {
    this.panel.hidden = !shown;
    this.toggle.setAttribute("aria-expanded", String(shown));
    if (!shown) return;
    this.fields.as_of.focus(); // not once the titles have come, when one may be writing elsewhere
    this.#offer();
  }

  /** Offer the levels, topics and titles that there are; without the service the date is still to be had. */
  async #offer() {
    if (this.known.size) return;
    const found = await this.#search("");
    if (!found) return;
    const options = (name, word) => {
      this.fields[name].append(...found.facets[name].map(({ value, under }) => el("option", { value, lang: documentLanguage }, `${under ? INDENT : ""}${word(value)}`)));
      this.fields[name].value = this.chosen[name] ?? ""; // what an address named before there was a choice
    };
    options("level", (value) => LEVEL[value] ?? value);
    options("topic", (value) => value);
  }

  /** Say which document an address names. */
  async #name(id) {
    await this.#offer();
    const doc = this.known.get(id) ?? await fetchDocument(id).catch(() => null);
    if (!doc) return;
    this.#know([doc]);
    this.chosen = { ...this.chosen, ...[...this.titles.values()].find((one) => one.doc_id === id) };
  }

  /** Offer the titles of the documents in whose names the words are. */
  async #search(words) {
    const found = await fetchDocuments(new URLSearchParams({ page_size: MOST_TITLES, q: words })).catch(() => null);
    if (found) this.#know(found.items);
    return found;
  }

  /** Offer more documents, those of one title with what tells them apart. */
  #know(docs) {
    for (const doc of docs) this.known.set(doc.doc_id, doc);
    const count = new Map();
    for (const { title } of this.known.values()) count.set(title, (count.get(title) ?? 0) + 1);
    const choices = [...this.known.values()].map((doc) => ({ doc_id: doc.doc_id, title: doc.title, edition: count.get(doc.title) > 1 ? editionOf(doc) : "" }));
    this.titles = new Map(choices.map((one) => [`${one.title}${inBrackets(one.edition)}`, one]));
    this.list.replaceChildren(...[...this.titles.keys()].map((value) => el("option", { value })));
  }
}

/** Tell a document from others of its title: by the day on which its text begins to hold, and its number. */
function editionOf({ doc_id: id, amended, effective, issued, doc_no: number }) {
  const begins = [amended, effective ?? issued].filter(Boolean).sort().at(-1);
  return [begins && formatDate(begins), number].filter(Boolean).join("，") || id;
}

function inBrackets(words) {
  return words ? `（${words}）` : "";
}
