// The form component (anywidget): every question of a workbook, live.
//
// On a page it adopts the questions that the server has already sent, and works from then on, with a kernel or without:
// what a kernel has not acknowledged is kept here and sent again. In JupyterLab it asks its kernel for the questions.
// One file without imports, because JupyterLab gets its text. No visible word is written here: all come from the form's
// `data-*` attributes, from the page around it, or from the kernel.

const TYPING = 800; // ms after the last key
const AGAIN = 5000; // ms until something that failed is sent again
const CALM = 2000; // ms between two announcements
const PATIENT = 600; // ms before “saving” is worth saying
const DOWNLOAD = 10_000; // ms a made report stays in memory

const SIGNS = ["present", "partly", "verified", "active"]; // an answer that rests on something
const NOT_ASKED = "not_asked";
const NOT_APPLICABLE = "not_applicable"; // needs a reason
const WRITTEN = "written";
const QUESTION = "fieldset[data-item]";
const TEXT_FIELD = 'textarea, input:is(:not([type]), [type="text"], [type="search"], [type="date"], [type="number"]), [contenteditable]';

const trusted = policy();

function policy() {
  const plain = { createHTML: (text) => text };
  try {
    return globalThis.trustedTypes?.createPolicy("safe", plain) ?? plain;
  } catch {
    return plain; // JupyterLab may have loaded this file before
  }
}

/** Markup of our own server or kernel as nodes. */
function nodes(html) {
  const holder = document.createElement("template");
  holder.innerHTML = trusted.createHTML(html);
  return holder.content;
}

function element(tag, { text = "", ...properties } = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...(text ? [text] : []), ...children);
  return made;
}

const fill = (words, facts) => Object.entries(facts).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, () => value), words ?? "");
const equal = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const language = () => document.documentElement.lang.replace(/^en$/, "en-GB") || undefined; // day before month, as on the rest of the page
const digits = { numberingSystem: "latn" };
const timeOfDay = (at) => at.toLocaleTimeString(language(), { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...digits });

function moment(text) {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? text : at.toLocaleString(language(), { dateStyle: "medium", timeStyle: "short", hourCycle: "h23", ...digits });
}

// What can be saved: questions and papers. Each has `key`, `place` (its element), `label`, `read()`, `show(state)`,
// `message(state)` (null while it cannot be sent), `revision`, and `isSame(state, theirs)`.

/** One question. Its state: {code, evidence, note, reason}; without an answer the code is empty. */
class Question {
  constructor(place, form) {
    this.place = place;
    this.form = form;
    this.id = this.key = place.dataset.item;
    this.field = place.querySelector(`textarea[name="${this.id}"], input[type="date"][name="${this.id}"], input[type="text"][name="${this.id}"]`);
  }

  get label() { return this.place.querySelector("legend > span")?.textContent.trim() ?? this.id; }
  get revision() { return Number(this.place.dataset.revision) || 0; }
  set revision(number) { this.place.dataset.revision = number; }
  get radios() { return [...this.place.querySelectorAll(`.answers input[type="radio"]`)]; }
  get bases() { return [...this.place.querySelectorAll(`input[name="${this.id}-basis"]`)]; }
  get reason() { return this.place.querySelector(`input[name="${this.id}-reason"]`); }
  get noteDetails() { return this.place.querySelector("details.q-note"); }
  get note() { return this.place.querySelector(`textarea[name="${this.id}-note"]`); }

  read() {
    if (this.field) return written(this.field.value);
    return this.#state((input) => input.checked, (input) => input.value);
  }

  /** As the server sent it, before anybody touched it. */
  readSent() {
    if (this.field) return written(this.field.defaultValue);
    return this.#state((input) => input.defaultChecked, (input) => input.defaultValue);
  }

  #state(isChosen, value) {
    const code = this.radios.find(isChosen)?.value ?? "";
    return {
      code,
      evidence: SIGNS.includes(code) ? this.bases.filter(isChosen).map((input) => input.value) : [],
      note: this.note ? value(this.note) : (this.noteDetails?.dataset.note ?? ""),
      reason: code === NOT_APPLICABLE && this.reason ? value(this.reason).trim() : "",
    };
  }

  show({ code, evidence = [], note = "", reason = "" }) {
    if (this.field) this.field.value = note;
    else {
      this.choose(code);
      if (SIGNS.includes(code)) for (const basis of this.bases) basis.checked = evidence.includes(basis.value);
      if (this.noteDetails) this.noteDetails.dataset.note = note;
      if (this.note) this.note.value = note;
      if (this.reason && code === NOT_APPLICABLE) this.reason.value = reason;
    }
    this.arrange();
  }

  choose(code) {
    if (code === NOT_APPLICABLE) this.offerNotApplicable();
    for (const radio of this.radios) radio.checked = radio.value === code;
  }

  /** Add the answer “does not apply”, which few questions need. */
  offerNotApplicable() {
    const button = this.place.querySelector('[data-action="not-applicable"]');
    if (!button || this.radios.some((radio) => radio.value === NOT_APPLICABLE)) return;
    const answers = this.place.querySelector(".answers");
    const radio = element("input", { type: "radio", name: this.id, value: NOT_APPLICABLE });
    answers.append(element("label", { className: "open" }, radio, element("span", { text: button.dataset.word })));
    answers.dataset.n = answers.querySelectorAll("label").length;
    button.hidden = true;
  }

  /** Show the parts that go with the answer. */
  arrange() {
    const { code } = this.read();
    this.place.querySelector(".chips")?.toggleAttribute("hidden", !SIGNS.includes(code));
    this.place.querySelector(".q-reason")?.toggleAttribute("hidden", code !== NOT_APPLICABLE);
  }

  message(state) {
    if (state.code === NOT_APPLICABLE && !state.reason) return null;
    const { instrument } = this.place.dataset;
    return { type: "answer", instrument, item: this.id, ...state, code: state.code || NOT_ASKED, scenario: this.form.dataset.scenario ?? "" };
  }

  isSame(state, theirs) {
    const reasonIsSame = theirs.reason === undefined || theirs.reason === state.reason;
    return theirs.code === (state.code || NOT_ASKED) && (theirs.note ?? "") === state.note && reasonIsSame
      && equal([...(theirs.evidence ?? [])].sort(), [...state.evidence].sort());
  }

  /** An answer in words, with what it rests on and its note. */
  words({ code, word, evidence = [], note = "", reason = "" }) {
    const chosen = this.radios.find((radio) => radio.value === code)?.closest("label").textContent.trim();
    const bases = this.bases.filter((basis) => evidence.includes(basis.value)).map((basis) => basis.closest("label").textContent.trim());
    return [this.field ? "" : (word ?? chosen ?? code), ...bases, reason, note].filter(Boolean);
  }

  /** Make the field for a note, when somebody wants one: 67 of them cost a first paint more than all the rest. */
  makeNote() {
    const details = this.noteDetails;
    if (!details?.open || this.note) return;
    const words = details.dataset.note ?? "";
    const field = element("textarea", { name: `${this.id}-note`, className: "input", rows: 3, dir: "auto", autocomplete: "off" });
    field.value = field.defaultValue = words;
    details.append(element("label", { className: "field" }, element("span", { text: this.form.dataset.noteLabel }), field));
  }

  say(sentence) { say(this.place.querySelector(":scope > .q-msg, .q-message"), sentence); }
}

function written(text) {
  return { code: text.trim() ? WRITTEN : NOT_ASKED, evidence: [], note: text, reason: "" };
}

/** Rows that a person writes: futures, plan, severity. A view may bring the form again, so it is looked up each time. */
class Paper {
  constructor(kind, scope) {
    this.kind = kind;
    this.key = `paper ${kind}`;
    this.scope = scope;
  }

  get place() { return this.scope.querySelector(`form[data-paper="${this.kind}"]`); }
  get label() { return this.place?.closest("details")?.querySelector("summary")?.textContent.trim() ?? ""; }
  get id() { return this.place?.closest("[id]")?.id ?? ""; }
  get revision() { return Number(this.place?.dataset.revision) || 0; }
  set revision(number) { if (this.place) this.place.dataset.revision = number; }

  read() { return this.place ? rowsOf(this.place) : null; }
  show() {} // rows come back by themselves: see removeRow
  message(rows) { return rows && { type: "paper", kind: this.kind, body: rows }; }
  isSame() { return false; } // who conflicts does not send their rows along
  words() { return []; }

  say(sentence) {
    const form = this.place;
    if (!form) return;
    if (!form.querySelector(".q-msg")) form.append(element("p", { className: "q-msg", role: "status", hidden: true }));
    say(form.querySelector(".q-msg"), sentence);
  }
}

function rowsOf(form) {
  return [...form.querySelectorAll("[data-row]")].map((row) => {
    const fields = row.dataset.row ? { id: row.dataset.row } : {};
    for (const input of row.querySelectorAll("[data-field]")) {
      if (input.type === "radio" && !input.checked) continue;
      fields[input.dataset.field] = input.type === "checkbox" ? input.checked : input.value;
    }
    return fields;
  });
}

function say(place, sentence) {
  if (!place) return;
  place.textContent = sentence;
  place.hidden = !sentence;
}

// What waits to be saved

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

// What the page says

/** The line that says whether everything is saved. `data-saved` is exact at once; words come calmly. */
class Status {
  #line; #form; #timer; #lastSaid = 0; #connected = true; #held = false;
  #extra = ""; #extraSaid = false;

  constructor(form, scope) {
    this.#form = form;
    this.#line = scope.querySelector("[role=status][data-saved]") ?? this.#ownLine();
    this.savedAt = new Date();
  }

  // JupyterLab has no bar above the questions.
  #ownLine() {
    const line = element("p", { className: "small quiet", role: "status" });
    line.dataset.saved = "true";
    (this.#form.querySelector(".tools") ?? this.#form).append(line);
    return line;
  }

  #words(bar, own, facts = {}) { return fill(this.#line.dataset[bar] ?? this.#form.dataset[own], facts); }

  /** `held`: nothing is under way, what is unsaved waits for a choice or a reason. */
  show(count, { connected = this.#connected, held = false } = {}) {
    const wasSaved = this.#line.dataset.saved === "true";
    const isNews = connected !== this.#connected;
    if (wasSaved && !count && !isNews) return;
    this.#connected = connected;
    this.#held = held;
    if (!wasSaved && count === 0) this.savedAt = new Date();
    this.#line.dataset.saved = count === 0;
    if ((count || isNews) && this.#extraSaid) this.#extra = "";
    this.#say(this.#sentence(count), count && connected ? PATIENT : 0);
  }

  #sentence(count) {
    if (!this.#connected) return count ? this.#words("saysWaiting", "kept", { count }) : this.#words("saysLost", "kept");
    if (count && this.#held) return this.#words("saysWaiting", "kept", { count });
    if (count) return this.#words("saysSaving", "saving");
    return this.#words("saysSaved", "saved", { time: timeOfDay(this.savedAt) });
  }

  /** Say one thing more, once; at once if it answers a press. */
  add(sentence, { atOnce = false } = {}) {
    if (!sentence) return;
    this.#extra = sentence;
    this.#extraSaid = false;
    if (atOnce) this.#lastSaid = 0;
    this.#say(this.#line.dataset.saved === "true" ? this.#sentence(0) : this.#sentence(1), 0);
  }

  #say(sentence, delay) {
    const words = this.#extra ? `${sentence.replace(/[.\s]*$/, ".")} ${this.#extra}` : sentence;
    const place = this.#line.querySelector('[data-part="says"]') ?? this.#line;
    const wait = Math.max(delay, this.#lastSaid + CALM - Date.now());
    clearTimeout(this.#timer);
    const write = () => {
      place.textContent = words;
      this.#extraSaid = true;
      this.#lastSaid = Date.now();
    };
    if (place.textContent === words) return;
    if (wait > 0) this.#timer = setTimeout(write, wait);
    else write();
  }
}

/** Two answers to one question, until somebody chooses. */
function conflictBox(form, subject, state, theirs, choose) {
  const words = form.dataset;
  const box = element("div", { className: "notice conflict", role: "group", ariaLabel: words.conflict });
  const about = [theirs.by, theirs.at && moment(theirs.at)].filter(Boolean).join(", ");
  const inside = element("div", { className: "stack-s" }, oneAnswer(words.theirs, subject.words(theirs), about), oneAnswer(words.mine, subject.words(state)));
  const decide = (mine) => { box.remove(); choose(mine); };
  const button = (text, mine) => element("button", { type: "button", className: "btn btn-2", text, onclick: () => decide(mine) });
  inside.append(element("div", { className: "row" }, button(words.keepTheirs, false), button(words.saveMine, true)));
  box.append(inside);
  return box;
}

function oneAnswer(heading, lines, about = "") {
  const head = element("strong", { text: heading });
  const by = about ? [" ", element("bdi", { className: "small", text: `(${about})` })] : [];
  return element("div", {}, head, ...by, ...lines.map((line) => element("p", { dir: "auto", text: line })));
}

// Gate

/** Hold back what comes after a gate until each of its questions about danger has an answer; any answer counts. */
function updateGates(form, questions) {
  let held = false;
  for (const section of form.querySelectorAll("section[data-gate], section[data-locked]")) {
    if (section.dataset.locked !== undefined) lock(section, held);
    if (section.dataset.gate !== undefined) held = updateGate(section, questions) || held;
  }
}

function lock(section, locked) {
  if ((section.dataset.locked === "true") === locked) return;
  section.dataset.locked = locked;
  section.querySelector("[data-lock-reason]")?.toggleAttribute("hidden", !locked);
  for (const place of section.querySelectorAll(QUESTION)) place.disabled = locked;
}

/** True while the gate is closed: the same rule as the server's, only questions about danger hold back the rest. */
function updateGate(section, questions) {
  const codes = [...section.querySelectorAll(`${QUESTION}[data-kind="danger"]`)].map(({ dataset }) => [dataset.item, questions.get(dataset.item)?.read().code]);
  const active = codes.filter(([, code]) => SIGNS.includes(code)).map(([item]) => item);
  const closed = codes.some(([, code]) => !code);
  section.dataset.gate = active.length ? "active" : closed ? "waiting" : "done";
  section.querySelector("[data-gate-active]")?.toggleAttribute("hidden", !active.length);
  section.querySelector("[data-gate-waiting]")?.toggleAttribute("hidden", section.dataset.gate !== "waiting");
  for (const response of section.querySelectorAll("[data-response-for]")) response.hidden = !active.includes(response.dataset.responseFor);
  return closed;
}

// Search

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** Shows only the questions that hold every word. */
class Search {
  #form; #texts = new Map(); #wasOpen = null;

  constructor(form) { this.#form = form; }

  for(words) {
    const wanted = plain(words).split(/\s+/).filter(Boolean);
    if (!wanted.length) return this.#end();
    this.#wasOpen ??= new Map([...this.#form.querySelectorAll("details.group")].map((group) => [group, group.open]));
    let found = 0;
    for (const place of this.#form.querySelectorAll(QUESTION)) {
      const hit = wanted.every((word) => this.#textOf(place).includes(word));
      showWithBeside(place, hit);
      found += hit;
    }
    for (const part of this.#parts()) part.hidden = !part.querySelector(`${QUESTION}:not([hidden])`);
    for (const group of this.#wasOpen.keys()) group.open = true;
    this.#count(fill(this.#form.dataset.found, { n: found, count: found }));
  }

  #end() {
    if (!this.#wasOpen) return;
    for (const place of this.#form.querySelectorAll(QUESTION)) showWithBeside(place, true);
    for (const part of this.#parts()) part.hidden = false;
    for (const [group, open] of this.#wasOpen) group.open = open || group.contains(document.activeElement);
    this.#wasOpen = null;
    this.#count("");
  }

  // Groups, and cards that stand for a group; sections last, so that they see what is left.
  #parts() { return [...this.#form.querySelectorAll('details.group, [id^="group-"], section')].reverse(); }

  #textOf(place) {
    if (!this.#texts.has(place)) {
      const parts = [...place.querySelectorAll("legend, .q-ask, .listen")].map((part) => part.textContent);
      this.#texts.set(place, plain([place.dataset.item, ...parts].join(" ")));
    }
    return this.#texts.get(place);
  }

  #count(words) {
    clearTimeout(this.timer);
    const place = this.#form.querySelector("[data-search-count]");
    this.timer = setTimeout(() => place && (place.textContent = words), words ? PATIENT : 0); // once, not for each key
  }
}

/** A question and what stands beside it, such as country information. */
function showWithBeside(place, shown) {
  place.hidden = !shown;
  for (let next = place.nextElementSibling; next && !next.matches(QUESTION); next = next.nextElementSibling) next.hidden = !shown;
}

// Views that change

const withoutNumbers = (text) => text.trim().replace(/\s+/g, " ").replace(/\d+/g, "#");

/** Each of these elements by its words, and by its place among those with the same words. */
function byWords(within, selector) {
  const found = new Map(), many = new Map();
  for (const one of within.querySelectorAll(selector)) {
    const words = `${one.localName} ${withoutNumbers((one.querySelector("summary") ?? one).textContent)}`;
    many.set(words, (many.get(words) ?? 0) + 1);
    found.set(`${words} ${many.get(words)}`, one);
  }
  return found;
}

const FOCUSABLE = "summary, a[href], button, select, input, textarea, [tabindex]";
const nameOf = (all, wanted) => [...all].find(([, one]) => one === wanted)?.[0];

/** Put new markup into a view; what was open stays open, what had the focus has it again, nothing scrolls. */
function replaceView(view, html) {
  const open = new Map([...byWords(view, "details")].map(([words, details]) => [words, details.open]));
  const focused = view.contains(document.activeElement) ? document.activeElement : null;
  const focusName = focused && nameOf(byWords(view, FOCUSABLE), focused);
  const tried = [...view.querySelectorAll("form[data-what-if] [name]")].map(({ name, value }) => [name, value]);
  const scrolled = scrollers(view).map((one) => [one, one.scrollTop]);
  view.replaceChildren(nodes(html));
  for (const [words, details] of byWords(view, "details")) if (open.has(words)) details.open = open.get(words);
  for (const [name, value] of tried) for (const field of view.querySelectorAll(`[name="${name}"]`)) field.value = value;
  for (const [one, top] of scrolled) one.scrollTop = top;
  if (focused) giveFocus(view, focused, focusName);
}

function scrollers(view) {
  const found = [];
  for (let part = view; part; part = part.parentElement) if (part.scrollTop) found.push(part);
  return found;
}

function giveFocus(view, focused, name) {
  const same = (focused.id && view.querySelector(`#${CSS.escape(focused.id)}`)) || byWords(view, FOCUSABLE).get(name) || view;
  if (same === view && !view.hasAttribute("tabindex")) view.tabIndex = -1;
  same.focus({ preventScroll: true });
}

/** The views of the page. One with a field somebody is busy with is renewed when they are done. */
class Views {
  #scope; #isBusy; #shown = new Map(); #late = new Map(); #renewed;

  constructor(scope, isBusy, renewed) {
    this.#scope = scope;
    this.#isBusy = isBusy;
    this.#renewed = renewed;
  }

  isLate(name) { return this.#late.has(name); }

  take(htmlOfRegions) {
    for (const [name, html] of Object.entries(htmlOfRegions ?? {})) if (this.#shown.get(name) !== html) this.#late.set(name, html);
    this.renew();
  }

  renew() {
    for (const [name, html] of this.#late) {
      const views = [...this.#scope.querySelectorAll(`[data-region="${CSS.escape(name)}"]`)];
      if (views.some(this.#isBusy)) continue;
      this.#late.delete(name);
      this.#shown.set(name, html);
      for (const view of views) replaceView(view, html);
      this.#renewed();
    }
  }
}

function showCounts(scope, counts) {
  for (const place of scope.querySelectorAll("[data-count-for]")) {
    const [answered, all] = counts[place.dataset.countFor] ?? [];
    if (all === undefined) continue;
    const numbers = [answered, all];
    const words = place.dataset.says ?? place.textContent.replace(/\d+/g, () => numbers.shift() ?? ""); // "8 of 10", "8/10"
    place.textContent = fill(words, { answered, all });
  }
}

// Reports and trying out

/** Reports under way. Views may bring the buttons again, so what was said is said again on the new ones. */
class Reports {
  #scope; #waiting = new Map(); #last = null;

  constructor(scope) { this.#scope = scope; }

  ask(button, seq, send) {
    if (button.getAttribute("aria-disabled") === "true") return;
    const { profile, format } = button.dataset;
    const making = button.dataset.making ?? button.closest("[data-making]")?.dataset.making ?? "";
    this.#waiting.set(seq, { profile, format });
    this.#last = { profile, format, sentence: making };
    if (send({ type: "report", seq, profile, format }) === false) return this.lost(); // the notice says why
    this.arrange();
  }

  /** The entry of a reply; replies without a number come in the order of the requests. */
  #take(seq) {
    const number = this.#waiting.has(seq) ? seq : seq === undefined ? this.#waiting.keys().next().value : undefined;
    const asked = this.#waiting.get(number);
    this.#waiting.delete(number);
    return asked;
  }

  isWaitingFor(seq) { return this.#waiting.has(seq); }

  made({ seq, name, mime, sentence }, [document_] = []) {
    this.ended({ seq, sentence });
    if (document_) download(name, mime, document_);
  }

  ended({ seq, sentence = "" }) {
    const asked = this.#take(seq);
    this.#last = { ...(asked ?? this.#last), sentence };
    this.arrange();
  }

  lost() {
    if (this.#waiting.size) this.#last = { ...this.#last, sentence: "" };
    this.#waiting.clear();
    this.arrange();
  }

  // Not `disabled`: that would take the focus away from who has just pressed.
  arrange() {
    const waiting = [...this.#waiting.values()].map(({ profile, format }) => `${profile} ${format}`);
    for (const button of this.#scope.querySelectorAll("button[data-report]")) {
      const { profile, format } = button.dataset;
      button.setAttribute("aria-disabled", waiting.includes(`${profile} ${format}`));
      if (this.#last?.profile === profile && this.#last?.format === format) tellNear(button, this.#last.sentence);
    }
  }
}

function tellNear(button, sentence) {
  const near = button.closest("[data-region], section, form") ?? button.parentElement;
  const place = near.querySelector("[data-report-status]");
  if (place && place.textContent !== sentence) place.textContent = sentence;
}

function download(name, mime, content) {
  const address = URL.createObjectURL(new Blob([content], { type: mime }));
  element("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), DOWNLOAD);
}

const valueIn = (within, name) => within.querySelector(`[data-field="${name}"], [name="${name}"]:is(select, :checked, input:not([type=radio]))`)?.value ?? "";

/** Item → code of everything somebody wants to try. */
function changesIn(form) {
  const rows = form.querySelectorAll("[data-row]");
  const pairs = (rows.length ? [...rows] : [form]).map((row) => [valueIn(row, "item"), valueIn(row, "code")]);
  return Object.fromEntries(pairs.filter(([item, code]) => item && code));
}

// All together

class Workbook {
  #model; #form; #scope; #questions = new Map(); #papers = new Map(); #history = []; #typing = new Map();
  #outbox; #status; #search; #views; #reports; #newestViews = 0; #outcome; #end = new AbortController();
  #lastFocused = null; // the question somebody was at, also while a button has the focus

  constructor(model, form, scope) {
    this.#model = model;
    this.#form = form;
    this.#scope = scope;
    this.#outbox = new Outbox((message) => model.send(message), () => this.#waitingChanged());
    this.#status = new Status(form, scope);
    this.#search = new Search(form);
    this.#reports = new Reports(scope);
    this.#views = new Views(scope, (view) => this.#isBusy(view), () => this.#afterViews());
    this.#outcome = scope.querySelector('[data-view="outcome"][data-outcome]')?.dataset.outcome;
    for (const place of form.querySelectorAll(QUESTION)) this.#adopt(new Question(place, form));
    this.#listen();
    updateGates(form, this.#questions);
  }

  /** Stop listening; what is unsaved has gone to the kernel long before. */
  end() { this.#end.abort(); }

  // An answer chosen before this script ran is told by the difference to what the server sent.
  #adopt(question) {
    this.#questions.set(question.id, question);
    question.kept = question.last = question.readSent();
    question.arrange();
    if (!equal(question.last, question.read())) this.#change(question);
  }

  // Listening

  #listen() {
    const { signal } = this.#end;
    const on = (place, type, ear, capture = false) => place.addEventListener(type, ear, { signal, capture });
    on(this.#scope, "input", (event) => this.#typed(event.target));
    on(this.#scope, "change", (event) => this.#changed(event.target));
    on(this.#scope, "click", (event) => this.#clicked(event));
    on(this.#scope, "keydown", (event) => this.#key(event));
    on(this.#scope, "submit", (event) => this.#submitted(event));
    on(this.#scope, "toggle", ({ target }) => this.#questionOf(target)?.makeNote(), true); // does not bubble
    on(this.#scope, "focusin", ({ target }) => (this.#lastFocused = this.#questionOf(target)?.place ?? this.#lastFocused));
    on(this.#scope, "focusout", () => setTimeout(() => this.#views.renew()));
    on(document, "visibilitychange", () => document.hidden && this.#flush());
    on(this.#form, "safe:found", () => this.#found());
    on(this.#form, "safe:lost", () => this.#lost());
    on(this.#form, "safe:flush", () => this.#flush());
    on(this.#form, "safe:collect", ({ detail }) => this.#collect(detail));
    const hear = (words, buffers) => this.#hear(words, buffers);
    this.#model.on("msg:custom", hear);
    signal.addEventListener("abort", () => this.#model.off("msg:custom", hear));
  }

  #questionOf(target) {
    const place = target.closest?.(QUESTION);
    return place && this.#form.contains(place) ? this.#questions.get(place.dataset.item) : undefined;
  }

  #subjectOf(target) {
    const question = this.#questionOf(target);
    if (question) return question;
    const kind = target.closest?.("form[data-paper]")?.dataset.paper;
    if (!kind) return undefined;
    if (!this.#papers.has(kind)) this.#papers.set(kind, new Paper(kind, this.#scope));
    return this.#papers.get(kind);
  }

  #typed(target) {
    if (target.matches("[data-search]")) return this.#search.for(target.value);
    const subject = this.#subjectOf(target);
    if (!subject || !target.matches(TEXT_FIELD)) return;
    clearTimeout(this.#typing.get(subject));
    this.#typing.set(subject, setTimeout(() => this.#change(subject), TYPING));
    this.#waitingChanged(); // a key that is not saved is not saved
  }

  #changed(target) {
    if (target.closest("form[data-what-if]")) return this.#tryOut(target.closest("form[data-what-if]"));
    const subject = this.#subjectOf(target);
    if (!subject) return;
    if (subject instanceof Paper && !target.matches(TEXT_FIELD)) return this.#changeSoon(subject);
    this.#change(subject);
    if (target.type === "radio" && target.value === NOT_APPLICABLE) subject.reason?.focus();
  }

  // The arrow keys change a list at each press.
  #changeSoon(subject) {
    clearTimeout(this.#typing.get(subject));
    this.#typing.set(subject, setTimeout(() => this.#change(subject), TYPING));
    this.#waitingChanged();
  }

  #clicked(event) {
    const button = event.target.closest?.("button");
    if (!button) return;
    const action = {
      "next-open": () => this.#goToNextOpen(), undo: () => this.#undo(),
      "not-applicable": () => this.#notApplicable(button), "add-row": () => this.#addRow(button), "remove-row": () => this.#removeRow(button),
    }[button.dataset.action];
    if (action) action();
    else if (button.dataset.report !== undefined) this.#reports.ask(button, this.#outbox.nextNumber(), (message) => this.#model.send(message));
  }

  #key(event) {
    if (event.key === "Escape" && event.target.matches?.("[data-search]")) {
      event.target.value = "";
      this.#search.for("");
    }
    const isUndo = event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
    if (!isUndo || event.target.matches?.(TEXT_FIELD)) return; // in a text field it is the browser's
    event.preventDefault();
    this.#undo();
  }

  // Enter in a field would load the page again, with the answers in its address.
  #submitted(event) {
    if (!event.target.matches("form[data-form], form[data-paper], form[data-what-if]")) return;
    event.preventDefault();
    if (event.target.matches("[data-what-if]")) this.#tryOut(event.target);
  }

  // Answers

  #change(subject) {
    clearTimeout(this.#typing.get(subject));
    this.#typing.delete(subject);
    if (subject instanceof Question) this.#changeQuestion(subject);
    else this.#changePaper(subject);
  }

  #changePaper(paper) {
    const before = paper.last, now = paper.read();
    if (equal(before, now)) return this.#waitingChanged();
    paper.last = now;
    this.#outbox.put(paper);
  }

  #changeQuestion(question) {
    if (!question.field && !question.read().code) question.choose(NOT_ASKED); // a note alone says that nobody asked
    const before = question.last, now = question.read();
    question.arrange();
    if (equal(before, now)) return this.#waitingChanged();
    question.last = now;
    this.#remember(() => this.#bringBack(question, before));
    this.#outbox.put(question);
    updateGates(this.#form, this.#questions);
  }

  #notApplicable(button) {
    const question = this.#questionOf(button);
    if (!question) return;
    question.choose(NOT_APPLICABLE);
    this.#change(question);
    question.reason?.focus();
  }

  #flush() { for (const subject of [...this.#typing.keys()]) this.#change(subject); }

  #found() {
    this.#status.show(this.#unsaved.length, { connected: true });
    this.#outbox.sendAgain();
    if (this.#newestViews === 0) return;
    this.#model.send({ type: "refresh", seq: this.#outbox.nextNumber() }); // others may have worked on meanwhile
  }

  #lost() {
    this.#reports.lost();
    this.#status.show(this.#unsaved.length, { connected: false });
  }

  #collect(detail) {
    detail.answers.push(...this.#outbox.collect(detail));
  }

  get #unsaved() { return [...new Set([...this.#outbox.subjects, ...this.#typing.keys()])]; }

  #waitingChanged() {
    const unsaved = this.#unsaved;
    this.#status.show(unsaved.length, { held: !this.#outbox.sendable && !this.#typing.size });
    const items = unsaved.map(({ id, label }) => ({ id, label }));
    const detail = { count: unsaved.length, sendable: this.#outbox.sendable, items, savedAt: this.#status.savedAt };
    this.#form.dispatchEvent(new CustomEvent("safe:waiting", { detail }));
    this.#views.renew();
  }

  // Undo

  #remember(bringBack) {
    this.#history.push(bringBack);
    this.#offerUndo();
  }

  #offerUndo() {
    for (const button of this.#scope.querySelectorAll('[data-action="undo"]')) button.disabled = !this.#history.length;
  }

  #undo() {
    this.#flush(); // words under way become the last change
    const bringBack = this.#history.pop();
    if (!bringBack) return;
    bringBack();
    this.#status.add(this.#form.dataset.undone, { atOnce: true });
    this.#offerUndo();
  }

  // A new save: nothing that was said disappears from the record.
  #bringBack(question, before) {
    question.show({ ...before, code: before.code || NOT_ASKED });
    question.last = question.read();
    this.#outbox.put(question);
    updateGates(this.#form, this.#questions);
    question.place.scrollIntoView({ block: "nearest" });
  }

  // Finding the next question

  #goToNextOpen() {
    const all = [...this.#questions.values()].filter(({ place }) => !place.disabled);
    const here = all.findLastIndex(({ place }) => place === this.#lastFocused || this.#isBefore(place));
    const next = [...all.slice(here + 1), ...all.slice(0, here + 1)].find((question) => [NOT_ASKED, ""].includes(question.read().code));
    if (!next) return this.#status.add(this.#form.dataset.unanswered, { atOnce: true });
    this.#goTo(next);
  }

  #isBefore(place) { return Boolean(this.#lastFocused && place.compareDocumentPosition(this.#lastFocused) & Node.DOCUMENT_POSITION_FOLLOWING); }

  #goTo(question) {
    const { place, field, radios } = question;
    if (place.hidden) this.#clearSearch();
    for (let part = place.parentElement; part; part = part.parentElement) if (part.matches("details")) part.open = true;
    place.scrollIntoView({ block: "center" });
    (field ?? radios.find((radio) => radio.checked) ?? radios[0])?.focus({ preventScroll: true });
  }

  #clearSearch() {
    const field = this.#form.querySelector("[data-search]");
    if (field) field.value = "";
    this.#search.for("");
  }

  // Rows

  #addRow(button) {
    const form = button.closest("form[data-paper]");
    const template = form?.querySelector("template[data-row-template]");
    if (!template) return;
    const row = template.content.firstElementChild.cloneNode(true);
    (form.querySelector("[data-rows]") ?? template.parentElement).append(row);
    row.querySelector("[data-field]")?.focus();
  }

  #removeRow(button) {
    const row = button.closest("[data-row]"), rows = row.parentElement, after = row.nextElementSibling;
    const paper = this.#subjectOf(button);
    const goOn = (after ?? row.previousElementSibling)?.querySelector("[data-field]") ?? row.closest("form").querySelector('[data-action="add-row"]');
    row.remove();
    goOn?.focus();
    this.#change(paper);
    this.#remember(() => this.#bringRowBack(paper, row, rows, after));
  }

  #bringRowBack(paper, row, rows, after) {
    // The view may have come again since: then the row goes to the end of the new one.
    const home = rows.isConnected ? rows : (paper.place?.querySelector("[data-rows]") ?? paper.place);
    if (!home) return;
    home.insertBefore(row, after?.parentElement === home ? after : null);
    row.querySelector("[data-field]")?.focus();
    this.#change(paper);
  }

  #tryOut(form) {
    const changed = changesIn(form);
    if (!Object.keys(changed).length) return this.#showTried("");
    const instrument = form.dataset.instrument ?? this.#form.querySelector(QUESTION)?.dataset.instrument ?? "";
    const scenario = form.dataset.scenario ?? this.#form.dataset.scenario ?? "";
    this.#model.send({ type: "what_if", instrument, scenario, changed });
  }

  #showTried(html) {
    for (const place of this.#scope.querySelectorAll("[data-what-if-result]")) replaceView(place, html);
  }

  // What the kernel says

  #hear(words, buffers) {
    const ear = {
      saved: () => this.#saved(words), conflict: () => this.#conflict(words), refused: () => this.#refused(words),
      failed: () => this.#failed(words), views: () => this.#takeViews(words),
      report: () => this.#reports.made(words, buffers), what_if: () => this.#showTried(words.html),
    }[words?.type];
    ear?.();
  }

  #saved({ seq, revision }) {
    const entry = this.#outbox.of(seq);
    if (!entry) return;
    entry.subject.say("");
    this.#outbox.saved(entry, revision);
  }

  #conflict({ seq, theirs }) {
    const entry = this.#outbox.of(seq);
    if (!entry) return;
    const { subject, state } = entry;
    if (subject.isSame(state, theirs)) return this.#saved({ seq, revision: theirs.revision }); // our own, saved before a loss
    this.#outbox.hold(entry, theirs);
    subject.say(this.#form.dataset.conflict);
    subject.place.append(conflictBox(this.#form, subject, subject.read(), theirs, (mine) => this.#choose(entry, theirs, mine)));
  }

  #choose(entry, theirs, mine) {
    const { subject } = entry;
    subject.say("");
    if (!mine) subject.show(theirs);
    subject.last = subject.read();
    this.#outbox.resolve(entry, { mine });
    if (subject instanceof Question) {
      updateGates(this.#form, this.#questions);
      (subject.field ?? subject.radios.find((radio) => radio.checked))?.focus();
    } else if (!mine && isOurPage()) location.reload(); // their rows are with the server
  }

  // The words somebody wrote stay in their field; only the answer goes back to the saved one.
  #refused({ seq, sentence }) {
    const entry = this.#outbox.of(seq);
    if (!entry) return;
    const { subject } = entry;
    if (subject instanceof Question && !subject.field && !entry.later) this.#takeBack(subject);
    subject.say(sentence);
    this.#outbox.refused(entry);
  }

  #takeBack(question) {
    const { code, evidence, reason } = question.kept;
    question.show({ code, evidence, reason, note: question.read().note });
    question.last = question.read();
    updateGates(this.#form, this.#questions);
  }

  #failed({ seq, sentence }) {
    const entry = this.#outbox.of(seq);
    if (this.#reports.isWaitingFor(seq)) return this.#reports.ended({ seq, sentence });
    const subjects = entry ? [entry.subject] : this.#outbox.subjects;
    for (const subject of subjects) subject.say(sentence);
    if (!subjects.length) this.#alert(sentence);
    this.#outbox.sendAgainSoon();
  }

  #alert(sentence) {
    let place = this.#form.querySelector('[data-part="failed"]');
    if (!place) {
      place = element("p", { className: "notice", role: "alert" });
      place.dataset.part = "failed";
      this.#form.prepend(place);
    }
    place.textContent = sentence;
  }

  #takeViews({ seq = 0, html, counts = {}, outcome }) {
    if (seq < this.#newestViews) return;
    this.#newestViews = seq;
    this.#views.take(html);
    showCounts(this.#scope, counts);
    this.#takeOutcome(outcome);
  }

  #takeOutcome(outcome) {
    if (outcome === undefined) return;
    for (const view of this.#scope.querySelectorAll('[data-region][data-view="outcome"]')) view.dataset.outcome = outcome;
    if (this.#outcome !== undefined && this.#outcome !== outcome) this.#status.add(this.#form.dataset.outcomeChanged);
    this.#outcome = outcome;
  }

  #isBusy(view) {
    if (view.contains(document.activeElement) && document.activeElement.matches(`${TEXT_FIELD}, select`)) return true;
    return [...this.#papers.values()].some((paper) => view.contains(paper.place) && (this.#typing.has(paper) || this.#outbox.has(paper)));
  }

  #afterViews() {
    this.#reports.arrange();
    this.#offerUndo();
    for (const form of this.#scope.querySelectorAll("form[data-what-if]")) if (valueIn(form, "item")) this.#tryOut(form);
  }
}

// On our page the questions are in the document already; JupyterLab may show them in several places.
const isOurPage = () => document.documentElement.dataset.live !== undefined;

function render({ model, el }) {
  const scope = isOurPage() ? document : el;
  const form = scope.querySelector("form[data-form]");
  if (form) {
    const workbook = new Workbook(model, form, scope);
    return () => workbook.end();
  }
  let workbook;
  const take = ({ type, html }) => {
    if (type !== "markup") return;
    model.off("msg:custom", take);
    el.replaceChildren(nodes(html));
    workbook = new Workbook(model, el.querySelector("form[data-form]"), el);
  };
  model.on("msg:custom", take);
  model.send({ type: "markup" });
  return () => workbook?.end();
}

export default { render };
