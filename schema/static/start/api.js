// One operation per request, by the documents that ship with the contract; files go along as multipart.

const RETRIES = 3;
let documents = null;

/** The shipped documents by the name of their operation. */
export function operations() {
  documents ??= fetch("/contract/operations").then((answer) => {
    if (!answer.ok) throw new ApiError("UNAVAILABLE", "读取操作文档失败，请刷新页面重试。");
    return answer.json();
  });
  documents.catch(() => { documents = null; });
  return documents;
}

/** What the API refused, in words for people; `code` is stable, `params` are its particulars. */
export class ApiError extends Error {
  constructor(code, message, params = {}) {
    super(message);
    this.code = code;
    this.params = params;
  }
}

const endpoint = (center) => (center ? `/c/${encodeURIComponent(center)}/graphql` : "/graphql");

/** The address of a center's endpoint for sockets. */
export const socketAddress = (center) => `${location.origin.replace(/^http/, "ws")}${endpoint(center)}`;

/** Execute a shipped operation and return its data. Throws ApiError for whatever was refused. */
export async function query(name, variables = {}, { center = "", token = "" } = {}) {
  const text = (await operations())[name];
  if (!text) throw new ApiError("UNAVAILABLE", `接口合同中没有操作“${name}”。`);
  const answer = await send(endpoint(center), { query: text, variables }, token);
  if (answer.errors?.length) {
    const { message, extensions = {} } = answer.errors[0];
    throw new ApiError(extensions.code ?? "INTERNAL", extensions.traceId ? `${message}（追踪号 ${extensions.traceId}）` : message, extensions.params);
  }
  return answer.data;
}

/**
 * Execute a mutation and return its payload. With an idempotency key it is sent again when the line
 * fails: however often it arrives, it takes effect once.
 */
export async function mutate(name, input, where) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const [payload] = Object.values(await query(name, { input }, where));
      if (payload.errors.length) {
        const [first] = payload.errors;
        throw new ApiError(first.code, payload.errors.map((e) => e.message).join(" "), first.params);
      }
      return payload;
    } catch (error) {
      const mayRepeat = error.code === "NETWORK" && input.idempotencyKey && attempt < RETRIES;
      if (!mayRepeat) throw error;
      await new Promise((done) => { setTimeout(done, 700 * attempt); });
    }
  }
}

export const newKey = () => (crypto.randomUUID ? crypto.randomUUID() : uuid4());

function uuid4() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

async function send(address, operation, token) {
  const headers = { Accept: "application/graphql-response+json, application/json", "Accept-Language": "zh-Hans" };
  if (token) headers.Authorization = `Bearer ${token}`;
  const files = [];
  const variables = withoutFiles(operation.variables, "variables", files);
  let body = JSON.stringify({ ...operation, variables });
  if (files.length) {
    const form = new FormData();
    form.append("operations", body);
    form.append("map", JSON.stringify(Object.fromEntries(files.map(([place], n) => [n, [place]]))));
    files.forEach(([, file], n) => form.append(String(n), file, file.name));
    headers["GraphQL-Require-Preflight"] = "1";
    body = form;
  } else {
    headers["Content-Type"] = "application/json";
  }
  let answer;
  try {
    answer = await fetch(address, { method: "POST", headers, body, credentials: "omit", redirect: "error" });
    return await answer.json();
  } catch {
    throw new ApiError("NETWORK", answer && answer.status < 500 ? `服务返回了无法识别的内容（${answer.status}）。` : "网络不通或服务正在重启，请稍后重试。");
  }
}

function withoutFiles(value, place, files) {
  if (value instanceof Blob) {
    files.push([place, value]);
    return null;
  }
  if (Array.isArray(value)) return value.map((item, n) => withoutFiles(item, `${place}.${n}`, files));
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutFiles(item, `${place}.${key}`, files)]));
  }
  return value;
}

/** All nodes of a connection, page by page, at most `most`. */
export async function allNodes(name, field, variables, where, most = 1000) {
  const nodes = [];
  let after = null;
  do {
    const page = (await query(name, { ...variables, first: 100, after }, where))[field];
    nodes.push(...page.edges.map((edge) => edge.node));
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after && nodes.length < most);
  return nodes;
}
