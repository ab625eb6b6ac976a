/** The source pane: the cited document, scrolled to the marked quote. */

import { fetchDocument, fetchQuote } from "./api.js";
import { drawClauses, revealMark } from "./clauses.js";
import { el, icon } from "./dom.js";
import { badges, facts, formatShare, isDoubtful } from "./labels.js";
import { documentLanguage, t } from "./texts.js";

const NARROW = matchMedia("(max-width: 55rem)");
const SHOWN_FACTS = [t("文号"), t("发布机构"), t("成文日期"), t("失效日期"), t("摘要依据")];

/** Formats whose pages the service can draw. */
const DRAWN = new Set(["application/pdf", "application/ofd", "application/oxps", "image/png", "image/jpeg", "image/tiff"]);

export class SourcePane {
  /**
   * @param {HTMLElement} pane  the aside to draw into
   * @param {HTMLElement} desk  what holds the pane and the rest of the page
   */
  constructor(pane, desk) {
    this.pane = pane;
    this.desk = desk;
    this.opener = null;
    NARROW.addEventListener("change", () => this.#shield());
    document.addEventListener("keydown", (event) => {
      if (this.pane.hidden || /** @type {Element} */ (event.target).closest?.("input, textarea, select")) return;
      if (event.key === "Escape") this.close();
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      const body = /** @type {Element} */ (event.target).closest?.(".table-frame"); // a wide table is scrolled by the same keys
      if (step && !body && this.citations[this.position + step]) this.open(this.citations, this.position + step, null, this.asked);
    });
  }

  /**
   * Open the source of one citation of an answer.
   * @param {Array<Object>} citations  all citations of the answer
   * @param {number} position  which of them
   * @param {HTMLElement|null} opener  where the focus goes back to; null where one turned to it from another
   * @param {{again: () => void, chipOf: (number: number) => HTMLElement|null}} asked  again: asks the question again; chipOf: what stands for a
   *   citation in the answer
   */
  async open(citations, position, opener, asked) {
    const citation = citations[position];
    const body = el("div", { class: "source-body", "aria-busy": "true", tabindex: "0", role: "region", "aria-label": t("文件原文") }, el("p", { class: "quiet" }, t("正在打开出处…")));
    const head = el("div", { class: "source-head" }, el("h3", { lang: documentLanguage }, citation.title));
    const heading = el("h2", { tabindex: "-1" }, t("出处 {number}", citation));
    this.opener = opener ?? asked.chipOf(citation.number) ?? this.opener;
    this.current = citation;
    this.citations = citations;
    this.position = position;
    this.asked = asked;
    this.pane.replaceChildren(this.#toolbar(heading, citations, position), head, body);
    this.pane.hidden = false;
    this.desk.classList.add("has-source");
    for (const chip of document.querySelectorAll(".chip[aria-expanded]")) chip.removeAttribute("aria-expanded");
    this.#markInAnswer();
    this.#shield();
    heading.focus({ preventScroll: true });
    await this.#fill(head, body, citation);
  }

  /** Mark in the answer what the pane shows, and bring it into sight where it is not. */
  #markInAnswer() {
    this.opener?.setAttribute("aria-expanded", "true");
    for (const marked of document.querySelectorAll(".statement.is-open")) marked.classList.remove("is-open");
    const statement = this.opener?.closest(".statement");
    statement?.classList.add("is-open");
    if (!NARROW.matches) (statement ?? this.opener)?.scrollIntoView({ block: "nearest" });
  }

  close() {
    document.querySelector(".statement.is-open")?.classList.remove("is-open");
    this.pane.hidden = true;
    this.desk.classList.remove("has-source");
    this.#shield();
    this.opener?.removeAttribute("aria-expanded");
    this.opener?.focus();
    this.opener = null;
  }

  async #fill(head, body, citation) {
    try {
      const { doc, now, span } = await this.#document(citation);
      if (this.current !== citation) return;
      head.replaceChildren(...drawHead(doc, citation));
      const text = drawClauses(doc, { level: 3, wanted: now?.clause_id });
      const pages = DRAWN.has(doc.media_type) ? doc.marked_pages : [];
      const changed = now && now.state !== "kept" ? await this.#change(citation, now) : "";
      body.replaceChildren(changed, pages.length ? viewSwitch(text, doc.doc_id, pages, span) : "", text);
      if (!changed) revealMark(body);
    } catch (error) {
      if (this.current !== citation) return;
      const again = el("button", { type: "button", class: "plain", onclick: () => this.#fill(head, body, citation) }, t("重试"));
      const gone = error.code === "not_found";
      const message = gone ? t("这份文件已不在库中，下面是引用时的原句。") : error.message;
      body.replaceChildren(
        el("p", { class: "panel bad", role: "alert" }, message),
        gone ? el("blockquote", { lang: documentLanguage }, citation.quote) : again,
      );
    } finally {
      body.removeAttribute("aria-busy");
    }
  }

  /** The document with the quote marked, which may stand elsewhere by now; where its words are no more there, unmarked. */
  async #document(citation) {
    const doc = await fetchDocument(citation.doc_id, citation).catch((error) => {
      if (error.code !== "bad_input") throw error; // the text has become shorter
      return null;
    });
    const marked = doc?.clauses.flatMap((clause) => clause.segments).filter((segment) => segment.marked).map((segment) => segment.text).join("");
    if (marked === citation.quote) return { doc, now: null, span: citation };
    const now = await fetchQuote(citation);
    const span = now.state === "kept" ? now : null;
    return { doc: await fetchDocument(citation.doc_id, span), now, span };
  }

  /** Say that the text was changed after the answer, with both wordings, and offer to ask again. */
  async #change(citation, now) {
    const { drawPieces } = await import("./changes.js");
    const askAgain = () => {
      this.close();
      this.asked.again();
    };
    return el(
      "section",
      { class: "panel warn changed-quote", role: "note" },
      el("p", {}, now.state === "gone" ? t("这份文件在回答之后有改动，引用的原句已不在现在的文本里。") : t("这份文件在回答之后有改动，引用的原句与现在的文本不同。")),
      el("h4", {}, t("回答引用的原句")),
      el("blockquote", { lang: documentLanguage }, ...(now.state === "gone" ? [citation.quote] : drawPieces(now.before, "del"))),
      now.state === "changed" && el("h4", {}, t("现在的文本")),
      now.state === "changed" && el("blockquote", { lang: documentLanguage }, ...drawPieces(now.now, "ins")),
      el("button", { type: "button", class: "plain", onclick: askAgain }, t("按现在的文本重新提问")),
    );
  }

  #toolbar(heading, citations, position) {
    const turnTo = (target) => this.open(citations, target, null, this.asked);
    const step = (label, path, target) =>
      el(
        "button",
        { type: "button", class: "tool", "aria-label": label, title: label, disabled: !citations[target], onclick: () => turnTo(target) },
        icon(path),
      );
    const several = citations.length > 1;
    return el(
      "div",
      { class: "source-bar" },
      heading,
      several && step(t("上一处"), "M14.5 5.5 8 12l6.5 6.5", position - 1),
      several && step(t("下一处"), "M9.5 5.5 16 12l-6.5 6.5", position + 1),
      el("button", { type: "button", class: "tool", "aria-label": t("关闭出处"), title: t("关闭出处"), onclick: () => this.close() }, icon("M6 6l12 12M18 6 6 18")),
    );
  }

  /** On a phone the pane covers the page, which then takes no focus. */
  #shield() {
    const covered = !this.pane.hidden && NARROW.matches;
    for (const part of /** @type {HTMLElement[]} */ ([...document.body.children, ...this.desk.children])) {
      if (part !== this.desk && part !== this.pane) part.inert = covered;
    }
  }
}

/** What one must know of a document to judge its words; it stays in sight while the text scrolls. */
function drawHead(doc, citation) {
  const known = facts(doc).filter(([name]) => SHOWN_FACTS.includes(name));
  return [
    el("h3", { lang: documentLanguage }, doc.title),
    badges(doc),
    isDoubtful(citation) && el("p", { class: "panel warn" }, t("标出的文字是从扫描件识别的，把握只有 {share}，请对照原件核对。", { share: formatShare(citation.confidence) })),
    citation.source === "background" && el("p", { class: "panel warn" }, t("标出的是背景情况，不是这份文件的条文。")),
    el("dl", { class: "facts" }, ...known.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", { lang: documentLanguage }, value)))),
    el("a", { href: citation.url }, t("打开整份文件")),
  ].filter(Boolean);
}

/**
 * Turn between the text and the pictures of the pages that the quote stands on.
 * @param {HTMLElement} text
 * @param {string} docId
 * @param {Array<{number: number, top: number, bottom: number}>} pages
 * @param {{start: number, end: number}} span  of the quote
 */
function viewSwitch(text, docId, pages, span) {
  const picture = el("figure", { class: "page-picture", hidden: true });
  const numbers = pages.map((page) => page.number);
  const turns = numbers.length > 1 && el("p", { class: "page-turns" }, ...numbers.map((number, order) => el("button", { type: "button", class: "plain", onclick: () => picture.querySelectorAll("img")[order]?.scrollIntoView({ block: "start" }) }, t("到第{page}页", { page: number }))));
  if (turns) turns.hidden = true;
  const draw = () => {
    picture.append(...pages.map(({ number, top }, order) => {
      const image = el("img", { alt: t("第{page}页，引文已标出", { page: number }), src: `/api/documents/${encodeURIComponent(docId)}/pages/${number}.png?highlight=${span.start}-${span.end}` });
      image.addEventListener("error", () => image.replaceWith(el("p", { class: "panel bad" }, t("这一页画不出来，请看文字。"))));
      // What comes first of the quote is brought into sight, a little below the upper edge.
      if (order === 0) image.addEventListener("load", () => image.closest(".source-body")?.scrollTo({ top: image.offsetTop + top * image.clientHeight - 80 }));
      return image;
    }));
  };
  const button = el("button", { type: "button", class: "plain", "aria-pressed": "false", onclick: () => {
    const shown = picture.hidden;
    picture.hidden = !shown; // before it is drawn, since what is hidden has no height
    if (shown && !picture.firstChild) draw();
    text.hidden = shown;
    if (turns) turns.hidden = !shown;
    button.setAttribute("aria-pressed", String(shown));
  } }, t("看第{page}页原样", { page: numbers.join("、") }));
  return el("div", { class: "view-switch" }, button, turns, picture);
}
