/**
 * A typed client of the Tongban API: queries, mutations with files, subscriptions that resume.
 *
 * Everything it knows of the schema comes from `generated.ts`; it runs in browsers and in Node.
 */
import { createClient } from "graphql-ws";
import { STORED_OPERATIONS, type TypedDocumentString } from "./generated.ts";

/** One top-level error of an answer; `extensions.code` is what a program branches on. */
export interface Fault {
  message: string;
  path?: readonly (string | number)[];
  extensions: { code: string; params?: Record<string, unknown>; traceId?: string };
}

/** An answer with top-level errors. Refusals by rules of the trade are no such errors: they stand
 * in the `errors` of a mutation's payload. */
export class TongbanError extends Error {
  readonly faults: readonly Fault[];
  readonly status: number;
  /** What was answered beside the errors, where a part of the fields could be. */
  readonly data: unknown;

  constructor(faults: readonly Fault[], status: number, data?: unknown) {
    super(faults.map((fault) => fault.message).join(" "));
    this.name = "TongbanError";
    this.faults = faults;
    this.status = status;
    this.data = data;
  }

  /** The code of the first error. */
  get code(): string {
    return this.faults[0]?.extensions.code ?? "INTERNAL";
  }
}

export interface Settings {
  /** Where the platform is, for example `https://zwfw.example.cn`. */
  url: string;
  /** Returns the access token to send, or undefined for nobody. */
  token?: () => string | undefined | Promise<string | undefined>;
  /** The language of texts for people. */
  language?: "zh-Hans" | "en";
  /** Whether to send the ids of the shipped operations instead of their texts. */
  stored?: boolean;
  /** How often a request is sent in all, when it may be repeated and the line or the server fails. */
  attempts?: number;
}

export interface Options {
  /** The center's code, six or nine digits; none for what belongs to no center. */
  center?: string;
  signal?: AbortSignal;
}

type Variables = Record<string, unknown>;

/** What is sent: a document, or the id of a stored one. */
type Operation = { query?: string; id?: string; variables: Variables };

/** What comes back. */
interface Answer<Result> {
  data?: Result;
  errors?: Fault[];
  extensions?: { catalogVersion?: string };
}

const RESPONSE = "application/graphql-response+json";
const REPEATED_STATUSES = [429, 502, 503, 504];
const REFUSED_SOCKETS = [4401, 4403];

/** How many answers of the catalog a client keeps. */
const KEPT_ANSWERS = 200;
const LONGEST_URL = 4000;

export class Tongban {
  readonly #settings: Settings;
  /** Ids of stored operations whose answers show the catalog alone, as answers have told. */
  readonly #ofCatalog = new Set<string>();
  readonly #kept = new Map<string, { tag: string; text: string }>();

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Send an operation and return its data. Throws TongbanError for top-level errors.
   *
   * Blobs in the variables are sent as files. A query, and a mutation that carries an
   * `idempotencyKey`, is sent again when the line or the server fails: a repeat has no second
   * effect. With `stored`, what shows the catalog alone is kept and asked for by its tag: an
   * unchanged answer then takes a line. */
  async request<Result, Asked>(
    document: TypedDocumentString<Result, Asked>,
    variables: Asked,
    options: Options = {},
  ): Promise<Result> {
    const { kind, operation } = this.#operation(String(document), variables as Variables);
    const attempts = isRepeatable(kind, variables as Variables) ? (this.#settings.attempts ?? 4) : 1;
    for (let attempt = 1; ; attempt += 1) {
      const last = attempt >= attempts;
      try {
        const response = await this.#send(operation, options);
        if (last || !REPEATED_STATUSES.includes(response.status)) {
          const answer = await answerOf<Result>(response);
          if (operation.id !== undefined && answer.extensions?.catalogVersion !== undefined) {
            this.#ofCatalog.add(operation.id);
          }
          return answer.data as Result;
        }
        await pause(Number(response.headers.get("Retry-After")) || 2 ** attempt / 4, options.signal);
      } catch (cause) {
        // fetch throws a TypeError when there was no answer at all.
        if (last || !(cause instanceof TypeError)) throw cause;
        await pause(2 ** attempt / 4, options.signal);
      }
    }
  }

  /** Follow a subscription: what comes behind `after`, in order, across lost connections.
   *
   * Ends with the loop that reads it. Throws TongbanError when the subscription is refused, and the
   * socket's close event when the token is (4401, 4403). */
  async *subscribe<Result, Asked>(
    document: TypedDocumentString<Result, Asked>,
    variables: Asked,
    options: Options = {},
  ): AsyncGenerator<Result> {
    const socket = createClient({
      url: this.#url(options).replace(/^http/, "ws"),
      connectionParams: async () => {
        const token = await this.#settings.token?.();
        return token === undefined ? {} : { authorization: `Bearer ${token}` };
      },
      retryAttempts: Number.POSITIVE_INFINITY,
      shouldRetry: (event) => !REFUSED_SOCKETS.includes((event as { code?: number }).code ?? 0),
    });
    // The library sends these very variables again after a lost connection, so it resumes.
    const asked: Variables = { ...(variables as Variables) };
    const payload = { query: String(document), variables: asked };
    try {
      for (let isOver = false; !isOver; ) {
        isOver = true;
        try {
          for await (const { data, errors } of socket.iterate<Variables>(payload)) {
            if (errors) throw new TongbanError(errors as unknown as Fault[], 200, data);
            asked["after"] = cursorOf(data);
            yield data as Result;
          }
        } catch (cause) {
          if (!Array.isArray(cause)) throw cause;
          const refused = new TongbanError(cause as Fault[], 200);
          if (refused.code !== "RESUME_REQUIRED") throw refused;
          isOver = false; // this client was slow: go on behind the last event
        }
      }
    } finally {
      await socket.dispose();
    }
  }

  #url({ center }: Options): string {
    const path = center === undefined ? "/graphql" : `/c/${center}/graphql`;
    return new URL(path, this.#settings.url).href;
  }

  #operation(query: string, variables: Variables): { kind: string; operation: Operation } {
    const [, kind = "query", name = ""] = /(query|mutation|subscription)\s+(\w+)/.exec(query) ?? [];
    const id = this.#settings.stored === true ? STORED_OPERATIONS[name] : undefined;
    return { kind, operation: id === undefined ? { query, variables } : { id, variables } };
  }

  async #headers(): Promise<Record<string, string>> {
    const headers: Record<string, string> = {
      Accept: `${RESPONSE}, application/json;q=0.9`,
      "Accept-Language": this.#settings.language ?? "zh-Hans",
    };
    const token = await this.#settings.token?.();
    if (token !== undefined) headers["Authorization"] = `Bearer ${token}`;
    return headers;
  }

  /** Read what shows the catalog alone: by GET, with the tag of the answer that is kept. */
  async #read(url: string, options: Options): Promise<Response> {
    const headers = await this.#headers();
    const key = `${headers["Accept-Language"]} ${url}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined) headers["If-None-Match"] = kept.tag;
    const response = await fetch(url, { headers, signal: options.signal ?? null });
    if (response.status === 304 && kept !== undefined) return new Response(kept.text);
    const tag = response.headers.get("ETag");
    if (!response.ok || tag === null) return response;
    const text = await response.text();
    this.#kept.delete(key);
    this.#kept.set(key, { tag, text });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT_ANSWERS && oldest !== undefined) this.#kept.delete(oldest);
    return new Response(text);
  }

  async #send(operation: Operation, options: Options): Promise<Response> {
    if (operation.id !== undefined && this.#ofCatalog.has(operation.id)) {
      const asked = { id: operation.id, variables: JSON.stringify(operation.variables) };
      const url = `${this.#url(options)}?${new URLSearchParams(asked).toString()}`;
      if (url.length <= LONGEST_URL) return this.#read(url, options);
    }
    const headers = await this.#headers();
    const files = new Map<string, Blob>();
    const variables = withoutFiles(operation.variables, "variables", files);
    let body: string | FormData = JSON.stringify({ ...operation, variables });
    if (files.size === 0) {
      headers["Content-Type"] = "application/json";
    } else {
      headers["GraphQL-Require-Preflight"] = "1";
      body = formOf(body, files);
    }
    const signal = options.signal ?? null;
    return fetch(this.#url(options), { method: "POST", headers, body, signal });
  }
}

function isRepeatable(kind: string, variables: Variables): boolean {
  const input = variables["input"] as Variables | undefined;
  return kind === "query" || input?.["idempotencyKey"] !== undefined;
}

async function answerOf<Result>(response: Response): Promise<Answer<Result>> {
  const text = await response.text();
  let answer: Answer<Result>;
  try {
    answer = JSON.parse(text) as Answer<Result>;
  } catch {
    const fault = { message: `HTTP ${response.status}`, extensions: { code: "INTERNAL" } };
    throw new TongbanError([fault], response.status);
  }
  if (answer.errors !== undefined) throw new TongbanError(answer.errors, response.status, answer.data);
  return answer;
}

/** Return the variables with null in place of each file, and note where it was. */
function withoutFiles(value: unknown, path: string, files: Map<string, Blob>): unknown {
  if (value instanceof Blob) {
    files.set(path, value);
    return null;
  }
  if (Array.isArray(value)) return value.map((item, n) => withoutFiles(item, `${path}.${n}`, files));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, withoutFiles(item, `${path}.${name}`, files)]),
  );
}

/** Return the form that the GraphQL multipart request specification describes. */
function formOf(operations: string, files: Map<string, Blob>): FormData {
  const form = new FormData();
  form.append("operations", operations);
  const paths = [...files.keys()];
  form.append("map", JSON.stringify(Object.fromEntries(paths.map((path, n) => [n, [path]]))));
  for (const [n, file] of [...files.values()].entries()) {
    form.append(String(n), file, file instanceof File ? file.name : `file-${n}`);
  }
  return form;
}

function cursorOf(data: Variables | null | undefined): string | null {
  const [delivery] = Object.values(data ?? {}) as { cursor?: string }[];
  return delivery?.cursor ?? null;
}

function pause(seconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });
}
