// What every page can do, signed in or not: leave at once, lock when it is quiet for long, mask, theme, change language
// at the same place. Loaded alone on sign-in and start; `page.js` loads it beside the work.
//
// Nothing is kept in the browser: no storage, and cookies only for the look (`theme`, `mask`), until it is closed.

const root = document.documentElement;

/** The server's base address, with a slash at its end. Read once: the blank page has no marks any more. */
export const base = root.dataset.base ?? "/";

/** Tabs of this browser tell each other about use, locking and leaving; by message, so that nothing is written down. */
const otherTabs = "BroadcastChannel" in globalThis ? new BroadcastChannel("safe") : null;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const painted = () => Promise.race([new Promise((done) => requestAnimationFrame(() => setTimeout(done))), pause(100)]); // a hidden tab paints nothing
const ready = (act) => (document.readyState === "loading" ? addEventListener("DOMContentLoaded", act) : act());
const control = (event, action) => event.target.closest?.(`[data-action="${action}"]`);

let tokenOfPage = "";

/** The proof that a request comes from our page: the server's cookie, or the field of a form where scripts may not see it. */
export function xsrfToken() {
  const cookie = /(?:^|;\s*)_xsrf=([^;]*)/.exec(document.cookie)?.[1];
  return cookie ? decodeURIComponent(cookie) : tokenInPage();
}

function tokenInPage() {
  tokenOfPage ||= document.querySelector('input[name="_xsrf"]')?.value ?? "";
  return tokenOfPage;
}

/** Send a few words that arrive even when the page is closing. */
export function tell(path) {
  navigator.sendBeacon(base + path, new URLSearchParams({ _xsrf: xsrfToken() }));
}

/**
 * The server can be reached; this script is asked for, one of the smallest things it has. It also counts as use of the session.
 * Any answer will do: a server that was renewed has this script at another address.
 */
export async function serverAnswers(address = import.meta.url) {
  const answer = await fetch(address, { cache: "no-store" }).catch(() => null);
  return answer !== null && answer.status < 500;
}

/** Ask every part of the page to bring what is unsaved to safety. True when all of them did. */
async function bringToSafety() {
  const attempts = [];
  dispatchEvent(new CustomEvent("safe:closing", { detail: { waitFor: (attempt) => attempts.push(attempt) } }));
  const ended = await Promise.allSettled(attempts);
  return ended.every((one) => one.status === "fulfilled" && one.value !== false);
}

// Leaving

const PRESSES = 3; // of Shift
const WITHIN = 2000; // ms
const SAFETY_WAIT = 700; // ms; with it the kernel still ends within two seconds
const TRY_AGAIN = 5000; // ms

let gone = false; // this page was left
let told = false; // and the server was told
let presses = [];

/** Out of sight, in one step that is cheap however long the page is. */
function hide() { root.style.setProperty("display", "none", "important"); }

/** Out of sight at once, then out of the document. Nothing else before: cookies and requests take longer than the eye. */
async function blank() {
  hide();
  await painted();
  tokenInPage(); // it may stand in a form that goes
  const [head, title, icon, body] = ["head", "title", "link", "body"].map((name) => document.createElement(name));
  title.textContent = document.title; // always the neutral word; see shell.head
  Object.assign(icon, { rel: "icon", href: "data:," }); // none, or the browser would ask for one
  head.append(title, icon);
  for (const { name } of [...root.attributes]) root.removeAttribute(name);
  root.replaceChildren(head, body);
}

addEventListener("pagehide", () => gone && !told && tell("leave")); // the tab was closed before we came to it

async function leave({ alone = false } = {}) {
  if (gone) return;
  gone = true;
  await blank();
  history.replaceState(null, "", `${base}left`); // so the address is neutral even when no server answers
  if (!alone) otherTabs?.postMessage("leave");
  await Promise.race([bringToSafety(), pause(SAFETY_WAIT)]);
  await goToNeutralPage();
}

async function goToNeutralPage() {
  for (;;) {
    told = true;
    tell("leave");
    // Asked first: going to a dead server would show the browser's error page, with our address on it.
    if (await serverAnswers()) return location.replace(`${base}left`);
    await pause(TRY_AGAIN); // the page stays blank, and the server is told once it is back
  }
}

function countPresses(event) {
  if (event.key !== "Shift") presses = [];
  else if (!event.repeat) presses = [...presses.filter((at) => event.timeStamp - at < WITHIN), event.timeStamp];
  if (presses.length >= PRESSES) leave();
}

addEventListener("keydown", countPresses, { capture: true });
addEventListener("pointerdown", () => (presses = []), { capture: true }); // Shift with a press selects text
addEventListener("click", (event) => {
  if (!control(event, "leave")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  leave();
}, { capture: true });

// Back must not show a page from the browser's memory: it may be somebody else who presses it.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  hide();
  location.reload();
});

// Theme and mask

function remember(name, value) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${value}; path=${base}; SameSite=Lax${secure}`; // without a date: ends with the browser
}

function press(action, pressed) {
  for (const button of document.querySelectorAll(`[data-action="${action}"]`)) button.setAttribute("aria-pressed", pressed);
}

const isDark = () => (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";

function toggleTheme() {
  root.dataset.theme = isDark() ? "light" : "dark";
  remember("theme", root.dataset.theme);
  press("theme", isDark());
}

const COVER = "•••••";
const SHOWN_FOR = 5000; // ms
const MASKS = ".mask:not(button)"; // a button: the server has left the words out already
const LABELS = ["aria-label", "role", "tabindex"];

const isMasked = () => root.dataset.masked === "true";

/** The style sheet hides what is in a masked place; here it becomes something that can be pressed. */
function cover(place) {
  delete place.dataset.shown;
  const label = document.querySelector('[data-action="mask"]');
  place.setAttribute("aria-label", label?.dataset.saysMasked ?? label?.textContent.trim() ?? COVER);
  place.setAttribute("role", "button");
  place.tabIndex = 0;
}

function uncover(place) {
  place.dataset.shown = "true";
  for (const name of LABELS) place.removeAttribute(name);
}

async function peek(place) {
  if (place.dataset.from) place.textContent = await wordsFrom(place.dataset.from);
  else if (place.matches(MASKS)) uncover(place);
  else return;
  await pause(SHOWN_FOR);
  while (place.matches("div:hover, div:focus-within")) await pause(SHOWN_FOR); // somebody is still reading it
  if (place.matches("button")) place.textContent = COVER;
  else if (isMasked()) cover(place);
}

async function wordsFrom(address) {
  const answer = await fetch(address, { cache: "no-store" }).catch(() => null);
  return answer?.ok ? answer.text() : COVER;
}

async function toggleMask() {
  const masked = !isMasked();
  remember("mask", masked);
  if (!masked && document.querySelector("button.mask")) { // these words are not in the page: it has to come again
    if (await bringToSafety()) location.reload();
    return;
  }
  root.dataset.masked = masked;
  press("mask", masked);
  for (const place of document.querySelectorAll(MASKS)) masked ? cover(place) : uncover(place);
}

const coverAll = () => isMasked() && document.querySelectorAll(`${MASKS}:not([data-shown], [role])`).forEach(cover);

new MutationObserver(coverAll).observe(root, { childList: true, subtree: true }); // the page streams, and views come from the kernel
coverAll(); // what came before this script, where nothing comes after it

// The same place in another language, and places inside closed parts

const PLACES = 'fieldset[data-item][id], section[id], details[id]';

function placeAtTop() {
  const bar = document.querySelector("header.bar")?.getBoundingClientRect().bottom ?? 0;
  const shown = [...document.querySelectorAll(PLACES)].filter((place) => place.getClientRects().length);
  const below = shown.filter((place) => place.getBoundingClientRect().top >= bar - 1);
  return (below[0] ?? shown.at(-1))?.id ?? "";
}

/** The part of the page at the top of the window, as `#id`; empty at the start of the page. */
export const anchorOfPlace = () => (scrollY > innerHeight / 4 && placeAtTop() ? `#${placeAtTop()}` : "");

const QUESTION = "fieldset[data-item][id]";
let asked = null; // the question somebody was at, also while a button has the focus
addEventListener("focusin", ({ target }) => (asked = target.closest?.(QUESTION) ?? asked));

function isInSight(place) {
  const { top, bottom, height } = place.getBoundingClientRect();
  return height > 0 && bottom > 0 && top < innerHeight;
}

/** The question somebody is at, else the part of the page at the top of the window, as `#id`. */
const anchorOfWork = () => (asked?.isConnected && isInSight(asked) ? `#${asked.id}` : anchorOfPlace());

/** Open everything around a place, and the place itself where it can be opened. */
export function openAround(place) {
  for (let part = place; part; part = part.parentElement) if (part.matches("details")) part.open = true;
}

function goToAnchor() {
  const place = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!place) return;
  openAround(place);
  place.scrollIntoView();
}

/** The page streams: go to the place as soon as it is there, and again while what comes after it makes room for it. */
let broughtTo = 0; // how far down we scrolled ourselves
function goWhenThere() {
  if (Math.abs(scrollY - broughtTo) > 1) return; // the reader has moved on while the page was coming
  goToAnchor();
  broughtTo = scrollY;
  if (document.readyState === "loading") requestAnimationFrame(goWhenThere);
}

addEventListener("hashchange", goToAnchor);
if (location.hash.length > 1) {
  goWhenThere();
  ready(goWhenThere);
  addEventListener("load", goWhenThere);
}

addEventListener("click", (event) => {
  const language = event.target.closest?.("a[data-lang]");
  if (language) language.hash = anchorOfPlace();
  const within = event.target.closest?.('a[href^="#"]')?.hash.slice(1);
  const place = within && document.getElementById(decodeURIComponent(within));
  if (place) openAround(place);
  if (control(event, "theme")) toggleTheme();
  if (control(event, "mask")) toggleMask();
  const mask = event.target.closest?.('.mask[role="button"], button.mask');
  if (mask) peek(mask);
});

addEventListener("keydown", (event) => {
  const mask = event.target.matches?.('.mask[role="button"]') ? event.target : null;
  if (!mask || !["Enter", " "].includes(event.key)) return;
  event.preventDefault();
  peek(mask);
});

ready(() => {
  if (document.querySelector('[data-action="theme"]')) press("theme", isDark());
});

// Locking, and coming back

/** After signing in, one comes back to the same question. */
function comeBackHere(form) {
  const { next } = form.elements;
  if (next && !next.value.includes("#")) next.value += anchorOfWork();
}

// A session that ended by itself leads to the sign-in page; the browser has kept the place in its address.
addEventListener("submit", ({ target }) => {
  const { next, pass } = target.elements ?? {};
  if (pass && next?.value && !next.value.includes("#")) next.value += location.hash;
}, { capture: true });

// A shared computer: an address that only the browser can put together is covered before it is asked for (runtime/covering.py).
addEventListener("submit", async (event) => {
  const form = event.target;
  if (!root.dataset.shared || event.defaultPrevented || form.method !== "get") return;
  event.preventDefault();
  const address = new URL(form.getAttribute("action") || location.href, location.href);
  address.search = new URLSearchParams([...new FormData(form, event.submitter)].filter(([, value]) => typeof value === "string"));
  const plain = address.pathname + address.search + address.hash;
  const answer = await fetch(`${base}cover`, {
    method: "POST", cache: "no-store", headers: { "X-XSRFToken": xsrfToken() }, body: new URLSearchParams({ address: plain }),
  }).catch(() => null);
  location.assign(answer?.ok ? await answer.text() : plain);
});

const REST = 15 * 60; // s; the server may say otherwise on the notice (data-after)
const WARNING = 60_000; // ms before the end of the rest
const SHARE = 5000; // ms; other tabs need not know of every key
const USES = ["pointerdown", "pointermove", "keydown", "wheel", "scroll", "touchstart", "input"];
const DIALOG_KEYS = ["Tab", "Shift", "Enter", " ", "Control", "Alt", "Meta"]; // they work the two buttons

class Rest {
  #limit; #last = Date.now(); #shared = 0; #asked = Date.now(); #dialog; #heading; #locking = false;

  constructor(dialog) {
    this.#dialog = dialog;
    this.#heading = dialog.querySelector("[data-says]");
    this.#limit = 1000 * Number(dialog.dataset.after || REST);
    for (const use of USES) addEventListener(use, (event) => this.#used(event), { passive: true, capture: true });
    dialog.addEventListener("close", () => this.extend());
    dialog.addEventListener("click", (event) => control(event, "stay") && dialog.close());
    addEventListener("visibilitychange", () => this.#look());
    setInterval(() => this.#look(), 1000); // by the clock, not by a long timer: a computer may have slept
  }

  extend({ here = true } = {}) {
    if (this.#locking) return;
    const now = (this.#last = Date.now());
    if (this.#dialog.open) this.#dialog.close();
    if (here && now - this.#shared > SHARE) otherTabs?.postMessage("used", (this.#shared = now));
    this.#tellServer(now);
  }

  // The server counts on its own; work over the websocket alone is quiet to it.
  #tellServer(now) {
    if (now - this.#asked < this.#limit / 4) return;
    this.#asked = now;
    serverAnswers(this.#dialog.dataset.alive); // if it does not, the notice of the connection says so
  }

  #used(event) {
    if (!this.#dialog.open) this.extend();
    else if (event.type === "keydown" && !DIALOG_KEYS.includes(event.key)) this.#dialog.close();
    else if (event.type === "pointerdown" && !this.#dialog.contains(event.target)) this.#dialog.close(); // moving a mouse is not enough
  }

  #look() {
    const rest = this.#last + this.#limit - Date.now();
    if (this.#locking || gone || rest > WARNING) return;
    if (rest <= 0) return this.lock();
    this.#heading.textContent = this.#heading.dataset.says.replace("{seconds}", Math.ceil(rest / 1000));
    if (!this.#dialog.open) this.#dialog.show(); // not modal: the leave link stays within reach
  }

  /** Blank, save, sign out. While something cannot be saved, the blank page keeps it and tries again. */
  async lock({ alone = false } = {}) {
    if (this.#locking || gone) return;
    this.#locking = true;
    const form = this.#dialog.querySelector("form");
    comeBackHere(form);
    await blank();
    form.hidden = true;
    document.body.append(form); // a form outside the document cannot be sent
    if (!alone) otherTabs?.postMessage("lock");
    while (!(await bringToSafety())) await pause(TRY_AGAIN);
    form.submit();
  }
}

ready(() => {
  const dialog = document.querySelector('dialog[data-part="idle"]');
  const rest = dialog ? new Rest(dialog) : null;
  otherTabs?.addEventListener("message", ({ data }) => {
    if (data === "leave") leave({ alone: true });
    if (data === "lock") rest?.lock({ alone: true });
    if (data === "used") rest?.extend({ here: false });
  });
});

// Locking by hand waits for what is being saved; the browser asks before anything unsaved would go.
addEventListener("submit", async (event) => {
  if (!control({ target: event.submitter ?? event.target }, "lock")) return;
  event.preventDefault();
  comeBackHere(event.target);
  await Promise.race([bringToSafety(), pause(SAFETY_WAIT)]);
  otherTabs?.postMessage("lock");
  event.target.submit();
});
