// Runs before the page is drawn, so that a dark page does not flash white. Chosen: "light", "dark", or nothing: as the system has it.
(() => {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => {
    try {
      return localStorage.getItem("townwright-theme");
    } catch {
      return null;
    }
  };
  const show = () => {
    const choice = chosen();
    document.documentElement.dataset.bsTheme = choice ?? (system.matches ? "dark" : "light");
    document.documentElement.dataset.themeChoice = choice ?? "system";
    document.dispatchEvent(new CustomEvent("townwright:theme"));
  };
  window.townwrightTheme = (choice) => {
    try {
      choice === "system" ? localStorage.removeItem("townwright-theme") : localStorage.setItem("townwright-theme", choice);
    } catch {
      // A browser that keeps nothing still changes the page in hand.
      document.documentElement.dataset.bsTheme = choice === "system" ? (system.matches ? "dark" : "light") : choice;
      return;
    }
    show();
  };
  system.addEventListener("change", show);
  window.addEventListener("storage", show);
  show();
})();
