// Arrow keys in a table of visits. Without this file every link is reached with the tab key.
(() => {
  "use strict";
  const table = document.querySelector("table[data-grid]");
  if (!table) return;
  const rows = [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.querySelector("a") || cell));
  if (!rows.length) return;
  table.setAttribute("role", "grid");
  const links = table.tBodies[0].querySelectorAll("a");
  for (const link of links) link.tabIndex = -1;
  let at = [0, 0];
  const put = (row, column, focus) => {
    rows[at[0]][at[1]].tabIndex = -1;
    at = [row, column];
    const place = rows[row][column];
    place.tabIndex = 0;
    if (!focus) return;
    place.focus();
    place.scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  put(0, 0, false);
  const last = (row) => rows[row].length - 1;
  const within = (number, most) => Math.min(Math.max(number, 0), most);
  const moves = {
    ArrowRight: ([row, column]) => [row, column + 1],
    ArrowLeft: ([row, column]) => [row, column - 1],
    ArrowDown: ([row, column]) => [row + 1, column],
    ArrowUp: ([row, column]) => [row - 1, column],
    PageDown: ([row, column]) => [row + 10, column],
    PageUp: ([row, column]) => [row - 10, column],
    Home: ([row]) => [row, 0],
    End: ([row]) => [row, last(row)],
  };
  table.addEventListener("focusin", (event) => {
    const cell = event.target.closest("td, th");
    if (cell && cell.closest("tbody")) put(cell.parentNode.sectionRowIndex, cell.cellIndex, false);
  });
  table.addEventListener("keydown", (event) => {
    if (event.altKey || event.metaKey || event.shiftKey) return;
    const whole = event.ctrlKey && (event.key === "Home" || event.key === "End");
    if (!moves[event.key] || (event.ctrlKey && !whole)) return;
    let [row, column] = moves[event.key](at);
    if (whole) row = event.key === "Home" ? 0 : rows.length - 1;
    row = within(row, rows.length - 1);
    column = whole && event.key === "End" ? last(row) : within(column, last(row));
    event.preventDefault();
    put(row, column, true);
  });
})();
