// Who a patient is: a whole date pasted into the first box goes to the three; a button copies a code.
// Without this file the server reads the whole date, and the code is selected by hand.
(() => {
  "use strict";
  const live = document.getElementById("live");

  for (const group of document.querySelectorAll("[data-whole-date]")) {
    const [day, month, year] = group.querySelectorAll("input");
    day.addEventListener("paste", (event) => {
      const text = event.clipboardData.getData("text").trim();
      const french = text.match(/^(\d{1,2})[\s./-](\d{1,2})[\s./-](\d{4})$/);
      const iso = text.match(/^(\d{4})-(\d{2})-(\d{2})$/);
      const parts = french ? french.slice(1) : iso ? iso.slice(1).reverse() : null;
      if (!parts) return; // anything else the server reads
      event.preventDefault();
      [day.value, month.value, year.value] = parts;
      year.focus();
    });
  }

  for (const button of document.querySelectorAll("[data-copy]")) {
    if (!navigator.clipboard) continue; // on a page without TLS there is none
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
      live.textContent = button.dataset.copied;
    });
  }
})();
