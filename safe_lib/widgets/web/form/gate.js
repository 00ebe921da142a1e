// Part of form.js: what waits for the questions about danger.

/** Hold back what comes after a gate until each of its questions about danger has an answer; any answer counts. */
function updateGates(form, questions) {
  let held = false;
  for (const section of form.querySelectorAll("section[data-gate], section[data-locked]")) {
    if (section.dataset.locked !== undefined) lock(section, held);
    if (section.dataset.gate !== undefined) held = updateGate(section, questions) || held;
  }
}

function lock(section, locked) {
  if ((section.dataset.locked === "true") === locked) return;
  section.dataset.locked = locked;
  section.querySelector("[data-lock-reason]")?.toggleAttribute("hidden", !locked);
  for (const place of section.querySelectorAll(QUESTION)) place.disabled = locked;
}

/** True while the gate is closed: the same rule as the server's, only questions about danger hold back the rest. */
function updateGate(section, questions) {
  const codes = [...section.querySelectorAll(`${QUESTION}[data-kind="danger"]`)].map(({ dataset }) => [dataset.item, questions.get(dataset.item)?.read().code]);
  const active = codes.filter(([, code]) => SIGNS.includes(code)).map(([item]) => item);
  const closed = codes.some(([, code]) => !code);
  section.dataset.gate = active.length ? "active" : closed ? "waiting" : "done";
  section.querySelector("[data-gate-active]")?.toggleAttribute("hidden", !active.length);
  section.querySelector("[data-gate-waiting]")?.toggleAttribute("hidden", section.dataset.gate !== "waiting");
  for (const response of section.querySelectorAll("[data-response-for]")) response.hidden = !active.includes(response.dataset.responseFor);
  return closed;
}
