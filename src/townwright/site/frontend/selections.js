// A checkbox with data-select-all: NAME ticks the checkboxes of that name in its form; it is ticked while all of them are.
export const selections = (part) => {
  for (const all of part.querySelectorAll?.("[data-select-all]") ?? []) {
    const boxes = [...all.form.elements].filter((box) => box.type === "checkbox" && box.name === all.dataset.selectAll);
    const follow = () => {
      const ticked = boxes.filter((box) => box.checked).length;
      all.checked = boxes.length > 0 && ticked === boxes.length;
      all.indeterminate = ticked > 0 && ticked < boxes.length;
    };
    all.disabled = boxes.length === 0;
    all.addEventListener("change", () => boxes.forEach((box) => (box.checked = all.checked)));
    boxes.forEach((box) => box.addEventListener("change", follow));
  }
};
