// A list of cases as a file: asked for here, made in the background, downloaded by who asked.

import { mutate, newKey, query } from "./api.js";
import { busy, chip, el, fill, toast } from "./dom.js";
import { EXPORTS, time } from "./texts.js";

const EXPORT = ["MANAGER", "DEPARTMENT_MANAGER", "SUPERVISOR"];
const FORMATS = { XLSX: "导出 XLSX 工作簿", CSV: "导出 CSV" };
const LOOK_EVERY = 1500;

/** What exports the list that `asked` describes (filter and order), or null for who may not. */
export function exportPanel(app, asked, onLeave) {
  if (!app.may(EXPORT)) return null;
  const list = el("ul", { class: "files" });
  let timer = 0;
  let hasLeft = false;
  onLeave(() => { hasLeft = true; clearTimeout(timer); });
  const load = async () => {
    const { caseExports } = await query("CaseExports", { first: 5 }, app.where());
    const nodes = caseExports.edges.map((edge) => edge.node);
    fill(list, nodes.map(row));
    clearTimeout(timer);
    const isUnderWay = nodes.some(({ state }) => ["WAITING", "RUNNING"].includes(state));
    if (isUnderWay && !hasLeft) timer = setTimeout(look, LOOK_EVERY);
  };
  const look = () => load().catch((error) => toast(error.message, "bad"));
  const row = ({ id, state, format, requestedAt, rows, total, url, expiresAt }) => {
    const [text, tone] = EXPORTS[state];
    return el("li", {}, `${time(requestedAt)} ${format} `, chip(text, tone), " ",
      state === "RUNNING" && `${rows} / ${total ?? "…"} 行 `,
      // The link is good for ten minutes: it is asked for when it is wanted.
      url && el("button", { type: "button", class: "link", onclick: (event) => busy(event.target, () => download(id)) }, `下载（${rows} 行）`),
      url && el("span", { class: "soft" }, ` 保留到 ${time(expiresAt)}`),
      ["WAITING", "RUNNING"].includes(state) && el("button", { type: "button", class: "link", onclick: (event) => busy(event.target, async () => {
        await mutate("CancelCaseExport", { id }, app.where());
        await load();
      }) }, "取消"));
  };
  const download = async (id) => {
    const { caseExport } = await query("CaseExport", { id }, app.where());
    location.assign(caseExport.url);
  };
  const ask = (format) => el("button", { type: "button", class: "small plain", onclick: (event) => busy(event.target, async () => {
    await mutate("ExportCases", { ...asked(), format, idempotencyKey: newKey() }, app.where());
    await load();
  }) }, FORMATS[format]);
  look();
  return el("section", { class: "card box" }, el("div", { class: "buttons" }, Object.keys(FORMATS).map(ask),
    el("span", { class: "soft" }, "按上面的条件导出，姓名只有掩码；申请和下载都记入审计日志。")), list);
}
