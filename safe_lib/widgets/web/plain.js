// A page without a kernel: what every page can do, and the word that the server cannot be reached, before a form is sent into nothing.

import "./frame.js";
import { watch } from "./watch.js";

// A sign-in page has no such notice: nothing is lost there.
const notice = () => document.querySelector('[data-part="connection"]');
const start = () => notice() && watch({ unsentWords: () => notice().dataset.saysForm });

if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
else start();
