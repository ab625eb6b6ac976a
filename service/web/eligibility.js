/** The page at /eligibility: what a person tells stays in this page; every change asks for all verdicts anew. */

import { consult, fetchFacts } from "./api.js";
import { el } from "./dom.js";
import { factForm } from "./fact_form.js";
import { takeOver } from "./handover.js";
import { documentLanguage, language, t } from "./texts.js";

const VERDICTS = { eligible: t("符合"), undetermined: t("还不能确定"), not_eligible: t("不符合") };
const EXAMPLES = {
  person: t("例如：我今年62，安徽户口，在拱墅租房，每月退休金三千五"), building: t("例如：我们这栋楼1998年建成，六层，没有电梯"),
  organisation: t("例如：我们是民办非企业单位，在拱墅办养老机构，有100张床位"),
};
const SLOW_MS = 2000; // after which one is told
const STATES = { met: [t("满足"), "good"], not_met: [t("不满足"), "bad"], unknown: [t("未知"), "note"] };

const at = (id) => document.getElementById(id);
const facts = new Map(); // chosen or confirmed by the person, by fact
const skipped = new Set();
/** @type {string[]} */
const trail = []; // what was answered or skipped, in that order, to go back by
let text = "";
let whose = ""; // of several people whom the sentence tells of, the one who was chosen
let dropped = new Set(); // facts of the sentence that the person took out
let about = new Map(); // what each fact is called and how it is asked
let focus = null; // the benefit whose questions come first
let latest = 0;

at("telling").addEventListener("toggle", () => {
  const { open } = /** @type {HTMLDetailsElement} */ (at("telling"));
  at("telling").querySelector("summary").textContent = open ? t("填写情况") : t("修改填写的内容");
});
at("tell").addEventListener("submit", (event) => {
  event.preventDefault();
  text = /** @type {HTMLTextAreaElement} */ (at("text")).value.trim();
  whose = "";
  dropped = new Set();
  /** @type {HTMLDetailsElement} */ (at("telling")).open = !text; // what comes of it is what one wants to see now
  show().then(() => text && at("summary").scrollIntoView({ block: "nearest" }));
});
at("who").addEventListener("change", () => {
  /** @type {HTMLTextAreaElement} */ (at("text")).placeholder = EXAMPLES[situation().applicant];
  focus = null;
  skipped.clear();
  trail.length = 0;
  show();
});
at("print").addEventListener("click", () => window.print());
window.addEventListener("beforeprint", () => {
  // On paper: what applies, with its clauses; of the rest the one line that says why.
  for (const one of /** @type {NodeListOf<HTMLDetailsElement>} */ (document.querySelectorAll("#cards .eligible .benefit, #cards .rest"))) one.open = true;
});

const handed = takeOver();
if (handed) {
  text = handed.text;
  focus = handed.benefit;
  for (const [id, value] of Object.entries(handed.facts)) facts.set(id, value);
  for (const id of handed.skipped) skipped.add(id);
  /** @type {HTMLTextAreaElement} */ (at("text")).value = text;
  /** @type {HTMLDetailsElement} */ (at("telling")).open = false; // what comes of it is what one wants to see now
}
fetchFacts().then((found) => {
  about = new Map(found.map((fact) => [fact.id, fact]));
  return show();
}).catch(report);

async function show() {
  const mine = ++latest;
  at("problem").hidden = true;
  const slow = setTimeout(() => mine === latest && report({ message: t("服务响应较慢，您填写的内容已保留。") }), SLOW_MS);
  try {
    const told = await consult({ ...situation(), benefit: focus, brief: true });
    if (mine !== latest) return;
    at("problem").hidden = true;
    draw(told);
  } catch (error) {
    if (mine === latest) report(error);
  } finally {
    clearTimeout(slow);
  }
}

const situation = () => ({
  facts: Object.fromEntries(facts), skipped: [...skipped], text: heard(), about: whose,
  applicant: /** @type {HTMLInputElement} */ (document.querySelector("input[name=applicant]:checked")).value,
});

/** The sentence, unless what it says was taken out: then what is left of it is among the chosen facts. */
const heard = () => (dropped.size ? "" : text);

function report(error) {
  const again = el("button", { type: "button", class: "plain", onclick: show }, t("重试"));
  at("problem").replaceChildren(el("span", {}, error.message), again);
  at("problem").hidden = false;
}

function draw(told) {
  drawKnown(told);
  drawQuestion(told.questions);
  drawCards(told.benefits, told.unfounded);
}

function drawKnown(told) {
  const said = new Map(told.readings.map((one) => [one.fact, one]));
  const unsure = told.readings.filter((one) => !one.certain && !facts.has(one.fact));
  const known = told.facts.filter((one) => facts.has(one.id) || said.get(one.id)?.certain);
  const rows = known.map((one) => {
    const words = !facts.has(one.id) && said.get(one.id);
    return el("li", {},
      el("span", { lang: documentLanguage }, `${one.name}：${one.words}`, words && el("span", { class: "quiet" }, t("您说的是“{said}”", words))),
      el("button", { type: "button", "aria-label": t("修改{name}", one), onclick: () => correct(told, one) }, t("修改")));
  });
  const doubtful = unsure.map((one) => el("li", { class: "unsure" },
    el("span", { lang: documentLanguage }, `${one.name}：${one.words}？`, el("span", { class: "quiet" }, t("您说的是“{said}”，请确认", one))),
    el("button", { type: "button", onclick: () => choose(one.fact, one.value) }, t("对")),
    el("button", { type: "button", onclick: () => drawQuestion([about.get(one.fact)]) }, t("改"))));
  const isOpen = (kind) => at("known").querySelector(`.${kind}[open]`) !== null;
  const unheard = heard() && told.readings.length + told.unread.length === 0;
  const more = doubtful.slice(1); // one at a time, so that the results begin on the first screen of a phone
  at("known").replaceChildren(...[
    unheard && el("p", {}, t("没有从您写的内容中读出具体情况。请直接回答下面的问题，或者换一种写法，例如：我72岁，杭州户口，已经退休。")),
    doubtful.length > 0 && el("ul", {}, doubtful[0]),
    more.length > 0 && el("details", { class: "more", open: isOpen("more") }, el("summary", {}, t("另有 {count} 项待确认", { count: more.length })), el("ul", {}, ...more)),
    rows.length > 0 && el("details", { class: "told", open: isOpen("told") }, el("summary", {}, t("已填写 {count} 项，点开核对、修改", { count: rows.length })), el("ul", {}, ...rows)),
  ].filter(Boolean));
  if (unheard) /** @type {HTMLDetailsElement} */ (at("telling")).open = true; // so that it can be put another way
  at("known").hidden = !unheard && rows.length + doubtful.length === 0;
  drawPeople(told.unread);
}

/** Tell of whom else the sentence speaks, and let one of them be chosen. */
function drawPeople(people) {
  at("people").hidden = people.length === 0;
  at("people").replaceChildren(el("h2", {}, t("您还说到了其他人，查询谁的？")), el("ul", {}, ...people.map((one) => el("li", {},
    el("span", { lang: documentLanguage }, `${one.name}：${one.readings.map((reading) => `${reading.name}${reading.words}`).join("、")}`),
    el("button", { type: "button", onclick: () => choosePerson(one.name) }, t("查询{name}的", one))))));
}

/** Judge for another whom the sentence tells of; what was chosen for the one before is none of theirs. */
function choosePerson(name) {
  whose = name;
  facts.clear();
  skipped.clear();
  trail.length = 0;
  show().then(() => at("summary").scrollIntoView({ block: "nearest" }));
}

/** Take a fact out and ask for it; what else the sentence said stays, as chosen facts. */
function correct(told, one) {
  for (const reading of told.readings) {
    if (reading.certain && !facts.has(reading.fact)) facts.set(reading.fact, reading.value);
  }
  dropped.add(one.id);
  facts.delete(one.id);
  drawQuestion([about.get(one.id)]);
}

/** Take the last answer back and ask for it again. */
function goBack() {
  const id = trail.pop();
  facts.delete(id);
  skipped.delete(id);
  show().then(() => {
    drawQuestion([about.get(id)]);
    at("question").querySelector("h2")?.focus();
  });
}

function skip(id) {
  skipped.add(id);
  trail.push(id);
  show().then(() => at("question").querySelector("h2")?.focus());
}

function choose(id, value) {
  facts.set(id, value);
  trail.push(id);
  show().then(() => at("question").querySelector("h2")?.focus());
}

function drawQuestion([question]) {
  const box = at("question");
  box.hidden = !question;
  if (!question) return;
  const aside = el("p", { class: "turns-of" },
    trail.length > 0 && el("button", { type: "button", class: "link", onclick: goBack }, t("上一题")),
    el("button", { type: "button", class: "link", onclick: () => skip(question.id) }, t("不清楚或不想说")));
  const hint = focus ? t("只问您选的这一项") : question.benefits ? t("关系到 {benefits} 项政策", question) : t("请填写正确的内容");
  box.replaceChildren(
    el("h2", { tabindex: "-1", id: "asked", lang: documentLanguage }, question.question),
    el("p", { class: "quiet" }, hint, focus && el("button", { type: "button", class: "link", onclick: () => { focus = null; show(); } }, "　", t("改回全部"))),
    answerForm(question), aside);
}

function answerForm(question) {
  const counted = [...about.values()].find((fact) => fact.counted_from === question.id && fact.counted_in !== "days");
  return factForm(question, {
    labelledBy: "asked", choose: (value) => choose(question.id, value), submit: (value, input) => tryOut(question.id, value, input),
    counted: counted && { ...counted, benefits: question.benefits }, ask: (fact) => drawQuestion([fact]),
  });
}

/** Take what was typed, and back where the service refuses it. */
function tryOut(id, value, input) {
  const previous = facts.get(id);
  facts.set(id, value);
  show().then(() => {
    if (at("problem").hidden) {
      trail.push(id);
      return at("question").querySelector("h2")?.focus();
    }
    if (facts.get(id) === value) previous === undefined ? facts.delete(id) : facts.set(id, previous);
    return input.focus();
  });
}

/** What applies stands open to the eye; what may and what does not is one line each, folded, with what it hangs on. */
function drawCards(benefits, unfounded) {
  const open = new Set([...document.querySelectorAll("#cards details[open]")].map((one) => one.id));
  const sections = Object.entries(VERDICTS).map(([verdict, words]) => {
    const mine = benefits.filter((one) => one.verdict === verdict);
    if (!mine.length) return null;
    const title = t("{words}（{count}项）", { words, count: mine.length });
    const cards = mine.map((one) => drawCard(one, open.has(one.id)));
    if (verdict === "eligible") return el("section", { class: verdict }, el("h2", {}, title), ...cards);
    return el("details", { class: `rest ${verdict}`, id: `rest-${verdict}`, open: open.has(`rest-${verdict}`) }, el("summary", {}, el("h2", {}, title)), ...cards);
  });
  at("cards").replaceChildren(...sections.filter(Boolean));
  const count = (verdict) => benefits.filter((one) => one.verdict === verdict).length;
  at("summary").textContent = t("符合 {met} 项，还不能确定 {open} 项，不符合 {missed} 项", { met: count("eligible"), open: count("undetermined"), missed: count("not_eligible") });
  at("print").hidden = false;
  const missing = unfounded.map((one) => one.title).join("、");
  if (missing) at("cards").append(el("p", { class: "panel warn", lang: documentLanguage }, t("这些政策的依据文件正在调整，暂不判断：{missing}。", { missing })));
}

/** Why a benefit is not had, or what it still hangs on, in one line. */
function reason(benefit) {
  if (benefit.verdict === "eligible") return null;
  const told = (benefit.verdict === "not_eligible" ? benefit.deciding.map((one) => one.rule) : benefit.waits_for).slice(0, 3).join("、");
  const why = told && (benefit.verdict === "not_eligible" ? t("不满足：{told}", { told }) : t("还要看：{told}", { told }));
  const first = benefit.to_do && t("还要先：{told}", { told: benefit.to_do });
  return (first || why) && el("span", { class: "quiet why" }, [first, why].filter(Boolean).join("；"));
}

function drawCard(benefit, open) {
  const certain = benefit.amounts.filter((one) => one.certain);
  const only = benefit.verdict === "undetermined" && benefit.waits_for.length > 0 && el("button", { type: "button", class: "plain", onclick: () => {
    focus = benefit.id;
    skipped.clear();
    show().then(() => { at("question").scrollIntoView({ block: "nearest" }); at("question").querySelector("h2")?.focus(); });
  } }, t("只问这一项还差什么"));
  const rules = el("ul", { class: "rules" }, ...(benefit.conditions ? parts(benefit.conditions) : []));
  const gives = el("dd", {}, benefit.gives, ...benefit.given_by.map(drawSource));
  const card = el("details", { class: "benefit", id: benefit.id, open, lang: documentLanguage },
    el("summary", {}, el("b", {}, benefit.title), el("span", { class: "quiet" }, benefit.gives), reason(benefit),
      benefit.verdict !== "not_eligible" && certain.length > 0 && el("span", { class: "gets" }, certain.map((one) => one.text).join("、"))),
    el("div", { class: "inside" }, ...benefit.notes.map((note) => el("p", { class: "panel warn" }, note)),
      rules, drawAbout(benefit, gives), only));
  // The conditions of what does not apply, or not yet, are nine tenths of all that is told: they come when somebody opens them.
  if (!benefit.conditions) card.addEventListener("toggle", () => card.open && !rules.childElementCount && tellRules(benefit.id, rules, gives));
  return card;
}

async function tellRules(id, rules, gives) {
  try {
    const [told] = (await consult({ ...situation(), benefit: null, only: id })).benefits;
    rules.replaceChildren(...parts(told.conditions));
    gives.replaceChildren(told.gives, ...told.given_by.map(drawSource));
  } catch (error) {
    rules.replaceChildren(el("li", { class: "quiet" }, error.message));
  }
}

const parts = (node) => (node.kind === "group" && node.all ? node.parts : [node]).map(drawRule);

function drawRule(node) {
  const [words, tone] = STATES[node.state];
  const badge = el("span", { class: `badge ${tone}`, lang: language }, words);
  if (node.kind === "group") {
    return el("li", { class: "rule" }, badge, el("div", {}, `${node.words}：`), el("ul", { class: "rules" }, ...node.parts.map(drawRule)));
  }
  return el("li", { class: "rule" }, badge, el("div", {},
    node.decides ? el("b", {}, node.rule) : node.rule, node.used && el("span", { class: "quiet" }, t("（您的情况：{used}）", node)),
    drawSource(node)));
}

/** The words of a clause, folded, with the way to where they stand. */
const drawSource = (node) => el("details", {}, el("summary", {}, t("依据：{reference}", node)),
  el("blockquote", {}, node.source === "original" ? `“${node.quote}” ` : `${node.quote} `, el("a", { href: node.url, target: "_blank", rel: "noopener" }, t("看出处"))));

function drawAbout(benefit, gives) {
  const rows = [[t("适用地区"), benefit.region], [t("怎么办理"), benefit.how], [t("咨询"), benefit.ask_at]];
  return el("dl", { class: "about" }, el("dt", { lang: language }, t("享受内容")), gives, ...rows.flatMap(([name, value]) => [el("dt", { lang: language }, name), el("dd", {}, value)]));
}
