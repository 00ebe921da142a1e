// Part of form.js: finding a question.

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
      const parts = [...place.querySelectorAll("legend, .q-ask")].map((part) => part.textContent);
      this.#texts.set(place, plain([place.dataset.item, ...parts, place.dataset.listen ?? ""].join(" ")));
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
