import "@tabler/core/dist/css/tabler.min.css";
import "./app.css";
import htmx from "htmx.org";
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

// What follows is done for the page at first, and for every part that htmx puts in later.
htmx.onLoad((part) => {
  selections(part);
  part.querySelector?.(".error-summary")?.focus();
  // Charts are large: a page without one does not load them.
  if (part.querySelector?.("[data-chart-card]")) import("./charts.js").then(({ charts }) => charts(part));
});
