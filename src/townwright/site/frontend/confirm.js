// A button or link with data-confirm, or hx-confirm, asks first in a dialog of the page, never in one of the browser.
const ask = (words, yes) => {
  const dialog = document.getElementById("confirm");
  dialog.querySelector("[data-words]").textContent = words;
  dialog.onclose = () => {
    if (dialog.returnValue === "yes") yes();
    dialog.returnValue = "";
  };
  dialog.showModal();
};

export const confirmations = () => {
  document.addEventListener(
    "click",
    (event) => {
      const asked = event.target.closest("[data-confirm]");
      if (!asked || asked.dataset.confirmed) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      ask(asked.dataset.confirm, () => {
        asked.dataset.confirmed = "yes";
        asked.click();
        delete asked.dataset.confirmed;
      });
    },
    true,
  );
  document.addEventListener("htmx:confirm", (event) => {
    if (!event.detail.question) return;
    event.preventDefault();
    ask(event.detail.question, () => event.detail.issueRequest(true));
  });
};
