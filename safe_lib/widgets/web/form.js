// The form component (anywidget): every question of a workbook, live.
//
// On a page it adopts the questions that the server has already sent, and works from then on, with a kernel or without:
// what a kernel has not acknowledged is kept here and sent again. In JupyterLab it asks its kernel for the questions.
// Its parts stand in `form/` and are put before this file (`script.py`): one text without imports, because that is what
// JupyterLab gets. No visible word is written in any of them: all come from the form's `data-*` attributes, from the page
// around it, or from the kernel.

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
    this.#views = new Views((name) => this.#viewsOf(name), (view) => this.#isBusy(view), () => this.#afterViews());
    this.#outcome = this.#ours(OUTCOME)[0]?.dataset.outcome;
    for (const place of form.querySelectorAll(QUESTION)) this.#adopt(new Question(place, form));
    this.#listen();
    this.#furnishNear();
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

  // Those that come near the eye, that have the focus, and all on paper.
  #furnishNear() {
    const near = new IntersectionObserver((seen) => {
      for (const { isIntersecting, target } of seen) if (isIntersecting) this.#questionOf(target)?.furnish();
    }, { rootMargin: NEAR });
    for (const { place } of this.#questions.values()) if (place.querySelector(".q-tail:empty")) near.observe(place);
    const { signal } = this.#end;
    signal.addEventListener("abort", () => near.disconnect());
    globalThis.addEventListener("beforeprint", () => this.#questions.forEach((question) => question.furnish()), { signal });
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
    on(this.#scope, "focusin", ({ target }) => this.#cameTo(this.#questionOf(target)));
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

  #cameTo(question) {
    question?.furnish();
    this.#lastFocused = question?.place ?? this.#lastFocused;
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
    question.furnish();
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
    this.#model.send({ type: "have", marks: marksOf(this.#ours("[data-region][data-mark]")) });
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
    replaceViews([...this.#scope.querySelectorAll("[data-what-if-result]")].map((place) => [place, html]));
  }

  // What the kernel says

  #hear(words, buffers) {
    const ear = {
      saved: () => this.#saved(words), conflict: () => this.#conflict(words), refused: () => this.#refused(words),
      failed: () => this.#failed(words), views: () => this.#takeViews(words),
      report: () => this.#reports.made(words, buffers), reason_needed: () => this.#reports.reasonNeeded(words), what_if: () => this.#showTried(words.html),
    }[words?.type];
    ear?.();
  }

  #saved({ seq, revision, rows, html, outcome }) {
    // First, for what else is written here would have to be laid out for it; and whoever has acknowledged the answer: its kernel counts it as shown.
    if (html) this.#takeViews({ seq, html, outcome });
    const entry = this.#outbox.of(seq);
    if (!entry) return;
    entry.subject.say("");
    if (rows && !entry.later) entry.subject.sayRows(rows);
    this.#outbox.saved(entry, revision);
  }

  #conflict({ seq, theirs }) {
    const entry = this.#outbox.of(seq);
    if (!entry) return;
    const { subject, state } = entry;
    if (subject.isSame(state, theirs)) return this.#saved({ seq, revision: theirs.revision }); // our own, saved before a loss
    this.#outbox.hold(entry, theirs);
    subject.say(subject.sayings.conflict);
    subject.place.append(conflictBox(subject, subject.read(), theirs, (mine) => this.#choose(entry, theirs, mine)));
  }

  #choose(entry, theirs, mine) {
    const { subject } = entry, ours = subject.read();
    subject.say("");
    if (!mine) subject.show(theirs);
    subject.last = subject.read();
    this.#outbox.resolve(entry, { mine });
    if (subject instanceof Question) updateGates(this.#form, this.#questions);
    else if (!mine) this.#remember(() => this.#bringRowsBack(subject, ours));
    subject.focus();
  }

  #bringRowsBack(paper, rows) {
    paper.show({ rows });
    this.#change(paper);
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

  #viewsOf(name) { return this.#ours(`[data-region="${CSS.escape(name)}"]`); }

  /** On a page all views are of one workbook; in a notebook those of this one, wherever their cells stand. */
  #ours(region) {
    if (isOurPage()) return [...this.#scope.querySelectorAll(region)];
    const notebook = this.#form.closest(".jp-Notebook") ?? this.#scope;
    return [...notebook.querySelectorAll(`${region}[data-of="${CSS.escape(this.#form.dataset.form)} ${CSS.escape(this.#form.dataset.case)}"]`)];
  }

  #takeOutcome(outcome) {
    if (outcome === undefined) return;
    for (const view of this.#ours(OUTCOME)) view.dataset.outcome = outcome;
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

const OUTCOME = '[data-view="outcome"]'; // whatever the view is called that tells how things stand

// On our page the questions are in the document already; JupyterLab may show them in several places.
const isOurPage = () => document.documentElement.dataset.live !== undefined;

/** JupyterLab's shortcuts pass over an element with this mark: arrow keys choose an answer, and not the next cell. */
function leaveKeysAlone({ target }) { target.dataset.lmSuppressShortcuts = "true"; }

function render({ model, el }) {
  const scope = isOurPage() ? document : el;
  const form = scope.querySelector("form[data-form]");
  if (form) {
    const workbook = new Workbook(model, form, scope);
    return () => workbook.end();
  }
  el.addEventListener("focusin", leaveKeysAlone);
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
