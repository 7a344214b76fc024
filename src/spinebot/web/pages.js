/* The demo page: its controls set the attributes of the widget at the corner, as the owner of a page would. */
(() => {
  "use strict";
  const corner = document.getElementById("corner");
  for (const control of document.querySelectorAll("[data-set]")) {
    const set = () => {
      if (control.type === "checkbox") corner.toggleAttribute(control.dataset.set, control.checked);
      else corner.setAttribute(control.dataset.set, control.value);
    };
    control.addEventListener("change", set);
    set(); // a browser keeps what was chosen when a page is loaded anew
  }
  for (const button of document.querySelectorAll("[data-ask]"))
    button.addEventListener("click", () => corner.ask(button.dataset.ask).catch(() => {})); // the chat itself says what went wrong

  const snippet = document.querySelector("[data-snippet]");
  snippet.textContent = snippet.textContent.replace("widget.js", new URL("widget.js", location.href).href);
  const copied = document.querySelector("[data-copied]");
  document.querySelector("[data-copy]").addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(snippet.textContent);
      copied.textContent = "Copied.";
    } catch {
      getSelection().selectAllChildren(snippet);
      copied.textContent = "Selected: now copy.";
    }
  });
})();
