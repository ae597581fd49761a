/* What the pages do besides links and forms, all of which work without it. */
"use strict";

/* One key for each decision: a letter presses the button that shows it, unless somebody is writing. The key of a panel opens it
   and goes to its first field: what it holds is read before it is confirmed. */
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (event.target.closest("input, textarea, select")) return;
  const shown = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!shown) return;
  event.preventDefault();
  const panel = shown.closest("details");
  if (panel) {
    panel.open = true;
    panel.querySelector("input:not([type=hidden])").select();
  } else {
    shown.click();
  }
});

/* A sending told as it goes. */
const progress = document.querySelector("[data-events]");
if (progress) {
  const events = new EventSource(progress.dataset.events);
  const show = (event) => { progress.innerHTML = JSON.parse(event.data).html; };
  events.addEventListener("progress", show);
  events.addEventListener("over", (event) => {
    show(event);
    events.close();
    location.reload();
  });
}

/* The check-in page: names ticked by somebody else are shown here too. */
const people = document.querySelector("[data-refresh]");
if (people) {
  setInterval(() => {
    const asked = document.getElementById("q").value;
    if (!document.hidden && !people.contains(document.activeElement)) {
      htmx.ajax("GET", `${people.dataset.refresh}?q=${encodeURIComponent(asked)}`, "#people");
    }
  }, 5000);
}

/* A file dropped anywhere on its card. */
for (const drop of document.querySelectorAll(".drop")) {
  const field = drop.querySelector("input[type=file]");
  drop.addEventListener("dragover", (event) => event.preventDefault());
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    field.files = event.dataTransfer.files;
  });
}
