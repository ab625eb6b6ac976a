/** The charts of the register, each with the table that says the same. */

import { fetchFigures } from "./api.js";
import { el } from "./dom.js";
import { formatDate } from "./labels.js";
import { documentLanguage, t } from "./texts.js";

let latest = 0;

/**
 * Draw the charts of the documents that meet the filters.
 * @param {HTMLElement} place  the summary in it stays
 * @param {URLSearchParams} chosen
 */
export async function drawFigures(place, chosen) {
  const mine = ++latest;
  const asked = new URLSearchParams(chosen);
  asked.delete("sort");
  const drawn = await fetchFigures(asked).then(draw, (error) => [el("p", { class: "panel bad", role: "alert" }, error.message)]);
  if (mine !== latest) return; // other filters were chosen meanwhile
  place.replaceChildren(place.querySelector("summary"), el("div", { class: "charts" }, ...drawn));
}

function draw({ issued, expiring }) {
  const years = issued.rows.map(({ name, count }) => [name, String(count)]);
  const ends = expiring.rows.map(({ title, expires, url }) => [el("a", { href: url, lang: documentLanguage }, title), formatDate(expires)]);
  return [
    figure(t("各年发文数量"), issued.chart, t("没有载明成文日期的文件。"), [t("成文年份"), t("份数")], years),
    figure(t("两年内到期的文件"), expiring.chart, t("两年内没有文件到期。"), [t("文件"), t("有效期至")], ends),
  ];
}

/** A chart is a picture without words for screen readers: its table, which everybody can open, has them. */
function figure(caption, chart, nothing, heads, rows) {
  const picture = chart && el("img", { alt: "", src: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(chart)}` });
  const head = el("tr", {}, ...heads.map((name) => el("th", { scope: "col" }, name)));
  const body = rows.map(([name, value]) => el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, value)));
  const table = el("div", { class: "table-frame", tabindex: "0", role: "region", "aria-label": caption }, el("table", {}, el("thead", {}, head), el("tbody", {}, ...body)));
  return el("figure", {}, el("figcaption", {}, caption), picture || el("p", { class: "quiet" }, nothing), rows.length > 0 && el("details", {}, el("summary", {}, t("查看数据表")), table));
}
