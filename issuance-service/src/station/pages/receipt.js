// The receipt's page: its print button, and its time as clocks here show it. The receipt itself is there without any script.
for (const button of document.querySelectorAll("button[data-print]")) {
  button.addEventListener("click", () => print());
}
for (const cell of document.querySelectorAll("dd")) {
  const time = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(cell.textContent) ? new Date(cell.textContent) : null;
  if (time) {
    cell.title = cell.textContent;
    cell.textContent = new Intl.DateTimeFormat("vi", { dateStyle: "short", timeStyle: "long", hour12: false }).format(time);
  }
}
