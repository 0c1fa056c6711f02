// Documents: looking closely at an image, and how far an upload has come. Both work without this file.
(() => {
  "use strict";

  // --- an image: its width in the window, in percent; the window scrolls by itself, with arrows, wheel and finger
  const STEPS = [100, 150, 200, 300, 400, 600, 800];
  for (const viewer of document.querySelectorAll("[data-viewer]")) {
    const frame = viewer.querySelector("[data-window]");
    const image = viewer.querySelector("[data-image]");
    const said = viewer.querySelector("[data-zoom-said]");
    let step = 0;

    const show = (wanted) => {
      const next = Math.max(0, Math.min(STEPS.length - 1, wanted));
      if (next === step) return;
      // What stood in the middle stays there.
      const across = (frame.scrollLeft + frame.clientWidth / 2) / frame.scrollWidth;
      const down = (frame.scrollTop + frame.clientHeight / 2) / frame.scrollHeight;
      step = next;
      viewer.classList.toggle("is-zoomed", step > 0);
      image.style.width = step ? `${STEPS[step]}%` : "";
      frame.scrollLeft = across * frame.scrollWidth - frame.clientWidth / 2;
      frame.scrollTop = down * frame.scrollHeight - frame.clientHeight / 2;
      said.textContent = viewer.dataset.said.replace("{}", STEPS[step]);
    };
    const acts = { in: () => show(step + 1), out: () => show(step - 1), fit: () => show(0) };
    const keys = { "+": "in", "=": "in", "-": "out", "−": "out", 0: "fit" };

    viewer.addEventListener("click", (event) => {
      const button = event.target.closest("[data-zoom]");
      if (button) acts[button.dataset.zoom]();
    });
    viewer.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in keys)) return;
      event.preventDefault();
      acts[keys[event.key]]();
    });
  }

  // --- an upload: what is too large is said before it is sent; then how much has arrived
  const LARGEST = 20 * 1024 * 1024;
  const TOGETHER = 60 * 1024 * 1024;
  const MOST = 10;
  const formOf = (event) => event.target.closest?.("form[data-upload]");
  const say = (text) => { document.getElementById("upload-said").textContent = text; };

  const problem = (form) => {
    const files = [...form.querySelector('input[type="file"]').files];
    const large = files.find((file) => file.size > LARGEST);
    if (files.length > MOST) return form.dataset.tooMany;
    if (large) return `${large.name} – ${form.dataset.tooLarge}`;
    return files.reduce((sum, file) => sum + file.size, 0) > TOGETHER ? form.dataset.together : "";
  };
  document.addEventListener("change", (event) => {
    const form = formOf(event);
    if (form && event.target.type === "file") say(problem(form));
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = formOf(event);
    const words = form && problem(form);
    if (!words) return;
    event.preventDefault();
    say(words);
    form.querySelector('input[type="file"]').focus();
  });
  document.addEventListener("htmx:xhr:progress", (event) => {
    const form = formOf(event);
    const { loaded, total, lengthComputable } = event.detail;
    if (!form || !lengthComputable || !total) return;
    const tenth = Math.floor((loaded / total) * 10) * 10; // said ten times at most
    say(tenth < 100 ? form.dataset.sent.replace("{}", tenth) : form.dataset.keeping);
  });
  for (const type of ["htmx:sendError", "htmx:responseError"]) {
    document.addEventListener(type, (event) => { const form = formOf(event); if (form) say(form.dataset.failed); });
  }
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.requestConfig?.elt.matches?.("form[data-upload]") && [413, 429, 503].includes(event.detail.xhr.status)) {
      event.detail.shouldSwap = true; // the form again, with words
      event.detail.isError = false;
    }
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id === "adding") document.getElementById("error-summary")?.focus();
  });
})();
