// Part of form.js: reports, and trying out an answer.

/** Reports under way. Views may bring the buttons again, so what was said is said again on the new ones. */
class Reports {
  #scope; #waiting = new Map(); #last = null;

  constructor(scope) { this.#scope = scope; }

  ask(button, seq, send) {
    if (button.getAttribute("aria-disabled") === "true") return;
    const { profile, format } = button.dataset;
    const print = "print" in button.dataset;
    const reason = button.closest("[data-although]")?.querySelector("[data-reason]");
    const although = reason?.value.trim() ?? "";
    if (reason && !although) return reason.focus(); // the sentence above it says what is asked
    const making = button.dataset.making ?? button.closest("[data-making]")?.dataset.making ?? "";
    this.#waiting.set(seq, { profile, format, print });
    this.#last = { profile, format, sentence: making };
    if (send({ type: "report", seq, profile, format, although, print }) === false) return this.lost(); // the notice says why
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

  /** The record speaks against it: say so, and offer a second press with a reason. */
  reasonNeeded({ seq, sentence }) {
    this.ended({ seq, sentence });
    const box = this.#scope.querySelector("[data-although]");
    if (!box) return;
    Object.assign(box.querySelector("button").dataset, { profile: this.#last.profile, format: this.#last.format });
    box.hidden = false;
    box.querySelector("[data-reason]").focus();
  }

  /** A reason is for one report. */
  #forgetReason() {
    const box = this.#scope.querySelector("[data-although]");
    if (!box) return;
    box.hidden = true;
    box.querySelector("[data-reason]").value = "";
  }

  made({ seq, name, mime, sentence }, [document_] = []) {
    const print = this.#waiting.get(seq)?.print;
    this.ended({ seq, sentence });
    this.#forgetReason();
    if (document_) print ? printOut(document_) : download(name, mime, document_);
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

/** To the printer and not to the disk. While it is printed the report stands in the page, out of sight and in its own style. */
function printOut(content) {
  const report = nodes(new TextDecoder().decode(content));
  const style = new CSSStyleSheet({ media: "print" });
  style.replaceSync(`${report.querySelector("style").textContent}\nbody > :not(.print-sheet) { display: none !important; }`);
  const sheet = element("div", { className: "print-sheet" }, report.querySelector("main"));
  const links = [...document.querySelectorAll('link[rel="stylesheet"]')].map((link) => [link, link.media]);
  for (const [link] of links) link.media = "screen";
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, style];
  document.body.append(sheet);
  addEventListener("afterprint", () => {
    sheet.remove();
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== style);
    for (const [link, media] of links) link.media = media;
  }, { once: true });
  globalThis.print();
}

const valueIn = (within, name) => within.querySelector(`[data-field="${name}"], [name="${name}"]:is(select, :checked, input:not([type=radio]))`)?.value ?? "";

/** Item → code of everything somebody wants to try. */
function changesIn(form) {
  const rows = form.querySelectorAll("[data-row]");
  const pairs = (rows.length ? [...rows] : [form]).map((row) => [valueIn(row, "item"), valueIn(row, "code")]);
  return Object.fromEntries(pairs.filter(([item, code]) => item && code));
}
