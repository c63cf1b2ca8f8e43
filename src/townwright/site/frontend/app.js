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
