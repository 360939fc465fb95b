// Subscriptions over graphql-transport-ws: one socket per endpoint, resumed from the last cursor.
// Protocol: https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md

import { operations, socketAddress } from "./api.js";

const LONGEST_WAIT = 10_000;
const QUIET = 20_000;
const REFUSED = new Set([4401, 4403]);

export class Live {
  /** `onStatus` hears "connecting", "open", "lost" and "refused". */
  constructor(center, token, onStatus = () => {}) {
    this.address = socketAddress(center);
    this.token = token;
    this.onStatus = onStatus;
    this.subscriptions = new Map();
    this.lastId = 0;
    this.failures = 0;
    this.isEnded = false;
    this.isReady = false;
    this.hurry = () => { if (!this.isReady && document.visibilityState === "visible") this.connect(); };
    addEventListener("online", this.hurry);
    document.addEventListener("visibilitychange", this.hurry);
    this.connect();
  }

  /**
   * Follow a shipped subscription; returns what ends it. `onEvent` gets the event of each delivery,
   * `onFault` the message when the server refuses. `after` is the cursor to begin behind.
   */
  subscribe(name, variables, onEvent, { after = null, onFault = () => {} } = {}) {
    const subscription = { id: "", name, variables, onEvent, onFault, after };
    this.subscriptions.set(subscription, subscription);
    if (this.isReady) this.open(subscription);
    return () => {
      if (this.subscriptions.delete(subscription) && this.isReady) this.say({ id: subscription.id, type: "complete" });
    };
  }

  close() {
    this.isEnded = true;
    removeEventListener("online", this.hurry);
    document.removeEventListener("visibilitychange", this.hurry);
    clearTimeout(this.retry);
    clearTimeout(this.watch);
    this.socket?.close(1000);
  }

  connect() {
    clearTimeout(this.retry);
    if (this.isEnded || (this.socket && this.socket.readyState < WebSocket.CLOSING)) return;
    this.onStatus("connecting");
    const socket = new WebSocket(this.address, "graphql-transport-ws");
    this.socket = socket;
    socket.onopen = () => this.say({ type: "connection_init", payload: { authorization: `Bearer ${this.token}` } });
    socket.onmessage = ({ data }) => { if (socket === this.socket) this.hear(JSON.parse(data)); };
    socket.onclose = ({ code }) => { if (socket === this.socket) this.lost(code); };
    this.listen();
  }

  hear(message) {
    this.listen();
    if (message.type === "connection_ack") {
      this.isReady = true;
      this.failures = 0;
      this.onStatus("open");
      for (const subscription of this.subscriptions.keys()) this.open(subscription);
    } else if (message.type === "ping") {
      this.say({ type: "pong" });
    } else if (message.id) {
      const subscription = [...this.subscriptions.keys()].find((s) => s.id === message.id);
      if (subscription) this.tell(subscription, message);
    }
  }

  tell(subscription, { type, payload }) {
    if (type === "next" && payload.data) {
      const [delivery] = Object.values(payload.data);
      subscription.after = delivery.cursor; // the same place after a lost line: nothing lost, nothing twice
      subscription.onEvent(delivery.event);
      return;
    }
    const code = payload?.[0]?.extensions?.code;
    if (code === "RESUME_REQUIRED") this.open(subscription);
    else if (code === "BAD_REQUEST" && subscription.after !== null) {
      subscription.after = null; // a cursor of another database, after a reset: begin anew
      this.open(subscription);
    } else if (type === "error") {
      this.subscriptions.delete(subscription);
      subscription.onFault(payload[0].message, code);
    }
  }

  async open(subscription) {
    const socket = this.socket;
    const text = (await operations())[subscription.name];
    if (socket !== this.socket || !this.subscriptions.has(subscription)) return;
    this.lastId += 1;
    subscription.id = String(this.lastId);
    const variables = { ...subscription.variables, after: subscription.after };
    this.say({ id: subscription.id, type: "subscribe", payload: { query: text, variables } });
  }

  say(message) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  /** A line that is dead without saying so is found by its silence. */
  listen() {
    clearTimeout(this.watch);
    this.watch = setTimeout(() => {
      this.say({ type: "ping" });
      this.watch = setTimeout(() => { this.socket.close(4000); this.lost(4000); }, QUIET / 2);
    }, QUIET);
  }

  lost(code) {
    clearTimeout(this.watch);
    this.socket = null;
    this.isReady = false;
    if (this.isEnded) return;
    if (REFUSED.has(code)) {
      this.isEnded = true;
      this.onStatus("refused");
      return;
    }
    this.failures += 1;
    this.onStatus("lost");
    const wait = Math.min(LONGEST_WAIT, 400 * 2 ** (this.failures - 1)) * (0.7 + Math.random() * 0.6);
    this.retry = setTimeout(() => this.connect(), wait);
  }
}
