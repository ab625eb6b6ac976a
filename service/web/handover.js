/** What was told at an answer goes to the page of eligibility with whoever follows the link: within this tab, and once. */

const KEY = "kb-handed-over";

/** @param {{text: string, facts: Object, skipped: string[], benefit: string|null}} told */
export function handOver(told) {
  sessionStorage.setItem(KEY, JSON.stringify(told));
}

/** @returns {{text: string, facts: Object, skipped: string[], benefit: string|null}|null} */
export function takeOver() {
  const told = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  return told && JSON.parse(told);
}
