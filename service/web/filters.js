/** What the documents that may answer have in common: chosen in a panel, shown as buttons that remove it. */

import { fetchDocuments } from "./api.js";
import { el } from "./dom.js";
import { formatDate, LEVEL } from "./labels.js";
import { documentLanguage, t } from "./texts.js";

const NAMES = ["as_of", "level", "topic", "doc_id"];
const MOST_TITLES = "200";
const INDENT = "\u3000"; // before a topic that stands under another

/**
 * Say what a question was confined to, one phrase for each filter.
 * @param {Object<string, string>} chosen  as `/api/ask` takes it; `title` is that of the document
 * @returns {Array<[string, string]>} name and phrase
 */
export function phrases(chosen) {
  const written = {
    as_of: (day) => t("按{day}的规定", { day: formatDate(day) }),
    level: (level) => t("只查{level}文件", { level: LEVEL[level] ?? level }),
    topic: (topic) => t("只查“{topic}”文件", { topic }),
    doc_id: (id) => t("只查《{title}》", { title: chosen.title ?? id }),
  };
  return NAMES.filter((name) => chosen[name]).map((name) => [name, written[name](chosen[name])]);
}

export class Filters {
  /** @param {HTMLElement} row  what the buttons and the panel are drawn into */
  constructor(row) {
    this.chosen = {};
    this.titles = new Map();
    this.chips = el("span", { class: "within-chips" });
    this.toggle = el("button", { type: "button", class: "text", "aria-expanded": "false", "aria-controls": "within-panel", onclick: () => this.#show(this.panel.hidden) }, t("限定范围"));
    this.panel = this.#drawPanel();
    row.append(this.chips, this.toggle, this.panel);
    row.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.panel.hidden) return;
      this.#show(false);
      this.toggle.focus();
    });
  }

  /** What `/api/ask` takes of it. */
  get within() {
    const { title: _title, ...asked } = this.chosen;
    return asked;
  }

  /** Take the filters that an address names. */
  async take(address) {
    const named = NAMES.filter((name) => address.get(name));
    if (!named.length) return;
    this.chosen = Object.fromEntries(named.map((name) => [name, address.get(name)]));
    if (this.chosen.doc_id) await this.#offer();
    this.#draw();
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
    const labelled = (label, field) => el("label", {}, el("span", {}, label), field);
    const panel = el(
      "div",
      { class: "within-panel", id: "within-panel", role: "group", "aria-label": t("限定范围"), hidden: true },
      labelled(t("按哪一天的规定"), this.fields.as_of),
      labelled(t("层级"), this.fields.level),
      labelled(t("主题"), this.fields.topic),
      labelled(t("只查一份文件"), this.fields.doc_id),
      list,
    );
    panel.addEventListener("change", ({ target }) => this.#choose(target));
    return panel;
  }

  #choose(field) {
    const name = field.name === "title" ? "doc_id" : field.name;
    const value = name === "doc_id" ? this.titles.get(field.value.trim()) : field.value;
    const { [name]: _before, ...rest } = this.chosen;
    const known = Boolean(value) || !field.value;
    field.setCustomValidity(known && field.validity.valid !== false ? "" : t("没有这份文件，请从列出的标题里选"));
    if (!known) field.reportValidity();
    this.chosen = value ? { ...rest, [name]: value } : rest;
    if (name === "doc_id" && value) this.chosen.title = field.value.trim();
    this.#draw();
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
    for (const name of ["as_of", "level", "topic"]) this.fields[name].value = this.chosen[name] ?? "";
    this.fields.doc_id.value = this.chosen.doc_id ? (this.chosen.title ?? this.chosen.doc_id) : "";
  }

  async #show(shown) {
    this.panel.hidden = !shown;
    this.toggle.setAttribute("aria-expanded", String(shown));
    if (!shown) return;
    await this.#offer();
    this.#draw();
    this.fields.as_of.focus();
  }

  /** Offer the levels, topics and titles that there are; without the service the date is still to be had. */
  async #offer() {
    if (this.titles.size) return;
    const found = await fetchDocuments(new URLSearchParams({ page_size: MOST_TITLES })).catch(() => null);
    if (!found) return;
    this.titles = new Map(found.items.map((doc) => [doc.title, doc.doc_id]));
    this.list.replaceChildren(...found.items.map((doc) => el("option", { value: doc.title })));
    const options = (name, word) => this.fields[name].append(...found.facets[name].map(({ value, under }) => el("option", { value, lang: documentLanguage }, `${under ? INDENT : ""}${word(value)}`)));
    options("level", (value) => LEVEL[value] ?? value);
    options("topic", (value) => value);
    const title = found.items.find((doc) => doc.doc_id === this.chosen.doc_id)?.title;
    if (title) this.chosen.title = title;
  }
}
