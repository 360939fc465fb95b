// Who this tab is. The token stays in the tab's own storage: two tabs can be two persons.

import { allNodes, query } from "./api.js";
import { byId } from "./dom.js";

const KEY = "tongban.session";
const SPARE_MS = 60_000;

/** The demonstration's people, as the page was given them. */
export const people = JSON.parse(byId("main").dataset.people ?? "[]");

/** The session of this tab while its token is good, or null. */
export function current() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY));
    return kept && kept.until > Date.now() + SPARE_MS ? kept : null;
  } catch {
    return null;
  }
}

export const forget = () => sessionStorage.removeItem(KEY);

/** Sign in as one of the demonstration's people, to work in `center` (null for applicants). */
export async function signIn(login, center) {
  const answer = await fetch("/demo/sign-in", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ login_name: login }),
    credentials: "omit",
  });
  if (!answer.ok) throw new Error(answer.status === 404 ? "没有这个演示身份，或本环境不是演示环境。" : "登录没有成功，请稍后重试。");
  const given = await answer.json();
  const person = people.find((p) => p.login === login);
  const session = {
    login,
    name: given.display_name,
    what: person.what,
    idNumber: person.idNumber,
    isStaff: person.role !== null,
    center,
    token: given.access_token,
    until: Date.now() + given.expires_in * 1000,
  };
  sessionStorage.setItem(KEY, JSON.stringify(session));
  return session;
}

/** Keep that this tab works in another center from now on. */
export function moveTo(session, center) {
  session.center = center;
  sessionStorage.setItem(KEY, JSON.stringify(session));
}

/** All centers with the code of their parent, ready to be shown as a tree. */
export async function centers() {
  return arranged(await allNodes("Centers", "centers", {}));
}

/** Centers by code, each with `parentCode`, `children` and `label`. */
export function arranged(nodes) {
  const byCode = new Map(nodes.map((node) => [node.code, { ...node, parentCode: node.parent?.code ?? null, children: [] }]));
  for (const center of byCode.values()) {
    byCode.get(center.parentCode)?.children.push(center);
    center.label = shortName(center.name);
  }
  return byCode;
}

const shortName = (name) => name.replace(/(人民政府)?(政务|便民)服务中心$/, "");

/** The center and those above it, lowest first. */
export function chainOf(byCode, code) {
  const chain = [];
  for (let center = byCode.get(code); center; center = byCode.get(center.parentCode)) chain.push(center);
  return chain;
}

/** Where a person works, seen from a chosen center: in their only one, else itself, above it, or the first below. */
export function workplace(byCode, code, { levels, center: only }) {
  if (only) return byCode.get(only) ?? null;
  const chain = chainOf(byCode, code);
  const above = chain.find((center) => levels.includes(center.level.toLowerCase()));
  if (above) return above;
  const below = [...(chain[0]?.children ?? [])];
  for (const center of below) {
    if (levels.includes(center.level.toLowerCase())) return center;
    below.push(...center.children);
  }
  return null;
}

/** The township that is shown first: one with a county and a city above it. */
export function firstTownship(byCode) {
  const townships = [...byCode.values()].filter((c) => c.level === "TOWNSHIP" && c.status === "ACTIVE");
  return byCode.get("371425001") ?? townships.find((c) => chainOf(byCode, c.code).length === 3) ?? townships[0] ?? [...byCode.values()][0] ?? null;
}

/** What the person is in the session's center: roles, empty for outsiders, and the department that posts them. */
export async function membership(session) {
  if (!session.isStaff || !session.center) return { roles: [], department: null };
  const where = { center: session.center.code, token: session.token };
  const [{ myMembership }, { myDepartment }] = await Promise.all([query("MyMembership", {}, where), query("MyDepartment", {}, where)]);
  return { roles: myMembership?.roles ?? [], department: myDepartment };
}
