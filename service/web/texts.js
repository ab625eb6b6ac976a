/**
 * What the service wrote into the page: the language that it is shown in, and the path that all of it lies below.
 * Texts are written in simplified Chinese and looked up by themselves.
 */

const COOKIE = "kb_display";
const CARE = "kb_care";
const YEAR = 365 * 86400;

/** What a proxy serves all of it below, without a slash at its end; empty at the root of a name. */
const root = document.documentElement.dataset.root ?? "";

/** Put an address of the service below that path; what the service itself tells lies there already. */
export const below = (address) => (address.startsWith("/") && !address.startsWith(`${root}/`) ? root + address : address);

/** Whether the page stands in a page of another site: it keeps nothing, and asks as nobody. */
export const embedded = "embedded" in document.documentElement.dataset;

/** "zh-CN", "zh-Hant" or "en", as the service wrote it into the page */
export const language = document.documentElement.lang;

/** The language of most documents, where that is not the page's. */
export const documentLanguage = language === "zh-CN" ? null : "zh-CN";

const table = language === "zh-CN" ? {} : await fetch(below(`/api/texts/${language}`)).then((found) => (found.ok ? found.json() : {}), () => ({}));

/**
 * Say a text in the language of the page; one that is not known there stays as it is.
 * @param {string} text  with {names} where values go
 * @param {Object<string, unknown>} [values]
 */
export function t(text, values = {}) {
  return (table[text] ?? text).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** Keep a choice in a cookie, by which the service writes the page, and load the page so written. */
function keep(name, value) {
  // The Cookie Store API would do, but only over HTTPS, and many offices serve this page without.
  // biome-ignore lint/suspicious/noDocumentCookie: see above
  document.cookie = `${name}=${value}; path=${root}/; max-age=${YEAR}; samesite=lax`;
  location.reload();
}

/** Whether the page is shown in the 关怀版. */
export const caring = "care" in document.documentElement.dataset;
const care = document.getElementById("care"); // neither it nor the choice stands in a page of another site
care?.setAttribute("aria-pressed", String(caring));
care?.addEventListener("click", () => keep(CARE, caring ? "0" : "1"));

const choice = /** @type {HTMLSelectElement} */ (document.getElementById("display"));
if (choice) choice.value = language; // a browser that goes back may have kept another
choice?.addEventListener("change", () => keep(COOKIE, choice.value));

// An extra: without it, as in some browsers inside other programs, a device without a network shows its own page.
if (!embedded) navigator.serviceWorker?.register(below("/service-worker.js")).catch(() => {});
