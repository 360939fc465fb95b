// GraphiQL as one of the demonstration's people: the token is filled in, every shipped operation is ready.

import { newKey, operations, query, socketAddress } from "./api.js";
import { byId, el, fill, put } from "./dom.js";
import * as samples from "./samples.js";
import * as session from "./session.js";

const INTROSPECTION = "query Inputs { __schema { types { name kind inputFields { name defaultValue type { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } enumValues { name } } } }";
const NO_CENTER = ["Centers", "Me", "MyItems", "Matters", "CaseProgress", "RegisterAccount", "RequestPhoneCode", "ResetPassword", "VerifyIdentity", "GrantPlatformRole", "RevokePlatformRole"];

const byName = await operations();
const byCode = await session.centers();
const wanted = new URLSearchParams(location.search);
const as = byId("as");
const center = byId("center");
const operation = byId("operation");
const state = byId("state");
let types = null;
let root = null;
let session_ = null;

put(as, el("option", { value: "" }, "未登录"), session.people.map((p) => el("option", { value: p.login }, `${p.what} · ${p.name}`)));
put(center, el("option", { value: "" }, "不限中心（/graphql）"), [...byCode.values()].map((c) => el("option", { value: c.code }, `${c.code} ${c.label}`)));
const kinds = [["query", "查询"], ["mutation", "办理"], ["subscription", "订阅"]];
for (const [kind, text] of kinds) {
  const names = Object.keys(byName).filter((name) => kindOf(byName[name]) === kind);
  put(operation, el("optgroup", { label: text }, names.map((name) => el("option", { value: name }, name))));
}

as.value = wanted.get("as") ?? "";
center.value = byCode.has(wanted.get("center")) ? wanted.get("center") : "";
operation.value = byName[wanted.get("operation")] ? wanted.get("operation") : "Centers";

as.addEventListener("change", () => { toWorkplace(); enter(); });
center.addEventListener("change", mount);
operation.addEventListener("change", () => {
  if (NO_CENTER.includes(operation.value)) center.value = "";
  else if (!center.value) toWorkplace();
  mount();
});
byId("choice").addEventListener("submit", (event) => event.preventDefault());
await enter();

function kindOf(text) {
  return /^(query|mutation|subscription)\b/m.exec(text)?.[1] ?? "query";
}

/** Move to where the person works, near the center that is chosen. */
function toWorkplace() {
  const person = session.people.find((p) => p.login === as.value);
  const near = center.value || session.firstTownship(byCode)?.code;
  center.value = person?.role ? session.workplace(byCode, near, person)?.code ?? "" : NO_CENTER.includes(operation.value) ? "" : near ?? "";
}

async function enter() {
  state.textContent = "";
  session_ = null;
  if (as.value) {
    try {
      session_ = await session.signIn(as.value, null);
      state.textContent = "令牌已填好";
    } catch (error) {
      state.textContent = error.message;
    }
  }
  await mount();
}

async function mount() {
  const { React, ReactDOM, GraphiQL } = window;
  const socket = socketAddress(center.value);
  const token = session_?.token;
  const text = byName[operation.value];
  const fetcher = GraphiQL.createFetcher({
    url: socket.replace(/^ws/, "http"),
    subscriptionUrl: socket,
    wsConnectionParams: token ? { authorization: `Bearer ${token}` } : {},
  });
  const node = byId("main");
  root?.unmount();
  fill(node);
  root = ReactDOM.createRoot(node);
  root.render(React.createElement(GraphiQL, {
    key: `${center.value} ${as.value} ${operation.value}`,
    fetcher,
    storage: inMemory(), // nothing of a person stays in the browser
    query: text,
    variables: JSON.stringify(await examples(text), null, 2),
    headers: JSON.stringify(token ? { Authorization: `Bearer ${token}`, "Accept-Language": "zh-Hans" } : { "Accept-Language": "zh-Hans" }, null, 2),
    isHeadersEditorEnabled: true,
    shouldPersistHeaders: false,
  }));
}

function inMemory() {
  const kept = new Map();
  return { getItem: (k) => kept.get(k) ?? null, setItem: (k, v) => kept.set(k, v), removeItem: (k) => kept.delete(k), clear: () => kept.clear(), get length() { return kept.size; } };
}

// --- variables that can be sent at once, or nearly ---------------------------------------------

async function examples(text) {
  const declared = [...text.matchAll(/\$(\w+)\s*:\s*([\w[\]!]+)(\s*=)?/g)].filter(([, , type, preset]) => type.endsWith("!") && !preset);
  if (!declared.length) return {};
  types ??= await inputTypes();
  const known = await knownValues();
  return Object.fromEntries(declared.map(([, name, type]) => [name, example(type.replace(/!$/, ""), name, known)]));
}

async function inputTypes() {
  const answer = await fetch("/graphql", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ query: INTROSPECTION }) });
  const { data } = await answer.json();
  return new Map((data?.__schema.types ?? []).map((type) => [type.name, type]));
}

/** Numbers and ids that exist here, where the person may see some. */
async function knownValues() {
  const where = { center: center.value, token: session_?.token };
  const known = { ...samples.person(), code: center.value, matter: "370110100401", receiverName: "赵测试" };
  if (!where.center || !where.token) return known;
  try {
    known.number = (await query("Cases", { first: 1 }, where)).cases.edges[0]?.node.number;
    known.handoff = (await query("Handoffs", { first: 1 }, where)).handoffs.edges[0]?.node.id;
    known.id = known.handoff;
    known.offering = (await query("Offerings", { first: 1 }, where)).offerings.edges[0]?.node.code;
  } catch {
    return known;
  }
  return known;
}

function example(type, name, known) {
  if (type.startsWith("[")) return [];
  if (operation.value === "Offering" && name === "code") return known.offering ?? "";
  if (name === "handoff" || name === "id" || name === "number") return known[name] ?? "";
  if (known[name] !== undefined) return known[name];
  if (type === "UUID") return newKey();
  if (type === "Int") return 1;
  if (type === "Boolean") return true;
  const found = types.get(type);
  if (found?.kind === "ENUM") return found.enumValues[0].name;
  if (found?.kind === "INPUT_OBJECT") {
    // With their defaults: GraphiQL marks an input without them as incomplete.
    const asked = found.inputFields.filter((f) => f.type.kind === "NON_NULL");
    return Object.fromEntries(asked.map((f) => [f.name, f.defaultValue === null ? example(nameOf(f.type.ofType), f.name, known) : literal(f.defaultValue)]));
  }
  return type === "String" ? "示例" : "";
}

/** The value of a default as the schema prints it; what is no JSON is an enum's value. */
function literal(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const nameOf = (type) => (type.kind === "LIST" ? `[${nameOf(type.ofType)}]` : type.kind === "NON_NULL" ? nameOf(type.ofType) : type.name);
