/** What was decided of a document, in words: who did what, and when. */

import { language, t } from "./texts.js";

const ACTION = {
  uploaded: t("上传"), corrected: t("更正"), published: t("发布"), confirmed: t("确认为不公开"), withdrawn: t("撤回"),
  replaced: t("替换"), deleted: t("删除"), text_corrected: t("更正正文"),
};

/**
 * Name who did something: an account by its name, whoever had the token by their session.
 * @param {string} actor
 */
export function nameOf(actor) {
  return actor.startsWith("staff:") ? t("工作人员（访问密码登录，编号 {id}）", { id: actor.slice("staff:".length) }) : actor;
}

/** @param {{action: string, actor: string, at: number}} decision */
export function told({ action, actor, at }) {
  const when = new Date(at * 1000).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" });
  const who = nameOf(actor);
  return t("{when}，{who}{action}", { when, who, action: ACTION[action] ?? action });
}
