// Is the server still there? For pages without a kernel, whose line would say it. While a page is looked at, one of the
// smallest files is asked for again and again, without the cookie: so the question says nothing, and keeps no session alive.

import { base } from "./frame.js";

const PAUSE = 1500; // ms between an answer and the next question
const DEADLINE = 2800; // ms for an answer; a loss is told after PAUSE + DEADLINE at most, and has to be within 5 s
const NEXT = 10_000; // ms until a question that nobody answered is asked anew
const NOWHERE = { ok: false, status: 503, type: "error" };

const root = document.documentElement;
const part = (name) => document.querySelector(`[data-part="${name}"]`);
const ask = (address, options) => fetch(address, { cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(NEXT), ...options }).catch(() => NOWHERE);
const isThere = (answer) => answer.type === "opaqueredirect" || answer.status < 500;

let state = "kept"; // kept | lost | out: the server is there, and knows nobody of this browser
let timer = 0;
let asking = false;
let told = () => {};
let unsent = () => "";

/**
 * Watch the server from now on.
 * `unsentWords()` says what of the page is not saved; `changed(state)` is told each change once.
 */
export function watch({ unsentWords = unsent, changed = told } = {}) {
  [unsent, told] = [unsentWords, changed];
  document.addEventListener("visibilitychange", look);
  for (const net of ["online", "offline"]) addEventListener(net, look); // asked, not believed: the server may be on this machine
  addEventListener("click", (event) => { if (event.target.closest?.('[data-action="reconnect"]')) look(); });
  next();
}

/** Ask at once, not when the next turn comes. */
function look() {
  clearTimeout(timer);
  if (!document.hidden && part("connection")) question(); // a page that was left or locked has no notice any more, and asks no more
}

/** What the notice says is put right, such as a number that has changed. */
export function showNotice() {
  const notice = part("connection");
  if (!notice) return;
  const lost = state !== "kept";
  if (lost) {
    write(part("unsent"), unsent());
    const sayings = notice.querySelector("strong");
    write(sayings, state === "out" ? notice.dataset.saysOut : (sayings.dataset.says ??= sayings.textContent));
    part("stay")?.toggleAttribute("hidden", state === "out");
    part("out")?.toggleAttribute("hidden", state !== "out");
  }
  notice.hidden = !lost;
  notice.dataset.connection = lost ? "lost" : "kept";
}

const next = () => { clearTimeout(timer); timer = setTimeout(look, PAUSE); };

async function question() {
  if (asking) return;
  asking = true;
  const alarm = setTimeout(() => become("lost"), DEADLINE); // a late answer takes it back
  const answer = await ask(import.meta.url, { credentials: "omit" });
  clearTimeout(alarm);
  if (!isThere(answer)) become("lost");
  else if (state !== "kept") become(await standing());
  asking = false;
  next();
}

/** Something could not be sent: is it the line, or that nobody is signed in any more? How it stands. */
export async function doubt() {
  become(await standing());
  return state;
}

// Only in doubt: being asked counts as use of the session. A server that was started again has forgotten who was signed in.
async function standing() {
  const answer = await ask(`${base}alive`);
  if (!isThere(answer)) return "lost";
  return answer.status === 204 ? "kept" : "out"; // anything else is somebody who only opens the door
}

function become(now) {
  if (now === state) return;
  state = now;
  showNotice();
  told(state);
}

// What did not change is not said again.
function write(place, words) {
  if (place && words && place.textContent !== words) place.textContent = words;
}
