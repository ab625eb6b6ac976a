/**
 * Speaking instead of typing, in the 关怀版 and where the browser can: what was heard is written into the question box, to be read and sent.
 * Browsers may have speech recognised by their makers, which is said before the first word.
 */

import { el, icon } from "./dom.js";
import { t } from "./texts.js";

const MICROPHONE = "M12 3a3 3 0 0 0-3 3v6a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM5 11a7 7 0 0 0 14 0M12 18v3";
const TOLD = t("请讲。语音由浏览器识别，可能会传给浏览器厂商，请不要说出证件号码。");

/**
 * Put a microphone before the button that sends.
 * @param {HTMLTextAreaElement} box
 * @param {HTMLElement} notice  where it says what it does
 * @param {() => void} onChange  told when something was written into the box
 */
export function offerVoice(box, notice, onChange) {
  const { SpeechRecognition, webkitSpeechRecognition } = /** @type {any} */ (window); // not in the types of pages yet
  const Recognition = SpeechRecognition ?? webkitSpeechRecognition;
  if (!Recognition) return;
  const heard = new Recognition();
  heard.lang = "zh-CN";
  const button = el("button", { type: "button", class: "tool voice", "aria-label": t("语音输入"), title: t("语音输入"), "aria-pressed": "false" }, icon(MICROPHONE));
  const show = (listening, said) => {
    button.setAttribute("aria-pressed", String(listening));
    notice.textContent = said;
  };
  let problem = "";
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-pressed") === "true") return heard.stop();
    problem = "";
    heard.start();
    show(true, TOLD);
  });
  heard.addEventListener("result", (event) => {
    box.value += event.results[event.results.length - 1][0].transcript;
    onChange();
  });
  heard.addEventListener("error", () => (problem = t("没有听到，请再说一遍，或者用键盘输入。")));
  heard.addEventListener("end", () => {
    show(false, problem);
    box.focus();
  });
  box.after(button);
}
