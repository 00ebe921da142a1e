// Part of form.js: what waits to be saved.

/**
 * One entry for each question or paper with something unsaved. One message at a time for each: the next has to name the
 * revision that the one before it got. `send(message)` is false when there is no line; `told()` hears of each change.
 */
class Outbox {
  #entries = new Map(); #seq = 0; #send; #told; #retry;

  constructor(send, told) {
    this.#send = send;
    this.#told = told;
  }

  /** A number for a message that is not kept, such as the request for a report. */
  nextNumber() { return ++this.#seq; }

  has(subject) { return this.#entries.has(subject.key); }

  get subjects() { return [...this.#entries.values()].map((entry) => entry.subject); }

  /** How many could be sent: those in conflict wait for a choice, those without a reason for the reason. */
  get sendable() { return [...this.#entries.values()].filter((entry) => entry.message).length; }

  put(subject) {
    const entry = this.#entries.get(subject.key) ?? { subject };
    this.#entries.set(subject.key, entry);
    if (entry.theirs) entry.later = true;
    else if (entry.message && entry.onItsWay) entry.later = true;
    else this.#post(entry);
    this.#told();
  }

  #post(entry) {
    const { subject } = entry;
    const state = subject.read();
    const message = subject.message(state);
    const seq = entry.message?.seq ?? ++this.#seq; // never sent: the same number, with the newer words
    Object.assign(entry, { state, later: false, message: message && { ...message, seq, seen: subject.revision } });
    entry.onItsWay = Boolean(message) && this.#send(entry.message) !== false;
  }

  /** After a loss: everything again. What the kernel had saved comes back as “saved”, or as the same answer. */
  sendAgain() {
    for (const entry of this.#entries.values()) if (entry.message) entry.onItsWay = this.#send(entry.message) !== false;
  }

  sendAgainSoon() { this.#retry ??= setTimeout(() => { this.#retry = null; this.sendAgain(); }, AGAIN); }

  /** The unsaved messages, for another way than the kernel. `closing`: there is no later, so newer words go along. */
  collect({ closing = false } = {}) {
    const sent = [...this.#entries.values()].filter((entry) => entry.message);
    for (const entry of sent) entry.onItsWay = true;
    return sent.flatMap((entry) => [{ ...entry.message }, ...(closing && entry.later ? [this.#following(entry)] : [])]);
  }

  // It names the revision that the message before it will get.
  #following({ subject, message }) {
    return { ...(subject.message(subject.read()) ?? message), seq: ++this.#seq, seen: message.seen + 1 };
  }

  /** The entry a reply belongs to; none for a reply that came before. */
  of(seq) { return [...this.#entries.values()].find((entry) => entry.message?.seq === seq); }

  saved(entry, revision) {
    entry.subject.revision = revision;
    entry.subject.kept = entry.state;
    this.#next(entry);
  }

  refused(entry) { this.#next(entry); }

  #next(entry) {
    entry.message = null;
    if (entry.later) this.#post(entry);
    else this.#entries.delete(entry.subject.key);
    this.#told();
  }

  hold(entry, theirs) {
    Object.assign(entry, { theirs, message: null });
    this.#told();
  }

  /** After a conflict: send ours, now knowing theirs; or drop it. */
  resolve(entry, { mine }) {
    entry.subject.revision = entry.theirs.revision;
    entry.theirs = null;
    if (mine) this.#post(entry);
    else this.#entries.delete(entry.subject.key);
    this.#told();
  }
}
