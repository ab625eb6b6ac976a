/** The service's API. Everything that fails does so as an `ApiError` whose message can be shown. */

import { readEvents } from "./sse.js";
import { below, embedded, t } from "./texts.js";

const OFFLINE = t("网络不通，没有连上服务。请检查网络后重试。");
const CUT = t("网络中断，答案没有收全。");

export class ApiError extends Error {
  /**
   * @param {string} message
   * @param {string} code  as in the service's errors, or "network"
   */
  constructor(message, code) {
    super(message);
    this.code = code;
  }

  /** Whether asking the same again cannot help, because the question itself was refused. */
  get isInput() {
    return ["bad_question", "bad_fact", "bad_request", "bad_input", "bad_json", "too_large"].includes(this.code);
  }
}

/**
 * Ask a question and hear the answer as it comes.
 * @param {string} question
 * @param {{conversation: string, within: Object<string, string>, before?: {facts: Object, skipped: string[]}, signal: AbortSignal, onEvent: (name: string, data: any) => void}} listening
 * @returns {Promise<Object>} the whole answer
 */
export async function ask(question, { conversation, within, before, signal, onEvent }) {
  const response = await request("/api/ask", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
    body: JSON.stringify({ question, conversation_id: conversation, ...within, before, stream: true }),
    signal,
  });
  try {
    for await (const { name, data } of readEvents(response.body)) {
      const value = JSON.parse(data);
      if (name === "done") return value;
      if (name === "error") throw new ApiError(t(value.error.message), value.error.code);
      onEvent(name, value);
    }
  } catch (error) {
    if (error instanceof ApiError || error.name === "AbortError") throw error;
    throw new ApiError(CUT, "network");
  }
  throw new ApiError(CUT, "network");
}

/**
 * Fetch what somebody who types may be about to ask.
 * @param {string} text
 * @param {AbortSignal} signal
 */
export async function fetchSuggestions(text, signal) {
  return (await (await request("/api/suggestions", { ...json("POST", { text }), signal })).json()).suggestions;
}

/**
 * Ask a question about oneself again, outside any conversation, with what is known by now.
 * @param {string} question
 * @param {Object<string, string>} within
 * @param {{facts: Object, skipped: string[]}} known
 */
export async function askKnowing(question, within, known) {
  return (await request("/api/ask", json("POST", { question, ...within, ...known }))).json();
}

/**
 * Fetch one document with its clauses; given a citation, its quote comes cut out of its clause.
 * @param {string} docId
 * @param {{start: number, end: number}} [citation]
 */
export async function fetchDocument(docId, citation) {
  const marked = citation ? `?quote_start=${citation.start}&quote_end=${citation.end}` : "";
  return (await request(`/api/documents/${encodeURIComponent(docId)}${marked}`)).json();
}

/** Ask what became of a citation's words in the text of today. */
export async function fetchQuote({ doc_id: docId, quote, start, clause_id: clauseId }) {
  return (await request(`/api/documents/${encodeURIComponent(docId)}/quote`, json("POST", { quote, start, clause_id: clauseId }))).json();
}

/**
 * Compare two editions of a law.
 * @param {string} docId
 * @param {string|null} other  the edition before where none is named
 */
export async function fetchComparison(docId, other) {
  return (await request(`/api/documents/${encodeURIComponent(docId)}/comparison${other ? `?${new URLSearchParams({ with: other })}` : ""}`)).json();
}

/** @param {URLSearchParams} filters */
export async function fetchDocuments(filters) {
  return (await request(`/api/documents?${filters}`)).json();
}

/** Fetch the charts of the documents that meet the filters. @param {URLSearchParams} filters */
export async function fetchFigures(filters) {
  return (await request(`/api/register/figures?${filters}`)).json();
}

/** @param {string} words  that occur in the title or a question; all conversations without */
export async function fetchConversations(words) {
  return (await request(`/api/conversations?${new URLSearchParams({ q: words })}`)).json();
}

export async function fetchConversation(id) {
  return (await request(conversationPath(id))).json();
}

export async function renameConversation(id, title) {
  await request(conversationPath(id), json("PATCH", { title }));
}

export async function removeConversation(id) {
  await request(conversationPath(id), { method: "DELETE" });
}

/** Fetch one answer with all that belongs on paper. @param {string} answerId */
export async function fetchRecord(answerId) {
  return (await request(`/api/answers/${encodeURIComponent(answerId)}/record`)).json();
}

/** @param {{answer_id: string, verdict: "up"|"down"|"incomplete", comment: string}} said */
export async function sendFeedback(said) {
  await request("/api/feedback", json("POST", said));
}

/** Make a link to an answer. @returns {Promise<{id: string, url: string, staff_only: boolean}>} */
export async function shareAnswer(answerId) {
  return (await request(`/api/answers/${encodeURIComponent(answerId)}/share`, { method: "POST" })).json();
}

export async function fetchShared(id) {
  return (await request(`/api/shared/${encodeURIComponent(id)}`)).json();
}

export async function withdrawShared(id) {
  await request(`/api/shared/${encodeURIComponent(id)}`, { method: "DELETE" });
}

/** What is known of the session: whether it is one of staff (null: not asked yet), and whether it has ended. */
export const session = { staff: null, account: null, ended: false };
/** What tabs of this browser tell each other: "left" when the session was ended in one, "changed" when it was extended or opened anew. */
export const tabs = embedded ? null : new BroadcastChannel("kb-session");

/** Whether this browser is staff. */
export async function isStaff() {
  const told = await (await request("/api/session")).json();
  session.staff = told.audience === "staff";
  session.account = told.account;
  if (session.staff) import("./session_end.js").then(({ watch }) => watch(), () => {}); // without it, the session ends as it does
  return session.staff;
}

/** How long the session still is. @returns {Promise<{seconds_left: number, may_extend: boolean}>} */
export async function fetchSessionTime() {
  return (await request("/api/session/time")).json();
}

/** Let the session last longer. @returns {Promise<{seconds_left: number, may_extend: boolean}>} */
export async function extendSession() {
  const left = await (await request("/api/session/time", { method: "POST" })).json();
  tabs?.postMessage("changed");
  return left;
}

/** By what staff may enter beside password and token. @returns {Promise<{open_id: string|null}>} what its button says, null where there is none */
export async function fetchEntrances() {
  return (await request("/api/session/entrances")).json();
}

/** Tell the other tabs of this browser that a session was opened. */
export const entered = () => tabs?.postMessage("changed");

/** The account that staff entered with; none with the token. Known once `isStaff` was asked. */
export const accountName = () => session.account;

/** @param {{token: string}|{name: string, password: string}} secrets  the token as the service printed it at its first start, or an account */
export async function enter(secrets) {
  await request("/api/session", json("POST", secrets));
  entered();
}

/** Set the password of an account by the link that the administrator gave, and enter. */
export async function redeemLink(link, password) {
  await request("/api/session/link", json("POST", { link, password }));
}

/** Set another password; every other session of the account ends. */
export async function changePassword(old, password) {
  await request("/api/session/password", json("POST", { old, password }));
}

/** End the session; nothing that was asked and seen in it stays open in any tab. */
export async function leave() {
  await request("/api/session", { method: "DELETE" });
  tabs?.postMessage("left");
  forget();
}

/** Let nothing that was asked and seen be found in this browser. */
export function forget() {
  session.ended = true;
  // What else lies on this name keeps its own.
  for (const kept of [sessionStorage, localStorage]) {
    for (const key of Object.keys(kept)) if (key.startsWith("kb-")) kept.removeItem(key);
  }
}

/** Close the page, of which nobody else may see anything. */
export function close() {
  forget();
  location.replace(below("/"));
}

/** Close the page where it was open to staff and is so no more; one whose time has come keeps what was typed behind an entrance. */
async function checkSession() {
  if (!session.staff || session.ended) return;
  const { account } = session;
  if (await isStaff().catch(() => true)) return;
  const { hasRunOut, lock } = await import("./session_end.js");
  if (hasRunOut()) lock(account);
  else close();
}

tabs?.addEventListener("message", ({ data }) => data === "left" && close());
addEventListener("visibilitychange", () => document.visibilityState === "visible" && checkSession());
// A page that the browser kept may be from another session than now.
addEventListener("pageshow", (event) => event.persisted && (session.staff === null ? location.reload() : checkSession()));

/** List what people said of answers and nobody has settled. */
export async function fetchFeedback() {
  return (await (await request("/api/feedback")).json()).items;
}

export async function settleFeedback(answerId) {
  await request(`/api/feedback/${encodeURIComponent(answerId)}`, { method: "DELETE" });
}

/** @param {{must_say: Array<string>, must_cite: Array<string>}|{refusal: string}} expected */
export async function judgeFeedback(answerId, expected) {
  await request(`/api/feedback/${encodeURIComponent(answerId)}/question`, json("POST", expected));
}

/** @param {File} file */
export async function uploadDocument(file) {
  return (await request(`/api/documents?${new URLSearchParams({ name: file.name })}`, { method: "POST", body: file })).json();
}

/** List the documents that wait to be published, and the rules that rest on nothing any more. */
export async function fetchPublications() {
  return (await request("/api/publications")).json();
}

/** Fetch what was read of a document, with the text of one page (staff). */
export async function fetchReading(docId, page) {
  return (await request(`/api/documents/${encodeURIComponent(docId)}/reading?page=${page}`)).json();
}

/**
 * Put other words in the place of those that the text shows (staff); the same words confirm them, null takes a correction back.
 * @param {{version: number, start: number, shown: string, written: string|null}} correction
 */
export async function correctText(docId, correction) {
  return (await request(`/api/documents/${encodeURIComponent(docId)}/reading`, json("POST", correction))).json();
}

/** Fetch what is to be confirmed of a document before it is published. */
export async function fetchReview(docId) {
  return (await request(`/api/documents/${encodeURIComponent(docId)}/publication`)).json();
}

/**
 * Publish, correct or withdraw a document.
 * @param {{version: number, disclosure: string, fields: Object, replaces: string|null}} decision
 */
export async function decide(docId, decision) {
  return (await request(`/api/documents/${encodeURIComponent(docId)}/publication`, json("POST", decision))).json();
}

export async function removeDocument(docId) {
  return (await request(`/api/documents/${encodeURIComponent(docId)}`, { method: "DELETE" })).json();
}

/** Follow a job to its end. @param {(job: Object) => void} onChange */
export async function followJob(job, onChange) {
  const response = await request(`/api/jobs/${encodeURIComponent(job.job_id)}/events`);
  let last = job;
  for await (const { data } of readEvents(response.body)) {
    last = JSON.parse(data);
    onChange(last);
  }
  if (last.state === "done") return last;
  throw new ApiError(last.problem ?? t("处理中断了，请再试一次。"), "job_failed");
}

const conversationPath = (id) => `/api/conversations/${encodeURIComponent(id)}`;

function json(method, body) {
  return { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
}

/**
 * Ask which benefits somebody has a right to.
 * @param {{facts: Object, text: string, applicant: string, benefit: string|null, skipped?: Array<string>, brief?: boolean, only?: string}} known
 */
export async function consult(known) {
  return (await request("/api/eligibility", json("POST", known))).json();
}

/** List the facts that can be told of oneself. */
export async function fetchFacts() {
  return (await (await request("/api/benefits?facts_only=true")).json()).facts;
}

async function request(url, options) {
  let response;
  try {
    response = await fetch(below(url), { credentials: embedded ? "omit" : "same-origin", ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(OFFLINE, "network");
  }
  if (response.ok) return response;
  const body = await response.json().catch(() => null);
  throw new ApiError(t(body?.error?.message ?? "服务出了问题，请稍后再试。"), body?.error?.code ?? "http_error");
}
