import { Toast } from "@tabler/core/dist/js/tabler.esm.min.js";

const LEVELS = ["success", "info", "warning", "error"];

const show = (element) => {
  element.addEventListener("hidden.bs.toast", () => element.remove());
  Toast.getOrCreateInstance(element).show();
};

// Messages that came with the page, and those that an answer to htmx tells in HX-Trigger: {"toast": [{level, text}]}.
export const toasts = () => {
  const container = document.getElementById("toasts");
  if (!container) return;
  for (const element of container.querySelectorAll(".toast")) show(element);
  document.body.addEventListener("toast", (event) => {
    for (const { level, text } of event.detail.value ?? event.detail) {
      const element = document.getElementById("toast-blank").content.firstElementChild.cloneNode(true);
      element.querySelector(".toast-body").textContent = text;
      element.classList.add(`alert-${LEVELS.includes(level) ? level : "info"}`);
      // What went wrong stays until it is closed.
      element.dataset.bsAutohide = String(level === "success" || level === "info");
      container.append(element);
      show(element);
    }
  });
};
