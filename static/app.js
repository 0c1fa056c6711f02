// What pages do beyond HTML and htmx: autosave states, signing in again in place, the end of a session, sliders, skip logic.
// Every page works without this file. No page needs a handler of its own: all hooks are classes, ids and data attributes.
(() => {
  "use strict";
  document.documentElement.classList.add("js");
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const on = (type, act, capture = false) => document.addEventListener(type, act, capture);

  // --- one voice: the hidden status line speaks at most every five seconds, and says the newest thing
  const live = document.getElementById("live");
  let toSay = "";
  let speaking = 0;
  let spokeAt = -5000;
  function announce(text) {
    toSay = text;
    if (speaking) return;
    speaking = setTimeout(() => {
      speaking = 0;
      spokeAt = performance.now();
      live.textContent = toSay;
    }, Math.max(0, spokeAt + 5000 - performance.now()));
  }

  // --- the token against forged requests: sent with each htmx request, renewed by any answer that brings a new one
  const token = document.querySelector('meta[name="csrf-token"]');
  on("htmx:configRequest", (event) => { event.detail.headers["X-CSRF-Token"] = token.content; });
  on("htmx:beforeOnLoad", (event) => {
    const renewed = event.detail.xhr.getResponseHeader("X-CSRF-Token");
    if (!renewed) return;
    token.content = renewed;
    for (const field of all('input[name="_csrf_token"]')) field.value = renewed;
  });

  // --- autosave: a card posts itself when a control in it changes; so may a button within it
  const unsaved = new Map(); // id of the card -> "typing", "saving", "failed" or "held", oldest first
  let attempts = 0;
  let retryTimer = 0;
  let sending = 0; // requests under way
  const cardOf = (element) => element.closest?.(".co-q[hx-post]");
  const isWaiting = (card) => ["failed", "held"].includes(unsaved.get(card.id));
  const waiting = () => [...unsaved].filter(([, state]) => state === "failed" || state === "held");

  function show(state) {
    for (const line of all("[data-autosave]")) {
      line.classList.toggle("co-autosave--busy", state === "busy");
      line.classList.toggle("co-autosave--failed", state === "failed" || state === "refused");
      if (state in line.dataset) line.lastElementChild.textContent = line.dataset[state];
    }
    const first = document.querySelector("[data-autosave]");
    if (first && state !== "busy") announce(first.textContent.trim());
  }

  function retryNext() {
    clearTimeout(retryTimer);
    retryTimer = 0;
    const next = waiting()[0];
    if (!next || sending) return;
    const card = document.getElementById(next[0]);
    if (card) htmx.trigger(card, "change");
    else unsaved.delete(next[0]);
  }

  function retryLater() {
    if (retryTimer) return;
    retryTimer = setTimeout(retryNext, Math.min(30000, 1000 * 2 ** attempts));
    attempts += 1;
  }

  on("input", (event) => {
    const card = cardOf(event.target);
    if (card && !isWaiting(card)) unsaved.set(card.id, "typing");
  });
  on("focusout", (event) => { // left as it was found: there is nothing to save
    const card = cardOf(event.target);
    if (card && unsaved.get(card.id) === "typing") unsaved.delete(card.id);
  });
  on("htmx:beforeRequest", (event) => {
    const card = cardOf(event.target);
    if (!card) return;
    sending += 1;
    if (!isWaiting(card)) unsaved.set(card.id, "saving");
    if (!waiting().length) show("busy");
  });
  on("htmx:afterRequest", (event) => {
    const { xhr } = event.detail;
    const card = cardOf(event.target);
    if (xhr.status === 401 && !dialog.contains(event.target)) askToSignIn();
    if (!card) return;
    sending -= 1;
    if (xhr.status === 401) unsaved.set(card.id, "held");
    else if (xhr.status === 422 || xhr.status === 409) refused(card); // swapped, so htmx calls it successful
    else if (event.detail.successful) saved(card);
    else {
      unsaved.set(card.id, "failed");
      retryLater();
    }
    if (waiting().length) show("failed");
  });
  addEventListener("online", retryNext);

  function saved(card) {
    if (unsaved.get(card.id) !== "typing") unsaved.delete(card.id); // more may have been typed meanwhile
    attempts = 0;
    for (const box of all(".co-q__error", card)) box.replaceChildren();
    show("saved");
    showCount();
    if (waiting().length) retryNext();
    else if (signedInAgain) {
      signedInAgain = false;
      announce(live.dataset.signedIn);
    }
  }

  function refused(card) {
    unsaved.delete(card.id);
    show("refused");
    if (waiting().length) retryNext();
  }

  // --- leaving: a form that is sent takes its answers along; a link waits for the last save; the browser warns of the rest
  let leaving = false;
  let waited = false;
  on("submit", (event) => {
    if (event.target.matches("[hx-post]")) return;
    leaving = true;
    if (!sending || waited) return; // a save under way must not arrive after the whole form and put an older answer back
    event.preventDefault();
    waited = true;
    const { target, submitter } = event;
    const until = performance.now() + 3000;
    const go = () => (sending && performance.now() < until ? setTimeout(go, 50) : target.requestSubmit(submitter));
    setTimeout(go, 50);
  });
  addEventListener("beforeunload", (event) => {
    if (unsaved.size && !leaving) event.preventDefault();
  });
  on("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || !sending || link.hash || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const until = performance.now() + 3000;
    const go = () => (sending && performance.now() < until ? setTimeout(go, 50) : location.assign(link.href));
    go();
  });

  // --- signing in again in place: what was typed stays on the page and is sent afterwards, in order
  const dialog = document.getElementById("sign-in-again");
  let returnTo = null;
  let asking = false;
  let signedInAgain = false;
  async function askToSignIn() {
    if (dialog.open || asking) return;
    asking = true;
    returnTo = document.activeElement;
    await htmx.ajax("GET", "/sign-in/again", { target: "#sign-in-again-body", swap: "innerHTML settle:0s" }); // hooked before it is shown
    asking = false;
    if (!dialog.textContent.trim()) return void retryLater();
    dialog.showModal();
    dialog.querySelector("input:not([type=hidden]), button")?.focus();
  }
  on("signed-in", () => {
    dialog.close();
    document.getElementById("sign-in-again-body").replaceChildren();
    if (returnTo?.isConnected) returnTo.focus();
    signedInAgain = waiting().length > 0;
    if (signedInAgain) retryNext();
    else announce(live.dataset.signedIn);
  });

  // --- the session's end is announced two minutes before. The server knows when that is, whatever other tabs have done;
  // asking it prolongs nothing. Typing counts as being there.
  const idle = document.getElementById("idle");
  const WARNED_BEFORE = 120;
  let askAt = Date.now() + 60000;
  let idleShown = "";
  let understood = false;
  let hadSession = false;
  let asked = false;
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel("cohorte-session") : null;

  async function timeLeft(stay) {
    try {
      const headers = { "HX-Request": "true", "X-CSRF-Token": token.content };
      const reply = await fetch(stay ? "/session" : "/session/left", { method: stay ? "POST" : "GET", headers });
      if (reply.status === 401) return { left: 0 };
      return reply.ok ? await reply.json() : null;
    } catch {
      return null; // no network: asked again
    }
  }
  async function watch(stay = false) {
    if (asked && !stay) return;
    asked = true;
    const found = await timeLeft(stay);
    asked = false;
    if (found === null) return void (askAt = Date.now() + 15000);
    if (found.left > 0) hadSession = true;
    const soon = found.left <= WARNED_BEFORE;
    askAt = Date.now() + 1000 * (soon ? Math.min(found.left, 10) : found.left - WARNED_BEFORE);
    if (!hadSession) askAt = Infinity;
    else if (!soon) showIdle("");
    else if (found.left > 0) showIdle(found.last ? "last" : "soon", found.left <= 60);
    else sessionEnded();
    if (stay) tabs?.postMessage("stayed");
  }
  function sessionEnded() {
    askAt = Infinity;
    if (!dialog.open) showIdle("over");
  }
  function showIdle(state, late = false) {
    const words = state && idle.querySelector(`[data-idle="${state}"] p`);
    if (late) words.textContent = words.dataset.late;
    if (state !== "last") understood = false;
    if (state === idleShown || (state === "last" && understood)) return;
    idleShown = state;
    for (const part of all("[data-idle]", idle)) part.hidden = part.dataset.idle !== state;
    idle.hidden = !state;
    if (idle.showPopover && idle.matches(":popover-open") !== Boolean(state)) idle.togglePopover(); // moves no focus
    if (state) announce(`${words.textContent}. ${idle.dataset.where}`);
  }
  if (idle) {
    setInterval(() => { if (Date.now() >= askAt) watch(); }, 1000);
    on("visibilitychange", () => { if (!document.hidden && (hadSession || askAt !== Infinity)) watch(); });
    on("input", () => { if (idleShown === "soon" && !asked) watch(true); });
    on("htmx:afterRequest", () => { if (idleShown === "soon") watch(); });
    on("click", ({ target }) => {
      if (target.closest?.("[data-stay]")) watch(true);
      if (target.closest?.("[data-again]")) {
        showIdle("");
        askToSignIn();
      }
      if (!target.closest?.("[data-understood]")) return;
      showIdle("");
      understood = true;
    });
    on("signed-in", () => { watch(); tabs?.postMessage("stayed"); });
    if (tabs) tabs.onmessage = () => watch();
  }

  // --- skip logic: the server says which conditional cards are shown; the card in use is never taken away
  function hide(card, hidden) {
    if (hidden && card.contains(document.activeElement)) {
      card.addEventListener("focusout", () => setTimeout(applyShown), { once: true });
      return;
    }
    card.hidden = hidden;
  }
  function applyShown() {
    const list = document.getElementById("shown");
    if (!list) return;
    const shown = new Set(list.dataset.shown.split(" "));
    for (const card of all("[data-conditional]")) hide(card, !shown.has(card.id.replace(/^item-/, "")));
  }
  function markErrors() {
    for (const box of all(".co-q__error")) {
      const field = box.parentElement.querySelector(".nhsuk-input, .nhsuk-select, .nhsuk-textarea");
      if (box.firstElementChild) field?.setAttribute("aria-invalid", "true");
      else field?.removeAttribute("aria-invalid");
    }
  }
  for (const type of ["htmx:afterSettle", "htmx:oobAfterSwap"]) {
    on(type, () => { applyShown(); markErrors(); drawSliders(); showCount(); bringIntoSight(); });
  }

  // --- a tab that htmx has exchanged: as after a page load, reading starts at the top, and the title is said
  on("htmx:afterSettle", (event) => {
    if (!event.detail.boosted) return;
    document.getElementById("main").focus({ preventScroll: true });
    announce(document.title);
  });

  // --- whom to call: comes after the answers, into sight once, when an answer has just become worrying
  const safety = document.getElementById("safety");
  let warned = Boolean(safety?.firstElementChild);
  function bringIntoSight() {
    const warns = Boolean(safety?.firstElementChild);
    if (warns && !warned) safety.scrollIntoView({ block: "nearest" });
    warned = warns;
  }

  // --- how far one is: the server's count and what this page has added; what it opens elsewhere counts from the next page on
  const isAnswered = (card) => all("input:not([type=range], [type=hidden]), select, textarea", card)
    .some((field) => (field.matches("[type=radio], [type=checkbox]") ? field.checked : field.value.trim()));
  function count() {
    const cards = all(".co-q[hx-post]").filter((card) => !card.closest("[hidden]"));
    return [cards.filter(isAnswered).length, cards.length];
  }
  const atLoad = count();
  function showCount() {
    const [answered, asked] = count();
    for (const words of all("[data-count]")) {
      const done = Number(words.dataset.done) + answered - atLoad[0];
      const total = Number(words.dataset.total) + asked - atLoad[1];
      words.textContent = words.dataset.count.replace("#done", done).replace("#total", total);
      const bar = words.closest("p").parentElement.querySelector("progress");
      bar.max = total || 1;
      bar.value = done;
    }
  }

  // --- sliders: the number box is the field, the range follows and leads
  const boxOf = (slider) => slider.querySelector(".co-slider__box input");
  const rangeOf = (slider) => slider.querySelector(".co-slider__range");
  function drawSlider(slider) {
    const empty = boxOf(slider).value.trim() === "";
    slider.classList.toggle("co-slider--empty", empty);
    if (empty) rangeOf(slider).setAttribute("aria-valuetext", slider.querySelector(".co-slider__empty").textContent);
    else rangeOf(slider).removeAttribute("aria-valuetext");
  }
  const drawSliders = () => all("[data-slider]").forEach(drawSlider);
  on("input", (event) => {
    const slider = event.target.closest?.("[data-slider]");
    if (!slider) return;
    const number = Number(boxOf(slider).value.replace(",", "."));
    if (event.target === rangeOf(slider)) boxOf(slider).value = event.target.value;
    else if (!Number.isNaN(number)) rangeOf(slider).value = number;
    drawSlider(slider);
  });
  on("pointerup", (event) => { // pressing an untouched slider where it stands is an answer too, but changes no value
    const slider = event.target.closest?.(".co-slider--empty");
    if (!slider || event.target !== rangeOf(slider)) return;
    boxOf(slider).value = event.target.value;
    drawSlider(slider);
    event.target.dispatchEvent(new Event("change", { bubbles: true }));
  });
  drawSliders();

  // --- answers that exclude one another; in the capture phase, so that the card posts the outcome
  on("change", ({ target }) => {
    const card = target.closest?.(".co-q");
    if (!card || !target.checked) return;
    for (const other of all('input[type="checkbox"]', card)) {
      const clash = "exclusive" in target.dataset || "exclusive" in other.dataset;
      if (target.type === "checkbox" && other !== target && clash) other.checked = false;
    }
    for (const words of all("[data-other-of]", card)) words.value = "";
  }, true);
  on("input", ({ target }) => {
    if (!target.dataset?.otherOf || !target.value) return;
    for (const radio of all('input[type="radio"]', target.closest(".co-q"))) radio.checked = false;
  });

  // --- small things
  on("click", (event) => { if (event.target.closest?.("[data-print]")) print(); });
  document.getElementById("error-summary")?.focus();
})();
