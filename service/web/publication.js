/** The page on which staff confirm or correct what was read of a document, publish it and take it back. */

import { decide, fetchReview, followJob, isStaff } from "./api.js";
import { told } from "./decisions.js";
import { el } from "./dom.js";
import { DISCLOSURE, STATUS, titled } from "./labels.js";
import { below, documentLanguage, t } from "./texts.js";

const page = document.getElementById("publication");
const docId = decodeURIComponent(location.pathname.split("/").at(-2));
const FIELD = {
  title: t("标题"), doc_no: t("文号"), issuers: t("发布机构"), issued: t("成文日期"), effective: t("施行日期"), expires: t("失效日期"),
  status: t("效力"), kind: t("文本性质"),
};
const KIND = { full_text: t("原件"), digest: t("摘要（不是原文）"), response: t("提案答复") };
const PLACE = { page: t("正文"), header: t("页眉"), footer: t("页脚"), property: t("文件属性"), picture: t("图片") };
const FINDING = { identity_number: t("身份证号"), mobile_number: t("手机号"), bank_card: t("银行卡号") };
const HINT = { issuers: t("几个机构用顿号隔开"), issued: t("如 2024-03-08，只知年月写 2024-03"), effective: t("没有写明就留空"), expires: t("没有写明就留空") };

async function open() {
  try {
    if (!(await isStaff())) {
      page.replaceChildren(el("h1", {}, t("核对与发布")), el("p", {}, t("这一步只有工作人员可以做，请先用访问密码登录。"), el("a", { href: "/staff" }, t("登录"))));
      return;
    }
    draw(await fetchReview(docId));
  } catch (error) {
    page.replaceChildren(
      el("h1", {}, t("核对与发布")),
      el("p", { class: "panel bad row", role: "alert" }, el("span", {}, error.message), el("button", { type: "button", class: "plain", onclick: open }, t("重试"))),
    );
  } finally {
    page.removeAttribute("aria-busy");
  }
}

function draw(review) {
  const pending = review.disclosure === "unstated";
  document.title = `${review.fields.title} · ${t("核对与发布")}`;
  const inputs = Object.fromEntries(Object.keys(FIELD).map((name) => [name, drawInput(name, review.fields[name])]));
  const choice = drawDisclosure(review);
  const place = drawReplacing(review);
  const said = el("p", { class: "notice", role: "alert" });
  const settle = (disclosure) => send(review, disclosure, inputs, place?.querySelector("select").value || null, said);
  const form = el("form", { class: "review", onsubmit: (event) => {
    event.preventDefault();
    if (pending && !confirmed(review, choice())) return;
    settle(choice());
  } },
  ...Object.entries(inputs).map(([name, input]) => el("label", {}, el("span", {}, FIELD[name]), input, HINT[name] && el("span", { class: "quiet" }, HINT[name]))),
  choice.element,
  place,
  el("div", { class: "row" },
    el("button", { class: "primary", type: "submit" }, pending ? t("确认无误，发布") : t("保存更正")),
    pending && el("button", { type: "button", class: "plain", onclick: () => settle("unstated") }, t("只保存更正，暂不发布")),
    !pending && el("button", { type: "button", class: "plain danger", onclick: () => confirm(withdrawal(review)) && settle("unstated") }, t("撤回"))),
  said);
  page.replaceChildren(
    el("header", { class: "document-head" }, el("h1", { lang: documentLanguage }, review.fields.title),
      el("p", { class: "badges" }, el("span", { class: `badge ${pending ? "warn" : "good"}` }, DISCLOSURE[review.disclosure]))),
    el("p", {}, pending ? t("公众还看不到这份文件。请对照原件核对下面读到的内容，改正后发布。") : t("这份文件已经核对过。更正和撤回从下一个问题起生效。")),
    el("p", { class: "links" }, el("a", { href: review.url }, t("看全文")), el("a", { href: `${review.url}/reading` }, t("对照原件看识读结果")), el("a", { href: `/api/documents/${encodeURIComponent(docId)}/file`, download: "" }, t("下载原件"))),
    ...drawWarnings(review),
    form,
    drawHistory(review.history),
  );
}

function drawInput(name, value) {
  if (name === "status") return drawSelect(STATUS, value);
  if (name === "kind") return drawSelect(KIND, value);
  if (name === "title") return el("textarea", { rows: "2", required: true, lang: documentLanguage }, value);
  const input = el("input", { type: "text", autocomplete: "off", lang: documentLanguage });
  input.value = Array.isArray(value) ? value.join("、") : value ?? "";
  return input;
}

function drawSelect(words, value) {
  const select = el("select", {}, ...Object.entries(words).map(([name, word]) => el("option", { value: name }, word)));
  select.value = value;
  return select;
}

/** Let staff say who may see the document; gives a function that tells what was chosen. */
function drawDisclosure(review) {
  const pending = review.disclosure === "unstated";
  // Where the document is silent, or bears a mark against what it says, somebody has to choose.
  const chosen = !pending ? review.disclosure : review.marks.length ? null : review.read_as;
  const boxes = ["public", "on_request", "withheld"].map((name) => el("input", { type: "radio", name: "disclosure", value: name, required: true, checked: name === chosen }));
  const stated = review.stated.length ? t("文件上写的是：{stated}", { stated: review.stated.join("、") }) : t("文件上没有写公开方式");
  const choice = () => boxes.find((box) => box.checked).value;
  choice.element = el("fieldset", {}, el("legend", {}, t("公开方式")), ...boxes.map((box) => el("label", {}, box, ` ${DISCLOSURE[box.value]}`)),
    el("p", { class: "quiet" }, stated), el("p", { class: "quiet" }, t("选“依申请公开”“不予公开”的，只有工作人员能看。")));
  return choice;
}

/** Offer to let the document take the place of one that bears its name. */
function drawReplacing(review) {
  if (review.disclosure !== "unstated" || !review.same_name.length) return null;
  const options = review.same_name.map((one) => el("option", { value: one.doc_id }, t("替换{title}（{kind}）", { title: titled(one.title), kind: KIND[one.kind] })));
  return el("label", {}, el("span", {}, t("已有同名或同文号的文件")), el("select", {}, el("option", { value: "" }, t("另作一份文件")), ...options),
    el("span", { class: "quiet" }, t("替换后，原来的链接指向本件。")));
}

function drawWarnings({ marks, personal_data: personal, unsure }) {
  const on = (number) => (number ? t("（第{number}页）", { number }) : "");
  return [
    marks.length > 0 && el("section", { class: "panel bad" }, el("h2", {}, t("文件上有限制公开的标记")),
      el("ul", {}, ...marks.map((one) => el("li", {}, el("b", { lang: documentLanguage }, one.words), ` ${PLACE[one.place]}${on(one.page)}`))),
      el("p", {}, t("确认可以公开以后才能发布；这次确认会记录在案。"))),
    personal.count > 0 && el("section", { class: "panel warn" }, el("h2", {}, t("可能含有个人信息（{count}处）", personal)),
      el("ul", { lang: documentLanguage }, ...personal.shown.map((one) => el("li", {}, `${FINDING[one.kind]}：…${one.before}`, el("mark", {}, one.words), `${one.after}…${on(one.page)}`))),
      el("p", {}, t("需要隐去的，请修改原件后重新上传。"))),
    unsure.pages.length + unsure.tables.length > 0 && el("section", { class: "panel warn" }, el("h2", {}, t("读得不够有把握的地方")),
      unsure.pages.length > 0 && el("p", {}, t("扫描页：第{pages}页，请对照原件核对文字。", { pages: unsure.pages.join("、") })),
      unsure.tables.length > 0 && el("ul", {}, ...unsure.tables.map((one) => el("li", {}, t("表{number}", one), on(one.page), "：", one.headless ? t("没有认出表头") : t("在识别得不清楚的页上"))))),
  ].filter(Boolean);
}

function drawHistory(history) {
  const rows = history.map((one) => el("li", {}, told(one)));
  return el("section", { "aria-labelledby": "history-head" }, el("h2", { id: "history-head" }, t("经办记录")),
    rows.length ? el("ol", { class: "decided" }, ...rows) : el("p", { class: "quiet" }, t("还没有人处理过。")));
}

/** Ask once more before what speaks against it is made public. */
function confirmed(review, disclosure) {
  const restricted = ["on_request", "withheld"].includes(review.read_as);
  const held = [review.marks.length && t("限制公开的标记"), review.personal_data.count && t("个人信息")].filter(Boolean);
  const against = [restricted && t("文件自己写明“{stated}”。", { stated: review.stated.join("、") }), held.length && t("文件里有{held}。", { held: held.join("、") })].filter(Boolean);
  return disclosure !== "public" || !against.length || confirm(`${against.join("")}${t("确认可以公开发布？")}`);
}

function withdrawal(review) {
  const benefits = review.benefits.join("、");
  return benefits ? t("撤回后公众马上看不到这份文件。以它为依据的待遇不再判断：{benefits}。确认撤回？", { benefits }) : t("撤回后公众马上看不到这份文件。确认撤回？");
}

async function send(review, disclosure, inputs, replaces, said) {
  const buttons = /** @type {NodeListOf<HTMLButtonElement>} */ (page.querySelectorAll("form button"));
  for (const button of buttons) button.disabled = true;
  said.className = "quiet";
  said.textContent = t("正在办理…");
  try {
    const decision = { version: review.version, disclosure, fields: written(inputs), replaces };
    await followJob(await decide(docId, decision), () => {});
    if (replaces) location.replace(below(`/documents/${encodeURIComponent(replaces)}/publication`));
    else draw(await fetchReview(docId));
    document.querySelector("h1").scrollIntoView({ block: "nearest" });
  } catch (error) {
    said.className = "notice";
    said.textContent = error.message;
    for (const button of buttons) button.disabled = false;
    if (error.code === "conflict") said.append(el("button", { type: "button", class: "plain", onclick: open }, t("看现在的内容")));
  }
}

function written(inputs) {
  const text = (name) => inputs[name].value.trim() || null;
  return {
    title: inputs.title.value, doc_no: text("doc_no"), issuers: inputs.issuers.value.split(/[、,，;；]/).map((one) => one.trim()).filter(Boolean),
    issued: text("issued"), effective: text("effective"), expires: text("expires"), status: inputs.status.value, kind: inputs.kind.value,
  };
}

open();
