// The receipt's page: its print button. The receipt itself is there without any script.
for (const button of document.querySelectorAll("button[data-print]")) {
  button.addEventListener("click", () => print());
}
