import "@tabler/core/dist/css/tabler.min.css";
import "./app.css";
import "@tabler/core/dist/js/tabler.min.js";
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, TooltipComponent, AriaComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

echarts.use([BarChart, LineChart, GridComponent, TooltipComponent, AriaComponent, CanvasRenderer]);

// A chart is an element with data-chart: JSON [[label, value], …]; the table beside it is its twin.
for (const element of document.querySelectorAll("[data-chart]")) {
  const rows = JSON.parse(document.getElementById(element.dataset.chart).textContent);
  const chart = echarts.init(element);
  chart.setOption({
    aria: { enabled: true },
    grid: { left: 48, right: 16, top: 16, bottom: 32 },
    tooltip: { trigger: "axis" },
    xAxis: { type: "category", data: rows.map((row) => row[0] ?? "—") },
    yAxis: { type: "value" },
    series: [{ type: "bar", data: rows.map((row) => Number(row[1])), itemStyle: { color: "#206bc4" } }],
  });
  window.addEventListener("resize", () => chart.resize());
}

// A checkbox with data-select-all: NAME ticks the checkboxes of that name in its form; it is ticked while all of them are.
for (const all of document.querySelectorAll("[data-select-all]")) {
  const boxes = [...all.form.querySelectorAll(`input[type=checkbox][name="${all.dataset.selectAll}"]`)];
  const follow = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = boxes.length > 0 && ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  };
  all.disabled = boxes.length === 0;
  all.addEventListener("change", () => boxes.forEach((box) => (box.checked = all.checked)));
  boxes.forEach((box) => box.addEventListener("change", follow));
}

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

// The editor is loaded by the pages that have one.
for (const area of document.querySelectorAll("textarea[data-editor]")) {
  import("./editor.js").then((editor) => editor.edit(area));
}
