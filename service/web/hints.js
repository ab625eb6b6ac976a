/**
 * What may be asked, offered below the question box while one types: the list of an ARIA combobox.
 * The box has several lines, so that it keeps the role of a text box, as HTML wants it; how many are offered is announced instead of
 * aria-expanded. https://www.w3.org/WAI/ARIA/apg/patterns/combobox/
 */

import { fetchSuggestions } from "./api.js";
import { el } from "./dom.js";
import { documentLanguage, t } from "./texts.js";

const PAUSE_MS = 150; // in typing, after which one looks
const FEWEST = 2; // characters
const MOST = 500; // as the service takes; nothing is begun as long as that
const KIND = { benefit: t("可享受政策"), document: t("文件"), heading: t("章节"), question: t("常见问题") };

export class Hints {
  /**
   * @param {HTMLTextAreaElement} box
   * @param {HTMLElement} place  what the list is drawn into
   * @param {() => void} onChange  told when a text was put into the box
   */
  constructor(box, place, onChange) {
    this.box = box;
    this.place = place;
    this.onChange = onChange;
    this.list = el("ul", { class: "hints", id: "hints", role: "listbox", "aria-label": t("您可能想问"), lang: documentLanguage, hidden: true });
    this.count = el("p", { class: "visually-hidden", role: "status" });
    this.active = -1;
    place.append(this.list, this.count);
    for (const [name, value] of [["aria-autocomplete", "list"], ["aria-controls", "hints"], ["aria-haspopup", "listbox"]]) box.setAttribute(name, value);
    box.addEventListener("input", (event) => /** @type {InputEvent} */ (event).isComposing || this.look());
    box.addEventListener("compositionend", () => this.look());
    box.addEventListener("keydown", (event) => this.#key(event), true); // before what the box itself does with it
    box.addEventListener("blur", () => this.close());
    this.list.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus
    this.list.addEventListener("click", (event) => {
      const option = /** @type {Element} */ (event.target).closest("li");
      if (option) this.#choose(option);
    });
  }

  /** Look for what may be asked, when nothing has been typed for a moment. */
  look() {
    this.#stop();
    const { length } = this.box.value.trim();
    if (length < FEWEST || this.box.value.length > MOST || this.box.value.includes("\n")) return this.close();
    this.waiting = setTimeout(() => this.#fetch(this.box.value), PAUSE_MS);
  }

  /** Take the list away, and what was still looked for. */
  close() {
    this.#stop();
    this.list.hidden = true;
    this.list.replaceChildren();
    this.count.textContent = "";
    this.#activate(-1);
  }

  #stop() {
    clearTimeout(this.waiting);
    this.looking?.abort();
  }

  async #fetch(typed) {
    const mine = new AbortController();
    this.looking = mine;
    const found = await fetchSuggestions(typed, mine.signal).catch(() => []); // without them one writes on
    if (mine.signal.aborted || this.box.value !== typed || document.activeElement !== this.box) return;
    if (!found.length) return this.close();
    this.list.replaceChildren(...found.map((one, number) =>
      el("li", { role: "option", id: `hint-${number}`, "aria-selected": "false" }, el("span", { class: "hint-text" }, one.text), el("span", { class: "quiet" }, KIND[one.kind]))));
    this.list.hidden = false;
    this.place.style.setProperty("--box-height", `${this.box.form.offsetHeight}px`); // above which it stands at the foot of the page
    this.count.textContent = t("有{count}条提示，按上下键选择", { count: found.length });
    this.#activate(-1);
  }

  #key(event) {
    if (this.list.hidden || event.isComposing || event.keyCode === 229) return;
    const last = this.list.childElementCount - 1;
    const moves = { ArrowDown: this.active < last ? this.active + 1 : -1, ArrowUp: this.active >= 0 ? this.active - 1 : last };
    if (event.key in moves) this.#activate(moves[event.key]);
    else if (event.key === "Escape") this.close();
    else if (event.key === "Enter" && !event.shiftKey && this.active >= 0) this.#choose(this.list.children[this.active]);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  #activate(number) {
    this.active = number;
    for (const [at, one] of [...this.list.children].entries()) one.setAttribute("aria-selected", String(at === number));
    const option = this.list.children[number];
    if (!option) return this.box.removeAttribute("aria-activedescendant");
    this.box.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  #choose(option) {
    this.box.value = option.querySelector(".hint-text").textContent;
    this.close();
    this.onChange();
    this.box.focus();
  }
}
