/** The page on which staff see what was read of a document beside the picture of its page, with what wants a look. */

import { correctText, fetchReading, followJob, isStaff } from "./api.js";
import { drawClauses } from "./clauses.js";
import { nameOf } from "./decisions.js";
import { el } from "./dom.js";
import { certaintyBadge, correctedBadge, DOUBT, formatShare, LOW_CONFIDENCE, UNREAD, unreadBadge } from "./labels.js";
import { below, documentLanguage, language, t } from "./texts.js";

const page = document.getElementById("reading");
const docId = decodeURIComponent(location.pathname.split("/").at(-2));
const FIELD = {
  title: t("标题"), doc_no: t("文号"), index_no: t("索引号"), issuer: t("发布机构"), issued: t("成文日期"), effective: t("施行日期"), expires: t("失效日期"), amended: t("修改日期"),
  disclosure: t("公开方式"), topic: t("主题"), status: t("效力"), region: t("适用地区"),
};

async function open(number, clause = "") {
  page.setAttribute("aria-busy", "true");
  try {
    if (!(await isStaff())) {
      page.replaceChildren(el("h1", {}, t("识读结果")), el("p", {}, t("这一页只有工作人员可以看，请先用访问密码登录。"), el("a", { href: "/staff" }, t("登录"))));
      return;
    }
    draw(await fetchReading(docId, number));
    history.replaceState(null, "", number > 1 ? `?page=${number}` : location.pathname);
    if (clause) document.getElementById(clause)?.scrollIntoView({ block: "center" });
  } catch (error) {
    page.replaceChildren(
      el("h1", {}, t("识读结果")),
      el("p", { class: "panel bad row", role: "alert" }, el("span", {}, error.message), el("button", { type: "button", class: "plain", onclick: () => open(number) }, t("重试"))),
    );
  } finally {
    page.removeAttribute("aria-busy");
  }
}

function draw(reading) {
  document.title = `${reading.title} · ${t("识读结果")}`;
  const picture = drawPicture(reading);
  page.replaceChildren(...[
    el("header", { class: "document-head" }, el("h1", { lang: documentLanguage }, reading.title),
      el("p", { class: "badges" }, certaintyBadge(reading.certainty), unreadBadge(reading.unread.reduce((sum, one) => sum + one.count, 0)), correctedBadge(reading.by_hand.filter((one) => one.read !== one.written).length), reading.doubts.length > 0 && el("span", { class: "badge warn" }, t("{count} 处待核对", { count: reading.doubts.length })))),
    el("p", { class: "links" }, el("a", { href: reading.url }, t("看全文")), el("a", { href: `${reading.url}/publication` }, t("更正读到的信息")),
      el("a", { href: `/api/documents/${encodeURIComponent(docId)}/file`, download: "" }, t("下载原件"))),
    el("p", { class: "quiet" }, t("原件和系统读到的文字放在一起对照，标出的是没有把握的地方。正文读错了，点条文后面的“改正”照原件改；没有读错的，点“核对无误”。原件内容不变，以后重新读入也照此更正。标题、文号、日期等在“更正读到的信息”里改正。")),
    drawFound(reading, picture),
    drawPager(reading),
    el("div", { class: reading.has_picture ? "reading-pair" : "" }, picture,
      el("section", { class: "reading-text", "aria-label": t("读到的文字") },
        reading.confidence !== null && el("p", { class: `panel ${reading.confidence < LOW_CONFIDENCE ? "warn" : ""}` }, t("这一页是扫描件，识别把握 {share}。", { share: formatShare(reading.confidence) })),
        reading.clauses.length ? drawClauses(reading, { anchors: true, level: 2, tool: (clause) => drawCorrection(reading, clause) }) : el("p", { class: "panel warn" }, t("这一页没有读到文字。")))),
    drawPager(reading),
  ].filter(Boolean));
}

/** What wants a look, what was not read, the header and the outline, each to be opened. */
function drawFound(reading, picture) {
  const on = (number) => (number ? t("第{number}页", { number }) : "");
  const show = (doubt) => {
    if (doubt.page && doubt.page !== reading.page) return open(doubt.page, doubt.clause_id);
    document.getElementById(doubt.clause_id)?.scrollIntoView({ block: "center" });
    const image = picture?.querySelector("img");
    if (image && doubt.end > doubt.start) image.src = below(pictureOf(reading.page, doubt));
  };
  const doubts = reading.doubts.map((doubt) => el("li", {}, el("button", { type: "button", class: "link", onclick: () => show(doubt) },
    [on(doubt.page), DOUBT[doubt.kind]].filter(Boolean).join(" ")), doubt.words && el("span", { lang: documentLanguage }, `：${doubt.words}`)));
  const unread = reading.unread.map((one) => el("li", {}, [on(one.page), UNREAD[one.kind]].filter(Boolean).join(" "), one.name && el("span", { lang: documentLanguage }, `：${one.name}`), one.count > 1 && t("（{count}处）", one)));
  const fields = reading.fields.map((one) => el("tr", {}, el("th", { scope: "row" }, FIELD[one.name] ?? one.name), el("td", { lang: documentLanguage }, one.value), el("td", { class: "quiet" }, on(one.page))));
  const outline = reading.outline.map((one) => el("li", { class: `depth-${one.depth}` }, el("button", { type: "button", class: "link", lang: documentLanguage, onclick: () => (one.page && one.page !== reading.page ? open(one.page, one.id) : document.getElementById(one.id)?.scrollIntoView({ block: "center" })) }, one.words)));
  const byHand = reading.by_hand.map((one) => drawByHand(reading, one, on));
  return el("div", { class: "reading-found" },
    fold(t("待核对的地方"), doubts, el("ul", {}, ...doubts), true),
    fold(t("没有读进正文的内容"), unread, el("ul", {}, ...unread), true),
    fold(t("人工更正和核对"), byHand, el("ul", {}, ...byHand), true),
    fold(t("读到的信息"), fields, el("table", { class: "metadata" }, el("tbody", {}, ...fields)), false),
    fold(t("目录"), outline, el("ol", { class: "reading-outline" }, ...outline), false));
}

/** What staff wrote or confirmed in one place, with what the system had read there, to be taken back. */
function drawByHand(reading, one, on) {
  const said = el("span", { class: "notice", role: "alert" });
  const confirmed = one.read === one.written;
  const back = el("button", { type: "button", class: "link", onclick: () => put(reading, { start: one.start, shown: one.written, written: null }, said, [back]) }, t("撤回"));
  const when = one.at && new Date(one.at).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" });
  const who = one.by && nameOf(one.by);
  return el("li", {}, [on(one.page), confirmed ? t("核对无误") : t("更正")].filter(Boolean).join(" "), "：",
    !confirmed && el("del", { lang: documentLanguage }, one.read), " ", el(confirmed ? "span" : "ins", { lang: documentLanguage }, one.written || t("（删去）")),
    el("span", { class: "quiet" }, ` ${[when, who].filter(Boolean).join("，")} `), back, said);
}

/** Let staff write what the file says in the place of a clause, or confirm that it was read rightly. */
function drawCorrection(reading, clause) {
  const area = el("textarea", { rows: String(Math.min(Math.ceil(clause.text.length / 30) + 1, 12)), lang: documentLanguage, "aria-label": t("照原件改正的文字") }, clause.text);
  const said = el("p", { class: "notice", role: "alert" });
  const send = (written) => put(reading, { start: clause.start, shown: clause.text, written }, said, buttons);
  const buttons = [
    el("button", { type: "button", class: "primary", onclick: () => send(area.value) }, t("保存更正")),
    el("button", { type: "button", class: "plain", onclick: () => send(clause.text) }, t("核对无误")),
  ];
  return clause.text && el("details", { class: "correct" }, el("summary", {}, t("改正")), area,
    clause.rows && el("p", { class: "quiet" }, t("表格各栏之间的竖线请保留。")), el("div", { class: "row" }, ...buttons), said);
}

/** Send a correction, and show the page again once it holds. */
async function put(reading, correction, said, buttons) {
  for (const button of buttons) button.disabled = true;
  said.textContent = t("正在办理…");
  try {
    await followJob(await correctText(docId, { version: reading.version, ...correction }), () => {});
    await open(reading.page);
  } catch (error) {
    said.textContent = error.message;
    for (const button of buttons) button.disabled = false;
    if (error.code === "conflict") said.append(el("button", { type: "button", class: "plain", onclick: () => open(reading.page) }, t("看现在的内容")));
  }
}

function fold(name, entries, content, isOpen) {
  return el("details", { class: "panel", open: isOpen && entries.length > 0 && entries.length <= 20 }, el("summary", {}, name, "（", String(entries.length), "）"),
    entries.length ? content : el("p", { class: "quiet" }, t("没有。")));
}

function drawPicture(reading) {
  if (!reading.has_picture) return null;
  const image = el("img", { alt: t("原件第{page}页", reading), src: pictureOf(reading.page) });
  const figure = el("figure", { class: "page-picture" }, image);
  image.addEventListener("error", () => figure.replaceChildren(el("p", { class: "panel bad" }, t("这一页画不出来，请看文字。"))));
  return figure;
}

function pictureOf(number, doubt = null) {
  return `/api/documents/${encodeURIComponent(docId)}/pages/${number}.png${doubt ? `?highlight=${doubt.start}-${doubt.end}` : ""}`;
}

function drawPager(reading) {
  if (reading.pages < 2) return null;
  const step = (words, target) => el("button", { type: "button", class: "plain", disabled: target < 1 || target > reading.pages, onclick: () => open(target) }, words);
  return el("nav", { class: "row pager", "aria-label": t("翻页") }, step(t("上一页"), reading.page - 1), el("span", {}, t("第{page}页，共{pages}页", reading)), step(t("下一页"), reading.page + 1));
}

open(Math.max(Number(new URLSearchParams(location.search).get("page")) || 1, 1));
