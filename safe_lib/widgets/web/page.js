// The page around a workbook: finds the kernel in the streamed page, puts what cells show in its place, brings the form
// to life, says when the connection is lost, and gives unsaved answers to the server while there is no kernel.
//
// The form works from the moment it is here; a kernel makes it live. So nothing that a person does waits for a kernel.

import { anchorOfPlace, base, serverAnswers, tell, xsrfToken } from "./frame.js";
import { Kernel } from "./kernel.js";
import { Model } from "./models.js";
import component from "./form.js";

const START = 10_000; // ms from here to live, else the page says that something is wrong
const FIRST_TRY = 1500; // ms after a loss: a short one mends itself
const TRY_AGAIN = 4000; // ms between two attempts to give answers to the server
const LISTED = 5; // unsaved answers named in the notice; how many there are is told in any case

const root = document.documentElement;
const waiting = { count: 0, sendable: 0, items: [], savedAt: new Date() }; // as the form last told

let kernel = null;
let form = null;
let connection = "starting"; // starting | live | lost | gone
let giving = null; // the attempt under way to give answers to the server
let waking = null; // the attempt under way to go live
const models = []; // ids of the widgets in the page, until one is the form

const model = new Model((content, buffers) => kernel?.send("shell", "comm_msg", content, buffers) ?? false);
const part = (name, within = document) => within.querySelector(`[data-part="${name}"]`);
const ask = (type, detail) => form?.dispatchEvent(new CustomEvent(type, { detail }));

// The parts of the streamed page

customElements.define("safe-kernel", class extends HTMLElement {
  connectedCallback() {
    if (kernel) return;
    kernel = new Kernel(base, this.dataset.id, {
      message: (message) => model.receive(message), opened: () => model.askAtOnce(),
      found: () => connection !== "live" && goLive(), // the state may have come before this answer
      lost: () => setConnection("lost"), gone: () => setConnection("gone"), serverAnswers,
    });
    addEventListener("pagehide", () => tell(`voila/api/shutdown/${kernel.id}`)); // closed or loaded again: it ends with its page
    adoptForm();
  }
});

customElements.define("safe-place", class extends HTMLElement {
  connectedCallback() {
    const { cell, from = `out-${cell}` } = this.dataset;
    const output = document.getElementById(from);
    const place = document.querySelector(`[data-cell="${CSS.escape(cell)}"]`);
    if (output && place) place.append(output.content);
    output?.remove();
    this.remove();
  }
});

customElements.define("safe-widget", class extends HTMLElement {
  connectedCallback() {
    models.push(this.dataset.model);
    adoptForm();
    goLive();
  }
});

function adoptForm() {
  form ??= document.querySelector("form[data-form]");
  if (!form || form.dataset.adopted) return;
  form.dataset.adopted = "true";
  form.addEventListener("safe:waiting", ({ detail }) => { Object.assign(waiting, detail); showNotice(); });
  component.render({ model, el: document.body });
}

function goLive() {
  if (models.length && kernel) waking ??= wake().finally(() => (waking = null));
}

async function wake() {
  model.id = models[0];
  if (!(await model.fetch())) return setConnection("gone");
  if (!isForm()) return tryNext();
  setConnection("live");
  ask("safe:found");
}

const isForm = () => /(^|\.)(Page)?Form$/.test(model.get("_anywidget_id") ?? "");

// Widgets that an analyst added are not ours to show.
function tryNext() {
  models.shift();
  queueMicrotask(goLive);
}

// Where the stream has ended: a page without questions lives as it is, one without its form's model never will.
function streamEnded() {
  adoptForm();
  if (!form && connection === "starting") setConnection("live");
  if (!form && !kernel) watchServer();
}

// Without a kernel no line would say that the server is gone.
async function watchServer() {
  const { watch } = await import("./watch.js");
  watch({ unsentWords: () => part("connection")?.dataset.saysForm, changed: (state) => (root.dataset.live = String(state === "kept")) });
}

if (document.readyState === "loading") addEventListener("DOMContentLoaded", streamEnded);
else streamEnded();
setTimeout(() => connection === "starting" && (adoptForm(), setConnection("gone")), START);

// What somebody sees is laid out first, the other groups of questions one by one while the page waits for its kernel, and what is
// left by then when it is live.

function hasCome() { root.removeAttribute("data-coming"); }

const later = globalThis.requestIdleCallback ?? setTimeout;

function layOutNext() {
  const group = document.querySelector("[data-coming] .group:not([data-laid])");
  if (!group) return document.readyState !== "loading" && hasCome();
  group.dataset.laid = "";
  later(layOutNext);
}

// Whoever comes back to a place of the page or prints it needs all of it at once.
if (location.hash || performance.getEntriesByType("navigation")[0]?.type !== "navigate") hasCome();
else requestAnimationFrame(() => later(layOutNext));
addEventListener("beforeprint", hasCome);

// What the page says about it

function setConnection(state) {
  if (state === connection) return;
  // Not live yet is not lost: the deadline speaks for it. What is gone stays gone until it is live.
  if (state === "lost" && connection !== "live") return;
  const wasLive = connection === "live" || connection === "starting";
  connection = state;
  hasCome();
  root.dataset.live = state === "live";
  if (state !== "live" && wasLive) ask("safe:lost");
  showNotice();
  if (state !== "live") setTimeout(giveToServer, FIRST_TRY);
}

function showNotice() {
  const lost = connection === "lost" || connection === "gone";
  const notice = part("connection");
  if (notice) {
    if (lost) sayUnsent(notice);
    notice.hidden = !lost;
    notice.dataset.connection = lost ? "lost" : "kept";
  }
  markStatus(lost);
}

function markStatus(lost) {
  const status = document.querySelector("[role=status][data-saved]");
  if (!status) return;
  status.setAttribute("aria-live", lost ? "off" : "polite"); // the notice says it; twice would be noise
  status.querySelector("use")?.setAttribute("href", lost ? "#i-off" : "#i-tick");
  if (lost) status.dataset.connection = "lost";
  else delete status.dataset.connection;
}

function sayUnsent(notice) {
  const unsent = part("unsent", notice);
  if (unsent) {
    const words = waiting.count ? unsent.dataset.saysSome : unsent.dataset.saysNone;
    const time = waiting.savedAt.toLocaleTimeString(root.lang, { hour: "2-digit", minute: "2-digit", numberingSystem: "latn", hourCycle: "h23" });
    write(unsent, words.replace("{time}", time).replace("{count}", waiting.count));
    listUnsent(unsent);
  }
  const gone = connection === "gone";
  const button = notice.querySelector('[data-action="reconnect"]');
  if (button) write(button, (gone && button.dataset.saysReload) || (button.dataset.says ??= button.textContent));
  for (const [name, shown] of [["stay", !gone], ["gone", gone]]) part(name, notice)?.toggleAttribute("hidden", !shown);
}

// Which answers they are, each a link to its question: so that they can be noted elsewhere if all else fails.
function listUnsent(unsent) {
  const list = part("unsent-list") ?? Object.assign(document.createElement("ul"), { className: "plain small" });
  list.dataset.part = "unsent-list";
  list.replaceChildren(...waiting.items.slice(0, LISTED).map(({ id, label }) => {
    const line = document.createElement("li");
    const link = Object.assign(document.createElement("a"), { href: `#${id}`, textContent: label });
    line.append(link);
    return line;
  }));
  list.hidden = !waiting.items.length;
  if (!list.isConnected) unsent.parentElement.append(list);
}

// What did not change is not said again.
function write(place, words) {
  if (place.textContent !== words) place.textContent = words;
}

addEventListener("click", async (event) => {
  if (!event.target.closest?.('[data-action="reconnect"]')) return;
  if (connection !== "gone") return kernel?.again();
  await giveToServer();
  if (!waiting.count && (await serverAnswers())) return loadAgain(); // without a server this page is all there is
  kernel?.again();
});

function loadAgain() {
  const anchor = anchorOfPlace();
  if (anchor) history.replaceState(null, "", anchor);
  location.reload();
}

// Leaving a page with answers that nothing could save: the browser asks. Never in the way of quick exit, which has taken
// the form out of the document by then.
addEventListener("beforeunload", (event) => {
  if (connection !== "live" && waiting.count && form?.isConnected) event.preventDefault();
});

// Answers while there is no kernel

/** Give what is unsaved to the server, which saves it without a kernel. False when something could still be saved. */
async function giveToServer({ closing = false } = {}) {
  if (connection === "live" && !closing) return true;
  if (!closing) return (giving ??= post().finally(() => (giving = null)));
  return post({ keepalive: true });
}

async function post({ keepalive = false } = {}) {
  const answers = [];
  ask("safe:collect", { answers, closing: keepalive });
  if (!answers.length) return true;
  const answer = await fetch(answersAddress(), {
    method: "POST", keepalive, cache: "no-store", redirect: "error", // a redirect to sign-in has saved nothing
    headers: { "Content-Type": "application/json", "X-XSRFToken": xsrfToken() },
    body: JSON.stringify({ answers }),
  }).catch(() => null);
  if (!answer?.ok) return false;
  takeReplies(await answer.json());
  return !waiting.sendable;
}

const pageLanguage = root.lang; // the blank page of a locked screen has none
const answersAddress = () => `${base}answers?${new URLSearchParams({ case: form.dataset.case, workbook: form.dataset.form, lang: pageLanguage })}`;

function takeReplies(replies) {
  for (const [name, type] of [["saved", "saved"], ["conflicts", "conflict"], ["refused", "refused"]])
    for (const words of replies[name] ?? []) model.hear({ ...words, type });
}

setInterval(() => connection !== "live" && connection !== "starting" && giveToServer(), TRY_AGAIN);
addEventListener("safe:closing", ({ detail }) => { ask("safe:flush"); detail.waitFor(giveToServer({ closing: true })); });
addEventListener("pagehide", () => { ask("safe:flush"); giveToServer({ closing: true }); });
