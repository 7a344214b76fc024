"use strict";
// Filters: without this script every conversation is shown.
const filters = document.getElementById("filters");
const boxes = [...filters.querySelectorAll("input[type=checkbox]")];
const tag = document.getElementById("tag");
const text = document.getElementById("text");
const all = [...document.querySelectorAll("details.conversation")].map((element) => ({
  element,
  outcome: element.dataset.outcome,
  tags: element.dataset.tags.split(" "),
  words: element.textContent.toLowerCase(),
}));

function filter() {
  const outcomes = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
  const wanted = text.value.toLowerCase().trim();
  let shown = 0;
  for (const one of all) {
    const fits = outcomes.has(one.outcome) && (!tag.value || one.tags.includes(tag.value)) && one.words.includes(wanted);
    one.element.hidden = !fits;
    shown += fits;
  }
  document.getElementById("shown").textContent = `${shown} of ${all.length} conversations shown`;
}

function open(opened) {
  for (const one of all) one.element.open = opened && !one.element.hidden;
}

filters.addEventListener("input", filter);
filters.addEventListener("submit", (event) => event.preventDefault());
document.getElementById("open").addEventListener("click", () => open(true));
document.getElementById("close").addEventListener("click", () => open(false));
filters.hidden = false;
filter();
