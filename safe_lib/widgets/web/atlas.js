// The country workbook: on a map the arrow keys go from country to country, so that it is one stop of the Tab key and not
// two hundred. Without this script every country is a link of its own.

import "./page.js";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const ASIDE = 2.5; // how much a country to the side counts as farther than one straight ahead

const linksOf = (map) => [...map.querySelectorAll("a[href]")];

function middle(link) {
  const { left, top, width, height } = link.getBoundingClientRect();
  return [left + width / 2, top + height / 2];
}

/** The nearest country in a direction; none at the edge of the map. */
function nextTo(link, [across, down], links) {
  const [x, y] = middle(link);
  let best = null;
  let least = Infinity;
  for (const other of links) {
    const [u, v] = middle(other);
    const ahead = (u - x) * across + (v - y) * down;
    const beside = Math.abs((u - x) * down) + Math.abs((v - y) * across);
    const far = ahead + ASIDE * beside;
    if (other !== link && ahead > 1 && far < least) [best, least] = [other, far];
  }
  return best;
}

function standOn(link, links) {
  for (const other of links) other.tabIndex = other === link ? 0 : -1;
}

function goTo(link, links) {
  standOn(link, links);
  link.focus({ preventScroll: true });
  link.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function adopt(map) {
  const links = linksOf(map);
  if (links.length < 2) return;
  standOn(links[0], links);
  map.addEventListener("focusin", ({ target }) => links.includes(target) && standOn(target, links));
  map.addEventListener("keydown", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || event.altKey || event.ctrlKey || event.metaKey) return;
    const step = ARROWS[event.key];
    const next = step ? nextTo(link, step, links) : { Home: links[0], End: links.at(-1) }[event.key];
    if (!step && !next) return;
    event.preventDefault();
    if (next) goTo(next, links);
  });
}

const adoptAll = () => document.querySelectorAll("svg[data-map]").forEach(adopt);

if (document.readyState === "loading") addEventListener("DOMContentLoaded", adoptAll);
else adoptAll();
