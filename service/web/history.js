/** The conversations of this browser: list, search, open, rename, delete. */

import { fetchConversations, removeConversation, renameConversation } from "./api.js";
import { el, icon } from "./dom.js";
import { t } from "./texts.js";

const KEY = "kb-history";
const WIDE = matchMedia("(min-width: 75rem)");
const PENCIL = "M4 20h4L19 9l-4-4L4 16zM13 7l4 4";
const BIN = "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13";

export class History {
  /**
   * @param {HTMLElement} pane  the aside to draw into
   * @param {HTMLElement} toggle  the button that shows and hides it
   * @param {HTMLElement} desk  what holds the pane and the rest of the page
   * @param {{open: (id: string|null) => void}} on  open: a conversation was chosen, null for a new one
   */
  constructor(pane, toggle, desk, { open }) {
    this.pane = pane;
    this.toggle = toggle;
    this.desk = desk;
    this.choose = open;
    this.current = null;
    this.search = el("input", { type: "search", placeholder: t("查找对话"), "aria-label": t("查找对话"), maxlength: "100", oninput: () => this.refresh() });
    this.list = el("ul", { class: "conversations" });
    this.note = el("p", { class: "quiet", role: "status" });
    pane.append(
      el("button", { type: "button", class: "plain new", onclick: () => this.#open(null) }, icon("M12 5v14M5 12h14"), t("新对话")),
      this.search,
      this.note,
      this.list,
    );
    toggle.addEventListener("click", () => this.show(this.pane.hidden));
    pane.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || WIDE.matches) return;
      this.show(false);
      toggle.focus();
    });
    if (WIDE.matches && localStorage.getItem(KEY) === "shown") this.show(true);
  }

  show(shown) {
    this.pane.hidden = !shown;
    this.desk.classList.toggle("has-history", shown);
    this.toggle.setAttribute("aria-expanded", String(shown));
    if (WIDE.matches) localStorage.setItem(KEY, shown ? "shown" : "hidden");
    if (shown) this.refresh();
  }

  /** Say which conversation is open, and draw the list again where it is seen. */
  mark(id) {
    this.current = id;
    if (!this.pane.hidden) this.refresh();
  }

  async refresh() {
    const words = this.search.value;
    try {
      const { items } = await fetchConversations(words);
      if (words !== this.search.value) return;
      this.#show(items);
      this.note.textContent = items.length ? "" : words ? t("没有找到这样的对话。") : t("还没有对话。对话只保存在这台电脑的这个浏览器名下，90天不用会自动删除。");
    } catch (error) {
      this.note.textContent = error.message;
    }
  }

  /** Draw the list; the focus stays at its conversation, or goes to that in the place of one that is gone. */
  #show(items) {
    const rows = /** @type {HTMLElement[]} */ ([...this.list.children]);
    const at = rows.findIndex((row) => row.contains(document.activeElement));
    const control = at < 0 ? 0 : [...rows[at].children].indexOf(document.activeElement);
    this.list.replaceChildren(...items.map((one) => this.#draw(one)));
    if (at < 0) return;
    const drawn = /** @type {HTMLElement[]} */ ([...this.list.children]);
    const same = drawn.find((row) => row.dataset.id === rows[at].dataset.id);
    const next = same?.children[control] ?? drawn[Math.min(at, drawn.length - 1)]?.firstElementChild ?? this.search;
    /** @type {HTMLElement} */ (next).focus();
  }

  #draw({ id, title }) {
    const link = el(
      "a",
      { href: `/?c=${encodeURIComponent(id)}`, "aria-current": id === this.current && "true", onclick: (event) => {
        event.preventDefault();
        this.#open(id);
      } },
      title,
    );
    return el("li", { "data-id": id }, link, tool(t("改名"), PENCIL, title, () => this.#rename(id, title)), tool(t("删除"), BIN, title, () => this.#remove(id, title)));
  }

  #open(id) {
    if (!WIDE.matches) this.show(false);
    this.choose(id);
  }

  async #rename(id, title) {
    const wanted = prompt(t("对话名称"), title)?.trim();
    if (wanted && wanted !== title) await this.#change(() => renameConversation(id, wanted));
  }

  async #remove(id, title) {
    if (!confirm(t("删除对话“{title}”？删除后不能恢复。", { title }))) return;
    await this.#change(() => removeConversation(id));
    if (id === this.current) this.choose(null);
  }

  async #change(call) {
    try {
      await call();
      await this.refresh();
    } catch (error) {
      this.note.textContent = error.message;
    }
  }
}

function tool(name, path, title, onclick) {
  return el("button", { type: "button", class: "tool", "aria-label": `${name}：${title}`, title: name, onclick }, icon(path));
}
