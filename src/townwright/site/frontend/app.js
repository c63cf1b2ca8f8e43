import "@tabler/core/dist/css/tabler.min.css";
import "./app.css";
import htmx from "htmx.org";
import "./held.js";
import { confirmations } from "./confirm.js";
import { drawer } from "./drawer.js";
import { selections } from "./selections.js";
import { toasts } from "./toasts.js";

// Templates hold no scripts, and no style that htmx would add by itself.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
window.htmx = htmx;

confirmations();
drawer();
toasts();

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-switch]");
  if (!button) return;
  const order = ["system", "light", "dark"];
  const now = order.indexOf(document.documentElement.dataset.themeChoice);
  window.townwrightTheme(order[(now + 1) % order.length]);
});

// An input with data-shortcut is reached by that key from anywhere but another input.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, [contenteditable]")) return;
  const wanted = document.querySelector(`[data-shortcut="${CSS.escape(event.key)}"]`);
  if (wanted) {
    event.preventDefault();
    wanted.focus();
  }
});

// What a search box shows while a person types goes away with Escape, and when the box is left.
for (const box of document.querySelectorAll(".search-box")) {
  const clear = () => box.querySelector(".search-hits").replaceChildren();
  box.addEventListener("keydown", (event) => event.key === "Escape" && clear());
  box.addEventListener("focusout", (event) => box.contains(event.relatedTarget) || clear());
}

// What follows is done for the page at first, and for every part that htmx puts in later.
htmx.onLoad((part) => {
  selections(part);
  part.querySelector?.(".error-summary")?.focus();
  // Charts are large: a page without one does not load them.
  if (part.querySelector?.("[data-chart-card]")) import("./charts.js").then(({ charts }) => charts(part));
  // So is the editor.
  for (const area of part.querySelectorAll?.("textarea[data-editor]") ?? []) import("./editor.js").then((editor) => editor.edit(area));
});
