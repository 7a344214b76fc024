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

  /* What was said in the page as a script, which `spinebot test` plays: read from what the widget remembers in this tab. */
  const saved = document.querySelector("[data-saved]");
  const said = () => {
    try {
      const key = Object.keys(sessionStorage).find((one) => one.startsWith("spine-bot ") && one.endsWith(" inline chat"));
      return JSON.parse(sessionStorage.getItem(key)).turns.filter((turn) => turn.reply);
    } catch {
      return [];
    }
  };
  const expected = (reply) => {
    const lists = { cites: reply.quotes.map((one) => one.passage), caveats: reply.caveats.map((one) => one.id), corrects: reply.corrections.map((one) => one.to) };
    const texts = { kind: reply.kind, intent: reply.intent, ...(reply.urgent && { urgent: reply.urgent.level }) };
    return [...Object.entries(texts).map(([key, text]) => `${key}: ${quoted(text)}`),
      ...Object.entries(lists).filter(([, list]) => list.length).map(([key, list]) => `${key}: [${[...new Set(list)].map(quoted).join(", ")}]`)].join(", ");
  };
  // JSON is YAML but for these, which YAML takes for line ends or does not print.
  const quoted = (value) => JSON.stringify(value).replace(/[\u007f-\u009f\u2028\u2029\ufeff]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
  document.querySelector("[data-save]").addEventListener("click", () => {
    const turns = said();
    if (!turns.length) {
      saved.textContent = "Ask something first.";
      return;
    }
    const steps = turns.map(({ user, reply }) => `      - user: ${quoted(user)}\n        expect: {${expected(reply)}}\n`);
    const script = `conversations:\n  - name: on the demo page\n    steps:\n${steps.join("")}`;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([script], { type: "application/yaml" }));
    link.download = "demo.chat.yaml";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    saved.textContent = `Saved: ${steps.length} ${steps.length === 1 ? "step" : "steps"}. Play it with spinebot test demo.chat.yaml`;
  });

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
