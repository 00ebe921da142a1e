// Part of form.js: one question.

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
  get sayings() { return this.form.dataset; }
  get revision() { return Number(this.place.dataset.revision) || 0; }
  set revision(number) { this.place.dataset.revision = number; }
  get radios() { return [...this.place.querySelectorAll(`.answers input[type="radio"]`)]; }
  get bases() { return [...this.place.querySelectorAll(`input[name="${this.id}-basis"]`)]; }
  get reason() { return this.place.querySelector(`input[name="${this.id}-reason"]`); }
  get noteDetails() { return this.place.querySelector("details.q-note"); }
  get note() { return this.place.querySelector(`textarea[name="${this.id}-note"]`); }

  /** What stands below the answers, made when the question comes near: that of all of them is a third of a page's weight. */
  furnish() {
    const empty = this.place.querySelector(".q-tail:empty"), template = this.form.querySelector("template[data-tail]");
    if (!empty || !template) return;
    const made = nodes(template.innerHTML.replaceAll("{item}", this.id));
    const heard = (this.place.dataset.listen ?? "").split("\n").filter(Boolean);
    const listen = made.querySelector(".listen");
    if (heard.length) listen.append(...heard.map((text) => element("p", { text })));
    else listen.parentElement.remove();
    empty.replaceWith(made);
    this.arrange();
  }

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
    this.furnish();
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
    if (code === NOT_APPLICABLE) this.#offerNotApplicable();
    for (const radio of this.radios) radio.checked = radio.value === code;
  }

  /** Add the answer “does not apply”, which few questions need. */
  #offerNotApplicable() {
    this.furnish();
    const button = this.place.querySelector('[data-action="not-applicable"]');
    if (!button || this.radios.some((radio) => radio.value === NOT_APPLICABLE)) return;
    const answers = this.place.querySelector(".answers");
    const radio = element("input", { type: "radio", name: this.id, value: NOT_APPLICABLE });
    answers.append(element("label", { className: "open" }, radio, button.dataset.word));
    answers.dataset.n = answers.querySelectorAll("label").length;
    button.hidden = true;
  }

  /** Show the parts that go with the answer. */
  arrange() {
    const chips = this.place.querySelector(".chips");
    if (!chips) return; // nothing stands there yet
    const { code } = this.read();
    chips.toggleAttribute("hidden", !SIGNS.includes(code));
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
    this.furnish();
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

  focus() { (this.field ?? this.radios.find((radio) => radio.checked))?.focus(); }
}

function written(text) {
  return { code: text.trim() ? WRITTEN : NOT_ASKED, evidence: [], note: text, reason: "" };
}
