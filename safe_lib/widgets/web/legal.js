// The workbook on procedures: every entry saves itself when it is changed, what follows from it is shown anew, and two
// people who write the same are told of each other. Without this script every form has its button.

import { xsrfToken } from "./frame.js";
import { doubt, showNotice, watch } from "./watch.js";

const AGAIN = 5000; // ms until something that could not be sent is sent again
const TYPING = 2500; // ms after the last key in a long text
const FORM = "form[data-entry]";

const root = document.documentElement;
const trusted = globalThis.trustedTypes?.createPolicy("safe", { createHTML: (text) => text }) ?? { createHTML: (text) => text };
const dirty = new Set(); // forms with something that is not saved yet
const held = new Map(); // region → HTML that waits until nobody writes in it
const shown = new WeakMap(); // region → HTML as it stands there
const timers = new WeakMap();
const failed = new Map(); // forms that could not be sent → whether they take their entry out
let connection = "kept";
let savedAt = new Date();

let queue = Promise.resolve(); // one entry after the other, so that each knows the revision before it

const part = (name) => document.querySelector(`[data-part="${name}"]`);
const regionOf = (place) => place.closest("[data-region]");
const sayings = () => document.querySelector("[data-legal-words]").dataset;
const own = (event) => event.target.closest?.(FORM);

// The line that says whether everything is saved, and the notice when it cannot be

function tell() {
  const lost = connection !== "kept";
  showNotice();
  const line = document.querySelector("[role=status][data-saved]");
  if (!line) return;
  line.dataset.saved = String(dirty.size === 0);
  line.setAttribute("aria-live", lost ? "off" : "polite"); // the notice says it; twice would be noise
  if (lost) line.dataset.connection = "lost";
  else delete line.dataset.connection;
  line.querySelector("use")?.setAttribute("href", lost ? "#i-off" : "#i-tick");
  const words = lost ? line.dataset.saysLost : dirty.size ? line.dataset.saysWaiting : line.dataset.saysSaved;
  const says = line.querySelector('[data-part="says"]');
  if (says && words) says.textContent = filled(words);
}

function filled(words) {
  const time = savedAt.toLocaleTimeString(root.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", numberingSystem: "latn" });
  return words.replaceAll("{time}", time).replaceAll("{count}", String(dirty.size));
}

function unsentWords() {
  const { saysNone, saysSome } = part("unsent").dataset;
  return filled(dirty.size ? saysSome : saysNone);
}

function changed(state) {
  connection = state;
  root.dataset.live = String(state === "kept");
  tell();
  if (state === "kept") sendAgain();
}

function sendAgain() {
  for (const [form, gone] of [...failed]) save(form, gone);
}

function message(form, words, ...buttons) {
  const place = form.querySelector(".q-msg");
  place.replaceChildren(words, ...buttons);
  place.hidden = !words;
}

function button(words, act) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-2", textContent: words });
  made.addEventListener("click", act);
  return made;
}

// Saving

function change(form) {
  dirty.add(form);
  tell();
  save(form);
}

function save(form, gone = null) {
  clearTimeout(timers.get(form));
  if (!gone && !isWhole(form)) return message(form, sayings().needs);
  const body = new URLSearchParams(new FormData(form));
  if (gone) body.set("gone", "yes");
  dirty.add(form);
  tell();
  queue = queue.then(() => send(form, body));
}

/** A fact that is known needs who said it; everything else says itself what it needs. */
function isWhole(form) {
  const { value, source } = form.elements;
  if (source instanceof HTMLInputElement && source.type !== "hidden") {
    const known = value?.value && !["unknown", "not_asked", "declined", "unsafe_to_ask"].includes(value.value);
    source.required = Boolean(known);
  }
  for (const field of form.querySelectorAll("input, select, textarea")) if (field.willValidate) field.setAttribute("aria-invalid", String(!field.validity.valid));
  return form.checkValidity();
}

async function send(form, body) {
  body.set("seen", form.elements.seen.value); // an entry before it may have been this one
  body.set("shown", sayings().revision);
  if (form.elements.id.value) body.set("id", form.elements.id.value);
  const answer = await fetch(form.getAttribute("action"), { // `form.action` is the field of that name
    method: "POST", body, redirect: "error", cache: "no-store", headers: { Accept: "application/json", "X-XSRFToken": xsrfToken() },
  }).catch(() => null);
  if (answer === null || answer.status >= 500 || (answer.status === 403 && (await doubt()) !== "kept")) {
    failed.set(form, body.get("gone"));
    tell();
    if (answer === null) doubt();
    timers.set(form, setTimeout(() => save(form, body.get("gone")), AGAIN));
    return;
  }
  failed.delete(form);
  if (!answer.ok) {
    tell();
    message(form, sayings().notAllowed);
    return;
  }
  take(form, await answer.json(), body);
}

function take(form, said, body) {
  if (said.type === "conflict") return conflict(form, said);
  if (said.type === "refused") {
    form.elements[said.field]?.setAttribute?.("aria-invalid", "true");
    message(form, said.sentence);
    return tell();
  }
  sayings().revision = said.shown;
  form.elements.seen.value = said.revision;
  if (said.id) form.elements.id.value = said.id;
  dirty.delete(form);
  savedAt = new Date();
  message(form, "");
  tell();
  const act = "act" in form.dataset || body.has("gone");
  const section = form.closest("section");
  renew(said.html, act ? regionOf(form) : null);
  if (act) section?.focus({ preventScroll: true });
}

function conflict(form, said) {
  const words = sayings();
  words.revision = said.shown;
  const settle = () => { form.elements.seen.value = said.revision; message(form, ""); };
  tell();
  message(form, said.sentence,
    button(words.keepTheirs, () => { settle(); dirty.delete(form); tell(); renew(said.html, regionOf(form)); }),
    button(words.saveMine, () => { settle(); save(form); }));
}

// What follows is shown anew, but never under somebody's hands

function renew(html, now = null) {
  for (const [name, text] of Object.entries(html ?? {})) held.set(name, text);
  for (const region of document.querySelectorAll("[data-region]")) if (held.has(region.dataset.region)) show(region, region === now);
}

function show(region, now) {
  const writes = region.contains(document.activeElement) && document.activeElement.matches("input, select, textarea, button");
  if (!now && (writes || [...dirty].some((form) => region.contains(form)))) return;
  const text = held.get(region.dataset.region);
  held.delete(region.dataset.region);
  if (shown.get(region) === text) return;
  const open = new Map([...region.querySelectorAll("details[data-key]")].map((one) => [one.dataset.key, one.open]));
  for (const form of [...dirty]) if (region.contains(form)) dirty.delete(form);
  const holder = document.createElement("template");
  holder.innerHTML = trusted.createHTML(text);
  for (const one of holder.content.querySelectorAll("details[data-key]")) one.open = open.get(one.dataset.key) ?? one.open;
  region.replaceChildren(holder.content);
  shown.set(region, text);
  tell();
}

addEventListener("change", (event) => { const form = own(event); if (form && !("act" in form.dataset)) change(form); });
addEventListener("input", (event) => {
  const form = own(event);
  if (!form || "act" in form.dataset) return;
  dirty.add(form);
  tell();
  if (event.target.matches("textarea")) {
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(() => save(form), TYPING));
  }
});
addEventListener("submit", (event) => {
  const form = own(event);
  if (!form) return;
  event.preventDefault();
  save(form, event.submitter?.name === "gone");
});
addEventListener("focusout", () => setTimeout(() => renew({}), 200));
addEventListener("beforeunload", (event) => { if (dirty.size && document.querySelector(FORM)) event.preventDefault(); });
addEventListener("click", (event) => {
  if (event.target.closest?.('[data-action="reconnect"]')) sendAgain();
});
addEventListener("safe:closing", ({ detail }) => { for (const form of dirty) save(form); detail.waitFor(queue.then(() => dirty.size === 0)); });

watch({ unsentWords, changed });
root.dataset.live = "true"; // an entry made now is received, saved and reckoned with
