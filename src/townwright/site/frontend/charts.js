import { BarChart, LineChart, PieChart, ScatterChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

echarts.use([BarChart, LineChart, PieChart, ScatterChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const colours = () => [1, 2, 3, 4, 5, 6].map((number) => token(`--tw-chart-${number}`));

// A chart draws what its table says: a row a category, a column a series; data-value holds the bare number.
const read = (table) => ({
  series: [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent.trim()),
  rows: [...table.tBodies[0].rows].map((row) => ({
    name: row.cells[0].textContent.trim(),
    cells: [...row.cells].slice(1),
  })),
});
const number = (cell) => (cell?.dataset.value ? Number(cell.dataset.value) : null);
const escaped = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

const common = () => ({
  aria: { enabled: true },
  color: colours(),
  textStyle: { fontFamily: token("--tblr-font-sans-serif") || "sans-serif", color: token("--tblr-body-color") },
  animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
});
const axis = () => ({
  axisLabel: { color: token("--tblr-secondary"), hideOverlap: true },
  axisLine: { lineStyle: { color: token("--tw-chart-line") } },
  splitLine: { lineStyle: { color: token("--tw-chart-line") } },
});

const plotted = (kind, { series, rows }) => {
  const shown = (place) => (index) => rows[index]?.cells[place]?.textContent.trim() ?? "";
  if (kind === "pie") {
    const data = rows.map((row) => ({ name: row.name, value: number(row.cells[0]) }));
    return { tooltip: { formatter: ({ dataIndex, name }) => `${escaped(name)}: ${escaped(shown(0)(dataIndex))}` }, series: [{ type: "pie", radius: ["45%", "75%"], data, label: { color: token("--tblr-body-color") } }] };
  }
  const flat = kind === "hbar";
  const names = { type: "category", data: rows.map((row) => row.name), inverse: flat, ...axis(), splitLine: { show: false } };
  const values = { type: "value", ...axis() };
  return {
    grid: { left: 8, right: 24, top: series.length > 1 ? 40 : 16, bottom: 8, containLabel: true },
    legend: series.length > 1 ? { top: 4, textStyle: { color: token("--tblr-body-color") } } : undefined,
    tooltip: {
      trigger: "axis",
      formatter: (points) => [escaped(points[0].name), ...points.map((point) => `${point.marker} ${escaped(point.seriesName)}: ${escaped(shown(point.seriesIndex)(point.dataIndex))}`)].join("<br>"),
    },
    xAxis: flat ? values : names,
    yAxis: flat ? names : values,
    series: series.map((name, place) => ({ name, type: kind === "line" ? "line" : "bar", data: rows.map((row) => number(row.cells[place])), barMaxWidth: 40, connectNulls: false })),
  };
};

// A map without tiles: points where they lie, a kilometre as long from west to east as from south to north.
const mapped = ({ rows }, element) => {
  const points = rows
    .map((row) => ({ name: row.name, told: row.cells[0].textContent.trim(), value: [number(row.cells[1]), number(row.cells[2])], size: number(row.cells[0]) }))
    .filter((point) => point.value.every((part) => part !== null));
  const most = Math.max(1, ...points.map((point) => point.size ?? 0));
  const middle = [0, 1].map((place) => (points.length ? (Math.min(...points.map((point) => point.value[place])) + Math.max(...points.map((point) => point.value[place]))) / 2 : 0));
  const reach = (place) => Math.max(0.01, ...points.map((point) => Math.abs(point.value[place] - middle[place]))) * 1.15;
  // A degree of longitude is shorter than one of latitude by the cosine of the latitude.
  const shorter = Math.max(0.1, Math.cos((middle[1] * Math.PI) / 180));
  const wide = Math.max(1, element.clientWidth) / Math.max(1, element.clientHeight);
  const up = Math.max(reach(1), (reach(0) * shorter) / wide);
  const across = (up * wide) / shorter;
  const degrees = (letters) => (value) => `${Number(Math.abs(value).toFixed(2))}°${value < 0 ? letters[1] : letters[0]}`;
  const side = (letters, place, far) => ({
    type: "value", min: middle[place] - far, max: middle[place] + far, ...axis(),
    axisLabel: { color: token("--tblr-secondary"), formatter: degrees(letters), hideOverlap: true, showMinLabel: false, showMaxLabel: false },
  });
  return {
    grid: { left: 8, right: 8, top: 8, bottom: 8, containLabel: true },
    tooltip: { formatter: ({ data }) => `${escaped(data.name)}: ${escaped(data.told)}` },
    xAxis: side("EW", 0, across),
    yAxis: side("NS", 1, up),
    series: [
      {
        type: "scatter", data: points, symbolSize: (_value, { data }) => 8 + 22 * Math.sqrt((data.size ?? 0) / most), itemStyle: { opacity: 0.75 },
        label: { show: points.length <= 15, formatter: "{b}", position: "right", color: token("--tblr-body-color") }, labelLayout: { hideOverlap: true },
      },
    ],
  };
};

const draw = (card) => {
  const element = card.querySelector(".chart");
  const told = read(card.querySelector(".twin"));
  const kind = card.dataset.chartCard;
  const chart = echarts.getInstanceByDom(element) ?? echarts.init(element);
  chart.setOption({ ...common(), ...(kind === "map" ? mapped(told, element) : plotted(kind, told)) }, true);
  return chart;
};

export const charts = (part) => {
  for (const card of part.querySelectorAll("[data-chart-card]")) {
    card.dataset.shows = "chart";
    const chart = draw(card);
    new ResizeObserver(() => (card.dataset.chartCard === "map" ? draw(card) : chart).resize()).observe(card.querySelector(".chart"));
    const toggle = card.querySelector("[data-chart-toggle]");
    toggle.addEventListener("click", () => {
      const table = card.dataset.shows === "chart";
      card.dataset.shows = table ? "table" : "chart";
      toggle.setAttribute("aria-pressed", String(table));
      chart.resize();
    });
    document.addEventListener("townwright:theme", () => card.isConnected && draw(card));
  }
};
