// Part of form.js: views that change.

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

/** Put new markup into a view; what was open stays open, and what had the focus has it again. */
function replaceView(view, html) {
  const fresh = nodes(html);
  if (isSame(view, fresh)) return; // as the server sent it: the first answer renews everything, and changes little
  const open = new Map([...byWords(view, "details")].map(([words, details]) => [words, details.open]));
  const focused = view.contains(document.activeElement) ? document.activeElement : null;
  const focusName = focused && nameOf(byWords(view, FOCUSABLE), focused);
  const tried = [...view.querySelectorAll("form[data-what-if] [name]")].map(({ name, value }) => [name, value]);
  view.replaceChildren(fresh);
  delete view.dataset.mark;
  for (const [words, details] of byWords(view, "details")) if (open.has(words)) details.open = open.get(words);
  for (const [name, value] of tried) for (const field of view.querySelectorAll(`[name="${name}"]`)) field.value = value;
  if (focused) giveFocus(view, focused, focusName);
}

/** What the page has of each view as the server sent it: its kernel need not send the same again. */
const marksOf = (views) => Object.fromEntries(views.map(({ dataset }) => [dataset.region, dataset.mark]));

function isSame(view, fresh) {
  const here = view.childNodes, there = fresh.childNodes;
  return here.length === there.length && [...here].every((one, i) => one.isEqualNode(there[i]));
}

/** Where the parts of the page are scrolled to that hold these views. Asked once for all: each look costs a layout after a change. */
function scrolledOf(views) {
  const found = new Map();
  for (const view of views) for (let part = view; part && !found.has(part); part = part.parentElement) found.set(part, part.scrollTop);
  return [...found].filter(([, top]) => top);
}

/** Put new markup into views; nothing scrolls. */
function replaceViews(news) {
  const scrolled = scrolledOf(news.map(([view]) => view));
  for (const [view, html] of news) replaceView(view, html);
  for (const [part, top] of scrolled) part.scrollTop = top;
}

function giveFocus(view, focused, name) {
  const same = (focused.id && view.querySelector(`#${CSS.escape(focused.id)}`)) || byWords(view, FOCUSABLE).get(name) || view;
  if (same === view && !view.hasAttribute("tabindex")) view.tabIndex = -1;
  same.focus({ preventScroll: true });
}

/** The views of the page. One with a field somebody is busy with is renewed when they are done. */
class Views {
  #find; #isBusy; #shown = new Map(); #late = new Map(); #renewed;

  /** `find(name)`: the elements that show a view. */
  constructor(find, isBusy, renewed) {
    this.#find = find;
    this.#isBusy = isBusy;
    this.#renewed = renewed;
  }

  isLate(name) { return this.#late.has(name); }

  take(htmlOfRegions) {
    for (const [name, html] of Object.entries(htmlOfRegions ?? {})) if (this.#shown.get(name) !== html) this.#late.set(name, html);
    this.renew();
  }

  renew() {
    const news = [];
    for (const [name, html] of this.#late) {
      const views = this.#find(name);
      if (views.some(this.#isBusy)) continue;
      this.#late.delete(name);
      this.#shown.set(name, html);
      news.push(...views.map((view) => [view, html]));
    }
    if (!news.length) return;
    replaceViews(news);
    this.#renewed();
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
