// What was typed when a session had ended: the page that holds it leads on to the form, and the form is filled with it.
const forward = document.querySelector("[data-held-forward]");
if (forward && !new URLSearchParams(location.search).has("stay")) location.replace(forward.dataset.heldForward);
const held = document.getElementById("held-form");
if (held) {
  const { path, fields } = JSON.parse(held.textContent);
  const form = [...document.forms].find((one) => new URL(one.action, location).href === new URL(path, location).href && fields.some(([name]) => one.elements.namedItem(name)));
  for (const element of form?.elements ?? []) {
    const values = fields.find(([name]) => name === element.name)?.[1];
    if (element.type === "checkbox" || element.type === "radio") element.checked = values?.includes(element.value) ?? false;
    else if (values && !["submit", "button", "file"].includes(element.type) && element.name !== "csrfmiddlewaretoken") {
      if (element.multiple) for (const option of element.options) option.selected = values.includes(option.value);
      else element.value = values.shift() ?? "";
    }
  }
}
