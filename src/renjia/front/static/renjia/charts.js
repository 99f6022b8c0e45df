/* 图 — draws <div class="chart" role="img" data-chart="the id of a JSON script"> as SVG, without animation.
   The JSON: {kind: "line"|"bar", unit, labels: [..], series: [{name, values: [number|null ..], style?: "dashed"|"dotted"}],
   decimals?: places after the point, band?: {name, low: [..], high: [..]}, target?: {name, value}}.
   The first series is the one that matters. */
(() => {
  "use strict";

  const style = getComputedStyle(document.documentElement);
  const token = (name) => style.getPropertyValue(name).trim();
  const INK = token("--ink");
  const GREY = token("--ink-3");
  const LINE = token("--line");
  const ACCENT = token("--accent");
  const COLOURS = [INK, ACCENT, "#c9a13a", GREY];
  const STYLES = ["solid", "dashed", "solid", "dotted"];
  const writer = (places) => {
    const format = new Intl.NumberFormat("zh-CN", { minimumFractionDigits: places, maximumFractionDigits: places });
    return (value) => (typeof value === "number" ? format.format(value).replace("-", "−") : "—");
  };
  const plain = (value) => String(value).replace("-", "−").replace(/\B(?=(\d{3})+(?!\d))/g, ",");

  // Lines may start elsewhere than 0, on a round number below the least value; bars never do.
  const floor = ({ min, max }) => {
    const step = 10 ** Math.floor(Math.log10(Math.max(max - min, 1e-9)));
    return Math.max(0, Math.floor((min - (max - min) / 4) / step) * step);
  };

  const band = (range) => [
    { name: range.name, data: range.low },
    { name: range.name, data: range.high.map((high, at) => high === null ? null : high - range.low[at]), area: true },
  ].map(({ name, data, area }) => ({
    name, data, type: "line", stack: "band", stackStrategy: "all", symbol: "none", silent: true,
    lineStyle: { opacity: 0 }, areaStyle: area ? { color: token("--s1"), opacity: .6 } : undefined, tooltip: { show: false }, z: 1,
  }));

  const series = (data, written) => data.series.map((one, at) => ({
    name: one.name, type: data.kind, data: one.values, z: 3,
    color: data.kind === "bar" && at === 0 ? ACCENT : COLOURS[at % COLOURS.length],
    symbol: at === 0 ? "circle" : "none", symbolSize: 5, barMaxWidth: 28,
    lineStyle: { width: at === 0 ? 2 : 1.5, type: one.style || STYLES[at % STYLES.length] },
    endLabel: data.kind === "line" ? { show: true, formatter: "{a}", color: at === 0 ? INK : GREY, fontSize: 12 } : undefined,
    labelLayout: { moveOverlap: "shiftY" },
    label: data.kind === "bar" ? { show: data.labels.length <= 14, position: "top", color: INK, fontSize: 11, formatter: ({ value }) => written(value) } : undefined,
    markLine: at === 0 && data.target ? {
      silent: true, symbol: "none", data: [{ yAxis: data.target.value }],
      lineStyle: { color: INK, type: "dashed", width: 1 },
      label: { formatter: data.target.name, color: GREY, fontSize: 12, position: "end" },
    } : undefined,
  }));

  const options = (data, written) => ({
    animation: false,
    textStyle: { fontFamily: token("--font"), fontSize: 12 },
    grid: { left: 8, right: data.kind === "line" || data.target ? 72 : 16, top: 32, bottom: 8, containLabel: true },
    tooltip: { trigger: "axis", confine: true, transitionDuration: 0, renderMode: "richText", valueFormatter: (value) => `${written(value)} ${data.unit || ""}` },
    xAxis: { type: "category", data: data.labels, boundaryGap: data.kind === "bar", axisLine: { lineStyle: { color: GREY } }, axisTick: { show: false }, axisLabel: { color: GREY } },
    yAxis: {
      type: "value", name: data.unit, nameTextStyle: { color: GREY, align: "right" }, min: data.kind === "line" ? floor : 0,
      axisLabel: { color: GREY, formatter: plain }, splitLine: { lineStyle: { color: LINE } },
    },
    series: [...(data.band ? band(data.band) : []), ...series(data, written)],
  });

  const draw = (box) => {
    const source = document.getElementById(box.dataset.chart);
    if (!source) return;
    const chart = window.echarts.init(box, null, { renderer: "svg" });
    const data = JSON.parse(source.textContent);
    chart.setOption(options(data, writer(data.decimals || 0)));
    new ResizeObserver(() => chart.resize()).observe(box);
  };

  document.querySelectorAll("[data-chart]").forEach(draw);
})();
