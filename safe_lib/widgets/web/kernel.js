// One websocket to one kernel: Jupyter's messages in the v1 framing (64-bit offsets, then the parts), and a heartbeat.

const BEAT = 1200; // ms between two heartbeats
const DEADLINE = 2400; // ms for an answer; a loss is told after BEAT + DEADLINE at most, and has to be within 5 s
const NEXT_BEAT = 10_000; // ms until an unanswered heartbeat is repeated
const RETRY = 1000; // ms
const RETRY_LATER = 5000; // ms, after a minute of retries: the night may be long
const PATIENCE = 15_000; // ms of silence, while the server answers, before the kernel counts as gone
const REFUSALS = 3; // of the line, while the server answers, for the same
const PROTOCOL = "v1.kernel.websocket.jupyter.org";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const bytes = (part) => (part instanceof Uint8Array ? part : new Uint8Array(part.buffer ?? part, part.byteOffset ?? 0, part.byteLength));

/** One message as a websocket frame: the number of offsets, the offsets, the channel, the parts. */
export function pack(channel, parts) {
  const all = [encoder.encode(channel), ...parts.map(bytes)];
  const ends = [8 * (all.length + 2)];
  for (const part of all) ends.push(ends.at(-1) + part.byteLength);
  const frame = new Uint8Array(ends.at(-1));
  const view = new DataView(frame.buffer);
  view.setBigUint64(0, BigInt(ends.length), true);
  ends.forEach((end, i) => view.setBigUint64(8 * (i + 1), BigInt(end), true));
  all.forEach((part, i) => frame.set(part, ends[i]));
  return frame;
}

/** A websocket frame as a message: channel, header, parent, metadata, content, and its binary parts as DataViews. */
export function unpack(buffer) {
  const view = new DataView(buffer);
  const many = Number(view.getBigUint64(0, true));
  const starts = Array.from({ length: many }, (_, i) => Number(view.getBigUint64(8 * (i + 1), true)));
  const part = (i) => buffer.slice(starts[i], starts[i + 1]);
  const json = (i) => JSON.parse(decoder.decode(part(i)));
  return {
    channel: decoder.decode(part(0)), header: json(1), parent: json(2), metadata: json(3), content: json(4),
    buffers: Array.from({ length: many - 6 }, (_, i) => new DataView(part(5 + i))),
  };
}

/**
 * The line to one kernel. It tells each change once:
 * `message(m)` a message came · `opened()` there is a line, though nothing has come over it yet · `found()` the kernel
 * answers, at first or again · `lost()` no answer in time, or the line is cut · `gone()` after a loss: the server answers,
 * the kernel does not. `found()` may follow all the same. `serverAnswers()` says whether the server itself can be reached.
 */
export class Kernel {
  #url; #session = crypto.randomUUID(); #tell; #socket;
  #up = false; #told = ""; #lostAt = 0; #tries = 0; #refused = 0;
  #askedAt = 0; #alarm; #retry;

  constructor(base, id, events) {
    this.id = id;
    this.#tell = events;
    this.#url = new URL(`${base}api/kernels/${id}/channels?page=safe&session_id=${this.#session}`, location.href);
    this.#url.protocol = this.#url.protocol.replace("http", "ws");
    this.#lostAt = performance.now();
    this.#connect();
    setInterval(() => this.#beat(), BEAT);
    addEventListener("online", () => this.again());
  }

  /** Try at once, not when the next turn comes. */
  again() {
    if (this.#up) return;
    this.#askedAt = this.#tries = 0;
    if (this.#isOpen) return this.#beat();
    if (this.#socket.readyState !== WebSocket.CONNECTING) this.#connect();
  }

  /** Send one message; false when there is no line. What must not be lost is kept and repeated by who sends it. */
  send(channel, type, content, buffers = []) {
    if (!this.#isOpen) return false;
    const header = {
      msg_id: crypto.randomUUID(), msg_type: type, session: this.#session, username: "", version: "5.4",
      date: new Date().toISOString(),
    };
    const json = [header, {}, {}, content].map((part) => encoder.encode(JSON.stringify(part)));
    this.#socket.send(pack(channel, [...json, ...buffers]));
    return true;
  }

  get #isOpen() { return this.#socket.readyState === WebSocket.OPEN; }

  #connect() {
    clearTimeout(this.#retry);
    const socket = (this.#socket = new WebSocket(this.#url, PROTOCOL));
    socket.binaryType = "arraybuffer";
    socket.onopen = () => { this.#askedAt = 0; this.#beat(); this.#tell.opened(); };
    socket.onmessage = (event) => socket === this.#socket && this.#receive(unpack(event.data));
    socket.onclose = () => socket === this.#socket && this.#closed();
  }

  #closed() {
    this.#refused++;
    this.#down();
    this.#retry = setTimeout(() => this.#connect(), this.#tries++ < 60 ? RETRY : RETRY_LATER);
  }

  // On the control channel, which answers while a cell runs: a busy kernel is not taken for a lost one.
  #beat() {
    const now = performance.now();
    if (!this.#up) this.#judge(now);
    if (!this.#isOpen || (this.#askedAt && now - this.#askedAt < NEXT_BEAT)) return;
    this.#askedAt = now;
    this.send("control", "kernel_info_request", {});
    // No deadline before the first answer: many visitors at once make a start slow. page.js has a deadline for the whole.
    // At the deadline the line stays open: a late answer takes the loss back, twelve slow pages do not become dead ones.
    if (this.#up) this.#alarm ??= setTimeout(() => this.#down(), DEADLINE);
  }

  #receive(message) {
    if (message.channel === "control") return this.#answered();
    const state = message.header.msg_type === "status" && message.content.execution_state;
    if (state === "dead" || state === "restarting") return this.#died();
    this.#tell.message(message);
  }

  #answered() {
    this.#askedAt = this.#tries = this.#refused = 0;
    this.#alarm = clearTimeout(this.#alarm);
    if (this.#up) return;
    this.#up = true;
    this.#told = "";
    this.#tell.found();
  }

  #down() {
    this.#alarm = clearTimeout(this.#alarm);
    if (this.#up) this.#lostAt = performance.now();
    this.#up = false;
    if (this.#told) return;
    this.#told = "lost";
    this.#tell.lost();
  }

  #died() { // a restarted kernel answers under the same id, but has nothing of this page
    this.#down();
    this.#giveUp();
  }

  #giveUp() {
    if (this.#told === "gone") return;
    this.#told = "gone";
    this.#tell.gone();
  }

  async #judge(now) {
    if (this.#told !== "lost" || now - this.#lostAt < (this.#refused > REFUSALS ? 0 : PATIENCE)) return;
    this.#told = "judging"; // one question at a time
    const answers = await this.#tell.serverAnswers();
    if (this.#told !== "judging") return;
    this.#told = "lost";
    if (answers) this.#giveUp();
    else this.#refused = 0; // a server that was away refuses everything: that says nothing about the kernel
  }
}
