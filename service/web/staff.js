/** The page of staff: enter with the token, upload documents, work through what people said of answers. */

import { accountName, changePassword, entered, fetchFeedback, fetchPublications, followJob, isStaff, judgeFeedback, leave, redeemLink, settleFeedback, uploadDocument } from "./api.js";
import { el } from "./dom.js";
import { told } from "./decisions.js";
import { alert, entrance, RETURNED, secretForm } from "./entrance.js";
import { titled } from "./labels.js";
import { documentLanguage, t } from "./texts.js";

const page = document.getElementById("staff");
const work = document.getElementById("work");
const VERDICT = { up: t("说对"), down: t("说不对"), incomplete: t("说不完整") };
const SHOWN = 100;
const STEP = { reading: t("正在读取"), indexing: t("正在整理内容"), writing: t("正在写入"), waiting: t("另一个导入正在进行，等它完成") };

async function open() {
  try {
    const link = new URLSearchParams(location.hash.slice(1)).get("link");
    if (link) showLink(link);
    else if (await isStaff()) {
      if (location.search === RETURNED) {
        history.replaceState(null, "", location.pathname);
        entered(); // a page of another tab may wait behind its entrance
      }
      await showWork();
    }
    else showEntrance();
  } catch (error) {
    work.replaceChildren(failure(error, open));
  } finally {
    page.removeAttribute("aria-busy");
  }
}

const showEntrance = () => work.replaceChildren(...entrance(open));

/** @param {string} link  the secret of a one-time link */
function showLink(link) {
  const said = alert();
  work.replaceChildren(
    el("p", {}, t("请设置密码，至少10个字符。这个链接只能用一次。")),
    secretForm(said, { password: [t("新密码"), "new-password"] }, t("设置密码"), async ({ password }) => {
      await redeemLink(link, password);
      history.replaceState(null, "", location.pathname);
      await open();
    }), said);
}

function drawPassword() {
  const done = el("span", { class: "quiet", role: "status" });
  const fields = { old: [t("现在的密码"), "current-password"], password: [t("新密码"), "new-password"] };
  const said = alert();
  const form = secretForm(said, fields, t("修改密码"), async ({ old, password }) => {
    await changePassword(old, password);
    done.textContent = t("密码已经修改，其他地方的登录都已失效。");
  });
  return el("details", {}, el("summary", {}, t("{name}：修改密码", { name: accountName() })), form, said, done);
}

async function showWork() {
  const queue = el("ul", { class: "queue" });
  const waiting = el("div");
  work.replaceChildren(
    drawUpload(() => fillWaiting(waiting)),
    waiting,
    el("section", { "aria-labelledby": "said" }, el("h2", { id: "said" }, t("对回答的意见")), queue, el("p", {}, el("a", { href: "/api/judged.jsonl" }, t("下载测试题")))),
    el("section", {}, accountName() && drawPassword(), el("button", { type: "button", class: "plain", onclick: async () => {
      await leave();
      showEntrance();
    } }, t("退出"))),
  );
  await Promise.all([fillWaiting(waiting), fillQueue(queue)]);
}

/** List what waits to be published, and the rules that rest on nothing any more. */
async function fillWaiting(place) {
  const { items, unfounded } = await fetchPublications();
  const rows = items.slice(0, SHOWN).map((one) => el("li", {},
    el("a", { href: `/documents/${encodeURIComponent(one.doc_id)}/publication`, lang: documentLanguage }, one.title),
    el("span", { class: "quiet" }, one.last ? told(one.last) : t("批量导入，没有说明公开方式")),
    one.marks.length > 0 && el("span", { class: "badge bad" }, one.marks.join("、"))));
  const more = items.length - rows.length;
  place.replaceChildren(
    el("section", { "aria-labelledby": "waiting" }, el("h2", { id: "waiting" }, t("待发布（{count}）", { count: items.length })),
      rows.length ? el("ul", { class: "register" }, ...rows) : el("p", { class: "quiet" }, t("没有待发布的文件。")),
      more > 0 && el("p", { class: "quiet" }, t("还有 {more} 份没有列出，处理后会接着显示。", { more }))),
    unfounded.length > 0 && el("section", { "aria-labelledby": "unfounded" }, el("h2", { id: "unfounded" }, t("失去依据的待遇规则")),
      el("details", { class: "unfounded" }, el("summary", {}, t("有 {count} 项待遇依据的文件或条款已不在公开的知识库里，暂不判断", { count: unfounded.length })),
        el("ul", {}, ...unfounded.map((one) => el("li", { lang: documentLanguage }, `${one.title}　`, el("span", { class: "quiet" }, one.missing)))))) || "",
  );
}

function drawUpload(changed) {
  const jobs = el("ul", { class: "jobs", "aria-live": "polite" });
  const take = (files) => {
    for (const file of files) upload(file, jobs, changed);
  };
  const input = el("input", { type: "file", multiple: true, class: "visually-hidden", onchange: () => {
    take(input.files);
    input.value = "";
  } });
  const drop = el(
    "label",
    {
      class: "drop",
      ondragover: (event) => {
        event.preventDefault();
        drop.classList.add("is-over");
      },
      ondragleave: () => drop.classList.remove("is-over"),
      ondrop: (event) => {
        event.preventDefault();
        drop.classList.remove("is-over");
        take(event.dataTransfer.files);
      },
    },
    input,
    el("b", {}, t("把文件拖到这里，或点按选择")),
    el("span", { class: "quiet" }, t("上传后先由工作人员核对，发布后公众才能查到。同名文件另作一份，核对时可以选择替换。")),
  );
  return el("section", { "aria-labelledby": "upload" }, el("h2", { id: "upload" }, t("上传文件")), drop, jobs);
}

async function upload(file, jobs, changed) {
  const said = el("span", {}, t("正在上传"));
  const bar = el("progress", { "aria-label": file.name, max: "1" });
  const row = el("li", {}, el("p", {}, el("b", {}, file.name), " ", said), bar);
  jobs.prepend(row);
  try {
    const { report } = await followJob(await uploadDocument(file), ({ step, done, total }) => {
      said.textContent = STEP[step] ?? t("正在处理");
      if (total) bar.value = done / total;
    });
    const added = report.added.length > 0;
    const [id] = [...report.added, ...report.unchanged];
    const address = `/documents/${encodeURIComponent(id)}${added ? "/publication" : ""}`;
    said.textContent = added ? t("已读取，等待核对和发布。") : t("知识库里已有这份文件，没有重复收录。");
    row.append(el("a", { href: address }, added ? t("核对{title}", { title: titled(report.titles[0]) }) : report.titles[0]));
    await changed();
  } catch (error) {
    said.textContent = error.message;
    row.classList.add("danger");
  } finally {
    bar.remove();
  }
}

async function fillQueue(queue) {
  const items = await fetchFeedback();
  if (!items.length) queue.replaceChildren(el("li", { class: "quiet" }, t("没有待处理的意见。")));
  else queue.replaceChildren(...items.map((item) => drawItem(item, queue)));
}

function drawItem({ answer_id: id, verdict, comment, answer }, queue) {
  const settle = async () => {
    await settleFeedback(id);
    await fillQueue(queue);
  };
  return el(
    "li",
    {},
    el("p", {}, answer.question),
    el("p", {}, el("span", { class: `badge ${verdict === "up" ? "good" : "warn"}` }, VERDICT[verdict]), comment && ` ${comment}`),
    el("blockquote", {}, answer.text),
    el("button", { type: "button", class: "plain", onclick: settle }, t("处理完了")),
    drawJudging(id, answer, () => fillQueue(queue)),
  );
}

/** Make an item a question with its right answer: what must be said, and the cited clauses that hold it. */
function drawJudging(id, answer, done) {
  const say = el("textarea", { rows: "2", "aria-label": t("要点"), placeholder: t("答案里必须有的话，照原文抄写，一行一条") });
  const places = new Map(answer.citations.map((one) => [one.clause_id, one.reference]));
  const boxes = [...places].map(([clause, name]) => [el("input", { type: "checkbox", value: clause }), name]);
  const none = el("input", { type: "checkbox" });
  const said = el("p", { class: "notice", role: "alert" });
  const form = el("form", { onsubmit: async (event) => {
    event.preventDefault();
    const lines = say.value.split("\n").map((line) => line.trim()).filter(Boolean);
    const cited = boxes.filter(([box]) => box.checked).map(([box]) => box.value);
    try {
      await judgeFeedback(id, none.checked ? { refusal: "no_evidence" } : { must_say: lines, must_cite: cited });
      await done();
    } catch (error) {
      said.textContent = error.message;
    }
  } }, say, ...boxes.map(([box, name]) => el("label", {}, box, ` ${name}`)), el("label", {}, none, " ", t("文件里没有答案，应当拒答")), el("button", { class: "plain" }, t("存为测试题")), said);
  return el("details", {}, el("summary", {}, t("纳入测试题库")), form);
}

function failure(error, again) {
  return el("p", { class: "panel bad row", role: "alert" }, el("span", {}, error.message), el("button", { type: "button", class: "plain", onclick: again }, t("重试")));
}

open();
