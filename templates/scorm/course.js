// The course in a learning platform: one screen at a time, the place and the result told to the platform, and nothing else.
// Works with SCORM 1.2 and SCORM 2004; without a platform the course can be read and tried, and nothing is kept.
(() => {
  "use strict";

  const data = JSON.parse(document.getElementById("course-data").textContent);
  const screens = [...document.querySelectorAll("section[data-place]")];
  const quiz = document.getElementById("quiz");
  const began = Date.now();
  const KEYS = {
    "1.2": { api: "API", start: "LMSInitialize", get: "LMSGetValue", set: "LMSSetValue", commit: "LMSCommit", end: "LMSFinish",
      place: "cmi.core.lesson_location", exit: "cmi.core.exit", score: "cmi.core.score", time: "cmi.core.session_time" },
    "2004": { api: "API_1484_11", start: "Initialize", get: "GetValue", set: "SetValue", commit: "Commit", end: "Terminate",
      place: "cmi.location", exit: "cmi.exit", score: "cmi.score", time: "cmi.session_time" },
  };
  const keys = KEYS[data.scorm];

  // The platform

  function found(name) {
    for (const first of [window, window.opener]) {
      let one = first;
      for (let depth = 0; one && depth < 50; depth += 1) {
        try {
          if (one[name]) return one[name];
          if (one.parent === one) break;
          one = one.parent;
        } catch { break; } // a window of another origin
      }
    }
    return null;
  }

  const api = found(keys.api);
  let open = Boolean(api) && String(api[keys.start]("")) === "true";
  const get = (key) => (open ? String(api[keys.get](key) ?? "") : "");
  const set = (key, value) => { if (open) api[keys.set](key, String(value)); };
  const commit = () => { if (open) api[keys.commit](""); };

  function time() {
    const all = Math.floor((Date.now() - began) / 1000);
    if (data.scorm === "2004") return `PT${all}S`;
    const two = (number) => String(number).padStart(2, "0");
    return `${String(Math.floor(all / 3600)).padStart(4, "0")}:${two(Math.floor(all / 60) % 60)}:${two(all % 60)}`;
  }

  function leave() {
    if (!open) return;
    set(keys.exit, state.passed ? "" : "suspend");
    set(keys.time, time());
    commit();
    api[keys.end]("");
    open = false;
  }

  // What is kept: which screens are done, which quiz was drawn, what was answered in it

  const state = { seen: screens.map(() => false), draw: -1, said: {}, done: false, passed: false };

  function keep(place) {
    const seen = state.seen.map((one) => (one ? "1" : "0")).join("");
    set("cmi.suspend_data", JSON.stringify({ seen, draw: state.draw, said: state.said, done: state.done, passed: state.passed }));
    set(keys.place, place);
    if (data.scorm === "2004") set("cmi.progress_measure", (state.seen.filter(Boolean).length / screens.length).toFixed(2));
    commit();
  }

  function recall() {
    let kept = {};
    try { kept = JSON.parse(get("cmi.suspend_data") || "{}"); } catch { kept = {}; }
    if (typeof kept.seen === "string" && kept.seen.length === screens.length) state.seen = [...kept.seen].map((one) => one === "1");
    state.passed = kept.passed === true;
    if (Number.isInteger(kept.draw) && data.draws[kept.draw]) Object.assign(state, { draw: kept.draw, said: kept.said ?? {}, done: kept.done === true });
  }

  function standing(value) {
    if (data.scorm === "1.2") {
      set("cmi.core.lesson_status", value);
    } else {
      set("cmi.completion_status", value === "incomplete" ? "incomplete" : "completed");
      if (value !== "incomplete") set("cmi.success_status", value);
    }
  }

  // Screens

  function show(place) {
    const wanted = place === "quiz" ? quiz : screens.find((one) => one.dataset.place === place) ?? screens[0];
    for (const one of [...screens, quiz]) one.hidden = one !== wanted;
    if (wanted === quiz) ask();
    const title = wanted.querySelector("h1, h2");
    title.tabIndex = -1;
    title.focus();
    window.scrollTo(0, 0);
    keep(wanted === quiz ? "quiz" : wanted.dataset.place);
  }

  function next(section) {
    const number = screens.indexOf(section);
    state.seen[number] = true;
    show(number + 1 < screens.length ? screens[number + 1].dataset.place : state.seen.every(Boolean) ? "quiz" : screens[state.seen.indexOf(false)].dataset.place);
  }

  const chosen = (form) => [...form.querySelectorAll("input:checked, select")].map((one) => one.value).filter(Boolean);
  const same = (form, said) => {
    const right = form.dataset.right.split(" ");
    return form.dataset.kind === "order" ? right.join() === said.join() : right.length === new Set(said).size && right.every((one) => said.includes(one));
  };

  function tell(form) {
    const told = form.querySelector(".told");
    const right = same(form, chosen(form));
    told.hidden = false;
    told.dataset.good = String(right);
    told.querySelector("strong").textContent = right ? data.words.right : data.words.not_right;
    return right;
  }

  // The quiz: one of the draws that were made with the package

  function ask() {
    if (state.draw < 0) Object.assign(state, { draw: Math.floor(Math.random() * data.draws.length), said: {}, done: false });
    for (const form of quiz.querySelectorAll("form[data-question]")) {
      form.hidden = !data.draws[state.draw].includes(form.dataset.question);
      form.querySelector(".told").hidden = true;
      for (const one of form.querySelectorAll("input")) one.checked = (state.said[form.dataset.question] ?? []).includes(one.value);
      form.querySelectorAll("select").forEach((one, place) => { one.value = (state.said[form.dataset.question] ?? [])[place] ?? ""; });
    }
    quiz.querySelector("#quiz-result").hidden = true;
    if (state.done) hand_in();
  }

  function hand_in() {
    const forms = data.draws[state.draw].map((id) => quiz.querySelector(`form[data-question="${id}"]`));
    const empty = forms.find((form) => chosen(form).length === 0);
    const result = quiz.querySelector("#quiz-result");
    result.hidden = false;
    if (empty) { result.querySelector("p").textContent = data.words.open; empty.querySelector("input, select").focus(); return; }
    const wrong = forms.filter((form) => !tell(form));
    const right = forms.length - wrong.length;
    const percent = Math.floor((right * 100) / forms.length);
    const passed = right * 100 >= data.pass * forms.length;
    const fill = (text) => text.replace("{right}", right).replace("{count}", forms.length).replace("{percent}", percent).replace("{needed}", data.pass);
    result.querySelector("p").textContent = fill(passed ? data.words.passed : data.words.failed);
    result.dataset.passed = String(passed);
    result.querySelector("ul").replaceChildren(...[...new Set(wrong.map((form) => data.lessons[form.dataset.module]))].map((title) => {
      const line = document.createElement("li");
      line.textContent = title;
      return line;
    }));
    result.querySelector("h2").hidden = wrong.length === 0;
    result.tabIndex = -1;
    result.focus();
    state.done = true;
    if (passed || !state.passed) report(right, forms.length, percent, passed); // who has passed and tries again loses nothing
    state.passed = state.passed || passed;
    keep("quiz");
  }

  function report(right, count, percent, passed) {
    for (const [part, value] of Object.entries({ raw: percent, min: 0, max: 100 })) set(`${keys.score}.${part}`, value);
    if (data.scorm === "2004") set("cmi.score.scaled", (right / count).toFixed(4));
    standing(passed ? "passed" : "failed");
  }

  // What is pressed

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-do]");
    if (!button) return;
    const section = button.closest("section");
    if (button.dataset.do === "next") next(section);
    if (button.dataset.do === "back") show(screens[Math.max(0, (section === quiz ? screens.length : screens.indexOf(section)) - 1)].dataset.place);
    if (button.dataset.do === "hand-in") hand_in();
    if (button.dataset.do === "again") { state.draw = -1; ask(); show("quiz"); }
  });
  document.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.target.closest("#quiz")) return;
    if (chosen(event.target).length) tell(event.target);
  });
  quiz.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-question]");
    if (!form) return;
    state.said[form.dataset.question] = chosen(form);
    keep("quiz");
  });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") commit(); });
  window.addEventListener("pagehide", leave);

  recall();
  document.documentElement.classList.add("runs");
  document.getElementById("no-platform").hidden = open;
  const first = data.scorm === "1.2" ? get("cmi.core.lesson_status") : get("cmi.completion_status");
  if (!["passed", "failed", "completed"].includes(first)) standing("incomplete");
  show(get(keys.place) || screens[0].dataset.place);
})();
