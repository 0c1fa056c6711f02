// Other ways to receive a code appear when they can be used. Without this file they stand there from the start.
(() => {
  "use strict";
  for (const part of document.querySelectorAll("[data-later]")) {
    const seconds = Number(part.dataset.later);
    if (!seconds) continue;
    part.hidden = true;
    setTimeout(() => {
      part.hidden = false;
      document.getElementById("live").textContent = part.dataset.ready;
    }, seconds * 1000);
  }
})();
