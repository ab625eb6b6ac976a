/** Where staff enter: forms of secrets, each of which says what is wrong with them. */

import { enter, fetchEntrances } from "./api.js";
import { el } from "./dom.js";
import { t } from "./texts.js";

/** Make the place where a form says what is wrong. */
export const alert = () => el("p", { class: "notice", role: "alert" });

/**
 * Draw a form of secrets, which says what is wrong with them.
 * @param {HTMLElement} said  where it says so
 * @param {Object<string, string[]>} fields  label and `autocomplete` by name
 * @param {string} action
 * @param {(values: Object<string, string>) => Promise<void>} send
 */
export function secretForm(said, fields, action, send) {
  const inputs = Object.entries(fields).map(([name, [label, autocomplete]]) => el("input", {
    type: autocomplete === "username" ? "text" : "password", name, autocomplete, required: true, "aria-label": label, placeholder: label,
  }));
  return el("form", { class: "enter", onsubmit: async (event) => {
    event.preventDefault();
    try {
      said.textContent = "";
      await send(Object.fromEntries(inputs.map((input) => [input.name, input.value])));
    } catch (error) {
      said.textContent = error.message;
      inputs.at(-1).select();
    }
  } }, ...inputs, el("button", { class: "plain" }, action));
}

export const RETURNED = "?entered"; // of the page of staff, to which the provider of logins leads back

/**
 * Draw the button of OpenID Connect where one is configured; without an answer there are the other ways.
 * @param {boolean} keep  whether the page stays and one enters in another tab
 */
function openId(keep) {
  const place = el("p", { class: "open-id", hidden: true });
  fetchEntrances().then(({ open_id: label }) => {
    if (!label) return;
    const href = `/api/session/open-id?back=${encodeURIComponent(`/staff${RETURNED}`)}`;
    place.append(el("a", { class: "plain", href, target: keep && "_blank" }, t(label)));
    place.hidden = false;
  }, () => {});
  return place;
}

/**
 * Draw the ways in: the provider of logins, an account with its password, and the token.
 * @param {() => Promise<void>} entered
 * @param {boolean} [keep]  whether the page holds what was typed, so that none may leave it
 * @returns {HTMLElement[]}
 */
export function entrance(entered, keep = false) {
  const account = { name: [t("账号"), "username"], password: [t("密码"), "current-password"] };
  const token = { token: [t("访问密码"), "current-password"] };
  const come = async (secrets) => {
    await enter(secrets);
    await entered();
  };
  const said = alert();
  return [
    openId(keep),
    el("p", {}, t("请输入账号和密码。忘记密码时，请管理员给您新的链接。")), secretForm(said, account, t("登录"), come),
    el("p", {}, t("没有账号时，请输入访问密码。访问密码在服务第一次启动时显示过，可以向管理员索取。")), secretForm(said, token, t("进入"), come), said,
  ];
}
