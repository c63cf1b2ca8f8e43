import "./board.css";
import { BarChart, LineChart, ScatterChart, TreemapChart } from "echarts/charts";
import { GeoComponent, GraphicComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { feature } from "topojson-client";
import land from "world-atlas/land-110m.json";

echarts.use([BarChart, LineChart, ScatterChart, TreemapChart, GeoComponent, GraphicComponent, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);
// Land and water only: no border is drawn. A shape that lies across the date line would draw a line around the world.
const shapes = feature(land, land.objects.land).features[0].geometry.coordinates;
const wide = ([ring]) => {
  const [east, north] = [0, 1].map((place) => ring.map((at) => at[place]));
  return Math.max(...east) - Math.min(...east) > 300 && Math.max(...north) - Math.min(...north) < 10;
};
const coordinates = shapes.filter((shape) => !wide(shape));
echarts.registerMap("land", { type: "FeatureCollection", features: [{ type: "Feature", properties: { name: "" }, geometry: { type: "MultiPolygon", coordinates } }] });

const board = document.getElementById("board");
const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize);
const told = (root) => JSON.parse(root.getElementById("charts").textContent);

const base = () => ({
  animation: !still,
  animationDuration: 600,
  color: [1, 2, 3, 4, 5, 6].map((number) => token(`--b-${number}`)),
  textStyle: { fontFamily: token("--b-font"), fontSize: rem() * 0.8, color: token("--b-text") },
  // Rich text, not HTML: what is shown stays text, and no style is written into the page.
  tooltip: { renderMode: "richText", backgroundColor: token("--b-raised"), borderColor: token("--b-line"), textStyle: { color: token("--b-text"), fontSize: rem() * 0.8 } },
});
const axis = () => ({ axisLabel: { color: token("--b-soft"), fontSize: rem() * 0.75 }, axisLine: { lineStyle: { color: token("--b-line") } }, axisTick: { show: false }, splitLine: { lineStyle: { color: token("--b-line"), opacity: 0.5 } } });
// Axis labels as the figures themselves are told: the page's language says which scale.
const chinese = document.documentElement.lang.startsWith("zh");
const scaled = (value) => {
  const steps = chinese ? [[1e8, "亿"], [1e4, "万"]] : [[1e9, "bn"], [1e6, "m"], [1e3, "k"]];
  const step = steps.find(([size]) => Math.abs(value) >= size);
  return step ? `${Number((value / step[0]).toFixed(1))}${chinese ? "" : " "}${step[1]}` : value;
};

const trend = (data) => ({
  ...base(),
  grid: { left: rem() * 0.5, right: rem() * 0.5, top: rem() * 2.4, bottom: rem() * 0.4, containLabel: true },
  legend: { top: 0, left: 0, icon: "roundRect", itemWidth: rem(), itemHeight: rem() * 0.5, textStyle: { color: token("--b-soft"), fontSize: rem() * 0.75 } },
  tooltip: { ...base().tooltip, trigger: "axis", formatter: (points) => [points[0].axisValue, ...points.map((one) => `${one.seriesName}  ${data.series[one.seriesIndex].shown[one.dataIndex]}`)].join("\n") },
  xAxis: { type: "category", data: data.years, ...axis(), splitLine: { show: false } },
  yAxis: [0, 1].map((place) => ({ type: "value", ...axis(), splitNumber: 4, splitLine: { ...axis().splitLine, show: place === 0 }, axisLabel: { ...axis().axisLabel, formatter: scaled } })),
  series: data.series.map((one, place) => ({
    name: one.name,
    type: one.fiscal ? "line" : "bar",
    yAxisIndex: one.fiscal ? 1 : 0,
    data: one.values,
    barMaxWidth: rem() * 2.2,
    symbolSize: rem() * 0.5,
    lineStyle: { width: rem() * 0.16 },
    z: one.fiscal ? 3 : 2,
    itemStyle: one.fiscal ? { color: token("--b-2") } : { color: token(place ? "--b-pale" : "--b-1"), borderRadius: [rem() * 0.2, rem() * 0.2, 0, 0] },
    label: one.fiscal ? { show: true, position: "top", distance: rem() * 0.6, color: token("--b-2"), fontSize: rem() * 0.85, fontWeight: 600, textBorderColor: token("--b-ground"), textBorderWidth: rem() * 0.25, formatter: ({ value }) => scaled(value) } : undefined,
  })),
});

const tree = (data) => ({
  ...base(),
  series: [{
    type: "treemap",
    left: 0, right: 0, top: 0, bottom: 0,
    roam: false,
    nodeClick: false,
    breadcrumb: { show: false },
    data: data.nodes,
    label: { fontSize: rem() * 0.85, color: token("--b-on"), formatter: ({ name, value }) => `${name}\n${value}` },
    upperLabel: { show: true, height: rem() * 1.6, color: token("--b-text"), fontSize: rem() * 0.8, formatter: ({ name, value }) => `${name}  ${value}` },
    itemStyle: { borderColor: token("--b-ground"), gapWidth: 1, borderWidth: 1 },
    levels: [
      { itemStyle: { borderWidth: 0, gapWidth: rem() * 0.25 }, upperLabel: { show: false } },
      { itemStyle: { borderColor: token("--b-raised"), borderWidth: rem() * 0.15, gapWidth: 1 }, colorAlpha: [0.72, 1] },
    ],
  }],
});

const bars = (data) => ({
  ...base(),
  grid: { left: rem() * 0.25, right: rem() * 4.5, top: rem() * 1.8, bottom: 0, containLabel: true },
  legend: { top: 0, left: 0, icon: "roundRect", itemWidth: rem(), itemHeight: rem() * 0.5, textStyle: { color: token("--b-soft"), fontSize: rem() * 0.75 } },
  tooltip: { ...base().tooltip, trigger: "axis", axisPointer: { type: "none" }, formatter: (points) => [points[0].name, ...points.map((one) => `${one.seriesName}  ${data.series[one.seriesIndex].shown[one.dataIndex]}`)].join("\n") },
  xAxis: { type: "value", ...axis(), show: false, max: "dataMax" },
  yAxis: { type: "category", inverse: true, data: data.names, ...axis(), axisLine: { show: false }, splitLine: { show: false }, axisLabel: { color: token("--b-text"), fontSize: rem() * 0.78, width: rem() * 12.5, overflow: "truncate" } },
  series: data.series.map((one, place) => ({
    name: one.name, type: "bar", stack: "all", data: one.values, barMaxWidth: rem() * 2, itemStyle: { color: token(place ? "--b-pale" : "--b-1") },
    label: place === data.series.length - 1 ? { show: true, position: "right", color: token("--b-text"), fontSize: rem() * 0.75, formatter: ({ dataIndex }) => scaled(data.series.reduce((sum, each) => sum + each.values[dataIndex], 0)) } : undefined,
  })),
});

// The middle of the points and how near: the world for points on two continents, a region for neighbours.
const around = (points) => {
  const [east, north] = [0, 1].map((place) => points.map((one) => one.at[place]));
  const middle = (values) => (Math.min(...values) + Math.max(...values)) / 2;
  const span = Math.max(Math.max(...east) - Math.min(...east), 2 * (Math.max(...north) - Math.min(...north)), 40);
  return { center: [middle(east), middle(north)], zoom: Math.min(Math.max(360 / (span * 1.45), 1), 6) };
};
const graticule = () => {
  const lines = [];
  for (let east = -180; east <= 180; east += 15) lines.push([[east, -85], [east, 85]]);
  for (let north = -75; north <= 75; north += 15) lines.push([[-180, north], [180, north]]);
  return lines;
};
const map = (data) => ({
  ...base(),
  geo: {
    map: "land", roam: false, silent: true, ...(data.points.length ? around(data.points) : {}), aspectScale: 0.85,
    itemStyle: { areaColor: token("--b-land"), borderColor: token("--b-shore"), borderWidth: 1 },
    label: { show: false }, emphasis: { disabled: true },
  },
  series: [
    { type: "scatter", coordinateSystem: "geo", symbolSize: rem() * 0.35, itemStyle: { color: token("--b-3"), opacity: 0.7 }, data: data.points.filter((one) => one.abroad).map((one) => ({ name: one.name, value: one.at })), tooltip: { formatter: ({ name }) => name } },
    {
      type: "scatter", coordinateSystem: "geo", symbolSize: rem() * 0.9,
      data: data.points.filter((one) => !one.abroad).map((one) => ({
        name: one.name, value: one.at,
        itemStyle: { color: token(one.own ? "--b-2" : "--b-1"), borderColor: token("--b-ground"), borderWidth: 2, shadowBlur: rem(), shadowColor: token(one.own ? "--b-2" : "--b-1") },
      })),
      label: { show: true, position: "right", color: token("--b-text"), fontSize: rem() * 0.85, formatter: ({ name }) => name, textBorderColor: token("--b-ground"), textBorderWidth: rem() * 0.2 },
      labelLayout: { hideOverlap: true }, tooltip: { formatter: ({ name }) => name },
    },
  ],
});

// How far the returns are, and what came in today, are plain elements: a bar needs no canvas.
const made = (name, text, parent) => {
  const element = document.createElement("div");
  element.className = name;
  element.textContent = text;
  parent.append(element);
  return element;
};
const progress = (element, data) => {
  element.replaceChildren();
  for (const one of data.bars) {
    const row = made("b-progress", "", element);
    made("b-progress-name", one.name, row);
    made("b-progress-share figure", one.due ? `${Math.floor((1000 * one.filed) / one.due) / 10}%` : "—", row);
    const bar = made("b-progress-bar", "", row);
    for (const [part, name] of [[one.filed, "is-filed"], [one.accepted, "is-accepted"]]) {
      made(name, "", bar).style.width = `${one.due ? Math.min(100, (100 * part) / one.due) : 0}%`;
    }
    made("b-progress-count figure", one.told, row);
  }
};
const live = (element, data) => {
  element.replaceChildren();
  for (const one of data.counters) {
    const row = made("b-counter", "", element);
    made("b-counter-value figure", String(one.value), row);
    made("b-counter-name", one.name, row);
  }
};

const drawn = { trend, tree, bars, map };
const plain = { progress, live };
const charts = new Map();
const draw = () => {
  const all = told(document);
  for (const element of document.querySelectorAll("[data-tile]")) {
    const data = all[element.dataset.tile];
    if (!data) continue;
    if (plain[data.kind]) {
      plain[data.kind](element, data);
      continue;
    }
    const chart = charts.get(element) ?? echarts.init(element);
    charts.set(element, chart);
    chart.setOption(drawn[data.kind](data), true);
    if (data.kind === "map") meridians(chart);
  }
};
const meridians = (chart) => {
  const lines = graticule().map((line) => line.map((place) => chart.convertToPixel("geo", place)));
  chart.setOption({
    graphic: lines.filter((line) => line.every((place) => place?.every(Number.isFinite))).map(([from, to]) => ({ type: "line", z: -1, silent: true, shape: { x1: from[0], y1: from[1], x2: to[0], y2: to[1] }, style: { stroke: token("--b-line"), lineWidth: 1, opacity: 0.6 } })),
  });
};
draw();

let waiting;
addEventListener("resize", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    for (const chart of charts.values()) chart.resize();
    draw();
  }, 150);
});

// News: the page is fetched anew, and what it says takes the place of what stands here.
const renew = async () => {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return location.reload();
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const now = fresh.getElementById("board");
  if (!now) return location.reload();
  for (const part of document.querySelectorAll("[data-part]")) {
    const other = fresh.querySelector(`[data-part="${part.dataset.part}"]`);
    if (other && other.innerHTML !== part.innerHTML) part.replaceChildren(...other.childNodes);
  }
  document.getElementById("charts").textContent = fresh.getElementById("charts").textContent;
  board.dataset.version = now.dataset.version;
  draw();
};
const state = document.getElementById("live");
const listen = () => {
  const source = new EventSource(board.dataset.stream);
  source.addEventListener("version", (event) => {
    state.dataset.state = "live";
    if (event.data !== board.dataset.version) renew();
  });
  source.addEventListener("error", () => {
    // Every stream ends after some seconds and comes back by itself; one that was refused does not.
    if (source.readyState !== EventSource.CLOSED) return;
    state.dataset.state = "lost";
    setTimeout(listen, 30_000);
  });
};
listen();

const clock = document.getElementById("clock");
const tick = () => {
  const parts = new Intl.DateTimeFormat("sv-SE", { timeZone: clock.dataset.zone, dateStyle: "short", timeStyle: "short" });
  clock.textContent = parts.format(new Date());
};
tick();
setInterval(tick, 10_000);

const full = document.getElementById("full");
if (document.fullscreenEnabled) {
  full.hidden = false;
  full.addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()));
}
