// Part of form.js: rows that a person writes.

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

  get sayings() { return this.place?.dataset ?? {}; }
  get rows() { return [...(this.place?.querySelectorAll("[data-row]") ?? [])]; }

  read() { return this.place ? rowsOf(this.place) : null; }

  /** Put these rows in the place of those that are there. */
  show({ rows, lacks = [] }) {
    this.place?.querySelector("[data-rows]").replaceChildren(...rows.map((fields) => this.#row(fields)));
    this.sayRows(lacks);
  }

  /** A row of its own with these values. */
  #row(fields) {
    const row = this.place.querySelector("template[data-row-template]").content.firstElementChild.cloneNode(true);
    for (const field of row.querySelectorAll("[data-field]")) field.value = fields[field.dataset.field] ?? "";
    return row;
  }

  message(rows) { return rows && { type: "paper", kind: this.kind, body: rows }; }
  isSame(rows, theirs) { return equal(said(rows), said(theirs.rows)); }

  /** Rows in words, one line each, whoever wrote them: the labels and options are those of the page. */
  words(rows) {
    const lines = said(rows.rows ?? rows).map((fields) => wordsOf(this.#row(Object.fromEntries(fields))));
    return lines.length ? lines : [this.sayings.noRows];
  }

  /** What each row still lacks, said at the row and at its field; a row that lacks nothing says nothing. */
  sayRows(lacks) {
    const { rows } = this;
    if (rows.length !== lacks.length) return; // rows came or went meanwhile: the reply to that is on its way
    rows.forEach((row, place) => sayLack(row, lacks[place]));
  }

  /** Where somebody goes on after a choice. */
  focus() { (this.rows[0]?.querySelector("[data-field]") ?? this.place?.querySelector('[data-action="add-row"]'))?.focus(); }

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

/** What rows say, without empty rows and fields, each as pairs in one order: so that rows of a page and of a store can be compared. */
function said(rows) {
  const filled = rows.map((fields) => Object.entries(fields).filter(([, value]) => value).sort(([a], [b]) => (a < b ? -1 : 1)));
  return filled.filter((fields) => fields.length);
}

function wordsOf(row) {
  const fields = [...row.querySelectorAll("[data-field]")].filter((field) => field.value);
  return fields.map((field) => `${field.closest("label").querySelector("span").textContent}: ${field.selectedOptions?.[0]?.textContent ?? field.value}`).join(" · ");
}

function sayLack(row, lack) {
  const words = row.querySelector(".row-msg");
  if (!words) return;
  if (words.textContent !== (lack?.sentence ?? "")) say(words, lack?.sentence ?? ""); // said once, not at every key
  words.id ||= `lack-${crypto.randomUUID()}`;
  for (const field of row.querySelectorAll("[data-field]")) {
    const isWrong = field.dataset.field === lack?.field;
    for (const [name, value] of [["aria-invalid", "true"], ["aria-describedby", words.id]]) {
      if (isWrong) field.setAttribute(name, value);
      else field.removeAttribute(name);
    }
  }
}

function say(place, sentence) {
  if (!place) return;
  place.textContent = sentence;
  place.hidden = !sentence;
}
