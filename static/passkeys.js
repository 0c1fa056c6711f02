// Passkeys: asks the device to make or to use one, and says in words what went wrong.
// A form with data-passkey="<address>" posts to <address>/options, then what the device answers to <address>.
(() => {
  "use strict";
  const credentials = window.PublicKeyCredential;
  const can = Boolean(credentials?.parseCreationOptionsFromJSON && credentials.parseRequestOptionsFromJSON);
  let running = false;

  class Refused extends Error {}

  async function ask(address, body) {
    const token = document.querySelector('meta[name="csrf-token"]').content;
    const reply = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": token },
      body: JSON.stringify(body),
    });
    if (reply.redirected) { // signed out meanwhile, or to be confirmed first
      location.assign(reply.url);
      return new Promise(() => {});
    }
    if (!reply.headers.get("Content-Type")?.startsWith("application/json")) throw new TypeError(String(reply.status));
    const said = await reply.json();
    if (!reply.ok) throw new Refused(said.problem);
    return said;
  }

  async function answer(address, adding) {
    const base = address.replace(/\/$/, "");
    const options = await ask(`${base}/options`, {});
    const credential = adding
      ? await navigator.credentials.create({ publicKey: credentials.parseCreationOptionsFromJSON(options) })
      : await navigator.credentials.get({ publicKey: credentials.parseRequestOptionsFromJSON(options) });
    return credential.toJSON();
  }

  // Browsers do not tell giving up from waiting too long, so that pages learn nothing: only the clock does.
  function wordsFor(error, status, since) {
    if (error instanceof Refused) return error.message;
    if (error.name === "InvalidStateError") return status.dataset.known;
    if (error.name === "NotSupportedError" || error.name === "SecurityError") return status.dataset.unsupported;
    if (error.name === "NotAllowedError" || error.name === "AbortError") {
      return performance.now() - since > 55000 ? status.dataset.late : status.dataset.cancelled;
    }
    return status.dataset.failed;
  }

  async function run(form) {
    const status = form.querySelector("[data-passkey-status]");
    if (!can) return void (status.textContent = status.dataset.unsupported);
    if (running) return;
    running = true;
    const since = performance.now();
    const adding = form.elements.name instanceof HTMLInputElement;
    const address = form.dataset.passkey;
    status.textContent = status.dataset.busy;
    try {
      const body = { credential: await answer(address, adding) };
      body[adding ? "name" : "next"] = adding ? form.elements.name.value : form.elements.next.value;
      const said = await ask(address, body);
      const held = document.getElementById("confirmed"); // what was typed before goes along
      if (held) held.submit();
      else location.assign(said.next);
    } catch (error) {
      status.textContent = wordsFor(error, status, since);
    }
    running = false;
  }

  document.addEventListener("submit", (event) => {
    const form = event.target.closest?.("[data-passkey]");
    if (!form) return;
    if (form.elements.name instanceof HTMLInputElement && !form.elements.name.value.trim()) return; // the server says so
    event.preventDefault();
    run(form);
  });
})();
