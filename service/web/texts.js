/** The language that the page is shown in. Texts are written in simplified Chinese and looked up by themselves. */

const COOKIE = "kb_display";
const YEAR = 365 * 86400;

/** "zh-CN", "zh-Hant" or "en", as the service wrote it into the page */
export const language = document.documentElement.lang;

/** The language of most documents, where that is not the page's. */
export const documentLanguage = language === "zh-CN" ? null : "zh-CN";

const table = language === "zh-CN" ? {} : await fetch(`/api/texts/${language}`).then((found) => (found.ok ? found.json() : {}), () => ({}));

/**
 * Say a text in the language of the page; one that is not known there stays as it is.
 * @param {string} text  with {names} where values go
 * @param {Object<string, unknown>} [values]
 */
export function t(text, values = {}) {
  return (table[text] ?? text).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

const choice = /** @type {HTMLSelectElement} */ (document.getElementById("display"));
choice.value = language; // a browser that goes back may have kept another
choice.addEventListener("change", () => {
  // The Cookie Store API would do, but only over HTTPS, and many offices serve this page without.
  // biome-ignore lint/suspicious/noDocumentCookie: see above
  document.cookie = `${COOKIE}=${choice.value}; path=/; max-age=${YEAR}; samesite=lax`;
  location.reload();
});
