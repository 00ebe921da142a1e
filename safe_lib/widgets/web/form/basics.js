// Part of form.js: what all other parts use.

const TYPING = 800; // ms after the last key
const AGAIN = 5000; // ms until something that failed is sent again
const CALM = 2000; // ms between two announcements
const PATIENT = 600; // ms before “saving” is worth saying
const NEAR = "50% 0px"; // of the window above and below it: what is so near is about to be seen
const DOWNLOAD = 10_000; // ms a made report stays in memory

const SIGNS = ["present", "partly", "verified", "active"]; // an answer that rests on something
const NOT_ASKED = "not_asked";
const NOT_APPLICABLE = "not_applicable"; // needs a reason
const WRITTEN = "written";
const QUESTION = "fieldset[data-item]";
const TEXT_FIELD = 'textarea, input:is(:not([type]), [type="text"], [type="search"], [type="date"], [type="number"]), [contenteditable]';

const trusted = policy();

function policy() {
  const plain = { createHTML: (text) => text };
  try {
    return globalThis.trustedTypes?.createPolicy("safe", plain) ?? plain;
  } catch {
    return plain; // JupyterLab may have loaded this file before
  }
}

/** Markup of our own server or kernel as nodes. */
function nodes(html) {
  const holder = document.createElement("template");
  holder.innerHTML = trusted.createHTML(html);
  return holder.content;
}

function element(tag, { text = "", ...properties } = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...(text ? [text] : []), ...children);
  return made;
}

const fill = (words, facts) => Object.entries(facts).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, () => value), words ?? "");
const equal = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const language = () => document.documentElement.lang.replace(/^en$/, "en-GB") || undefined; // day before month, as on the rest of the page
const digits = { numberingSystem: "latn" };
const timeOfDay = (at) => at.toLocaleTimeString(language(), { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...digits });

function moment(text) {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? text : at.toLocaleString(language(), { dateStyle: "medium", timeStyle: "short", hourCycle: "h23", ...digits });
}
