// One widget model over a comm (Jupyter's widget protocol 2.x): as much of it as an anywidget component needs.

const ASK_AGAIN = 200; // ms
const GIVE_UP = 10_000; // ms: a kernel that was replaced under the same id never answers for our model

/** Put the binary parts of a state back where they belong. */
function withBuffers(state, paths, buffers) {
  paths?.forEach((path, i) => {
    const holder = path.slice(0, -1).reduce((part, key) => part[key], state);
    holder[path.at(-1)] = buffers[i];
  });
  return state;
}

/** Take the binary parts out of a value: they travel beside the JSON. */
function withoutBuffers(value, path, paths, buffers) {
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
    paths.push(path);
    buffers.push(value);
    return null;
  }
  const inside = (part, key) => withoutBuffers(part, [...path, key], paths, buffers);
  if (Array.isArray(value)) return value.map(inside);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, inside(part, key)]));
}

/**
 * What anywidget calls `model`. It can be used before there is a kernel: what is sent then does not arrive, and `send`
 * says so. `post(content, buffers)` brings a message to the kernel's shell and is false when there is no line.
 */
export class Model {
  #state = {}; #changed = new Set(); #ears = new Map(); #post; #whole; #asks;

  constructor(post) { this.#post = post; }

  /** The model's id in the kernel; empty until the page knows it. */
  id = "";

  get(key) { return this.#state[key]; }

  set(key, value) {
    this.#state[key] = value;
    this.#changed.add(key);
    this.#tell(`change:${key}`);
  }

  save_changes() {
    const state = {}, paths = [], buffers = [];
    for (const key of this.#changed) state[key] = withoutBuffers(this.#state[key], [key], paths, buffers);
    this.#changed.clear();
    this.#comm({ method: "update", state, buffer_paths: paths }, buffers);
  }

  send(content, _callbacks, buffers = []) { return this.#comm({ method: "custom", content }, buffers); }

  on(event, ear) {
    if (!this.#ears.has(event)) this.#ears.set(event, new Set());
    this.#ears.get(event).add(ear);
  }

  off(event, ear) {
    if (ear) this.#ears.get(event)?.delete(ear);
    else this.#ears.delete(event);
  }

  /** Ask for the whole state until it is here: a first answer is missed when the subscription is younger than it. */
  async fetch() {
    const ask = (this.#asks = () => this.#comm({ method: "request_state" }));
    const again = setInterval(ask, ASK_AGAIN);
    const answered = new Promise((done) => (this.#whole = () => done(true)));
    const tooLate = new Promise((done) => setTimeout(done, GIVE_UP, false));
    ask();
    const here = await Promise.race([answered, tooLate]);
    clearInterval(again);
    this.#asks = undefined;
    return here;
  }

  /** There is a line now: whoever waits for the state asks at once, not when the next turn comes. */
  askAtOnce() { this.#asks?.(); }

  /** A message from the kernel; those of other models are not ours. */
  receive({ header, content, buffers }) {
    if (!this.id || content.comm_id !== this.id || !["comm_open", "comm_msg"].includes(header.msg_type)) return;
    const { method, state, buffer_paths: paths, content: words } = content.data;
    if (method === "custom") this.hear(words, buffers);
    else if (state && method !== "echo_update") this.#update(withBuffers(state, paths, buffers));
  }

  /** Words for the component, whoever brought them: the kernel, or the server while there is no kernel. */
  hear(words, buffers = []) { this.#tell("msg:custom", words, buffers); }

  #update(state) {
    Object.assign(this.#state, state);
    for (const key of Object.keys(state)) this.#tell(`change:${key}`);
    if ("_model_name" in state) this.#whole?.(); // a whole state, not one changed trait
  }

  #comm(data, buffers = []) { return this.id !== "" && this.#post({ comm_id: this.id, data }, buffers); }

  #tell(event, ...words) { for (const ear of this.#ears.get(event) ?? []) ear(...words); }
}
