import { Offcanvas } from "@tabler/core/dist/js/tabler.esm.min.js";

// A link whose hx-target is #drawer-body opens the drawer once its answer is there; the page below stays as it is.
export const drawer = () => {
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "drawer-body") return;
    const sheet = document.getElementById("drawer");
    const heading = event.detail.target.querySelector("h1, h2");
    document.getElementById("drawer-title").textContent = heading?.textContent.trim() ?? "";
    heading?.remove();
    Offcanvas.getOrCreateInstance(sheet).show();
  });
};
