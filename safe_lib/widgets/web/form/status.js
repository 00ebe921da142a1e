// Part of form.js: what the page says about saving, and about two answers to one question.

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
function conflictBox(subject, state, theirs, choose) {
  const words = subject.sayings;
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
