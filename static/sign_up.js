// The proof of work on the sign-up forms: draws the widget, waits for it when a form is sent early, begins anew once it ran out.
// Without this file the form is sent without a proof, which the server takes under stricter limits.
const place = document.querySelector("[data-proof]");
const form = place?.closest("form");
const live = document.getElementById("live");

if (form && globalThis.$altcha) {
  const { proof, worker, language } = place.dataset;
  const words = JSON.parse(place.dataset.strings);
  globalThis.$altcha.i18n.set(language, { ...globalThis.$altcha.i18n.get("en"), ...words });
  globalThis.$altcha.algorithms.set("PBKDF2/SHA-256", () => new Worker(worker, { type: "module" }));
  const settings = { hideFooter: true, hideLogo: true, humanInteractionSignature: false, validationMessage: words.required };
  globalThis.$altcha.defaults.set(settings);

  const widget = document.createElement("altcha-widget");
  for (const [name, value] of Object.entries({ auto: "onload", challenge: proof, language, name: "altcha" })) {
    widget.setAttribute(name, value);
  }
  let state = "unverified";
  let waiting = null; // the button that was pressed while the check was under way
  let sent = false;
  widget.addEventListener("statechange", (event) => {
    state = event.detail.state;
    if (state === "expired") widget.verify();
    if (state === "error") live.textContent = words.error;
    if (waiting && (state === "verified" || state === "error")) {
      const button = waiting;
      waiting = null;
      // After the widget has written its hidden field.
      setTimeout(() => form.requestSubmit(button), 0);
    }
  });
  form.addEventListener("submit", (event) => {
    if (sent) {
      event.preventDefault();
    } else if (state === "verifying") {
      event.preventDefault();
      waiting = event.submitter;
      live.textContent = words.waitAlert;
    } else {
      sent = true;
    }
  });
  // Back from the next page: the solution has been used, the form may be sent again.
  addEventListener("pageshow", (event) => {
    sent = false;
    if (event.persisted) setTimeout(() => widget.verify(), 0);
  });
  place.querySelector("[data-proof-without]").replaceWith(widget);
}
