'use strict';
/* Parts that charts are made of. */

/** How charts look alike; the tooltip tells of the row that a mark stands for. */
function frame(width, left, options) {
  return {
    animation: false,
    backgroundColor: 'transparent',
    textStyle: { color: theme.ink, fontFamily: FONT, fontSize: 12 },
    grid: { left, right: 24, top: 34, bottom: 48 },
    legend: { type: 'scroll', top: 0, left: 0, right: 0, itemWidth: 12, itemHeight: 10, textStyle: { color: theme.ink }, formatter: (each) => inChart(each, 24), pageTextStyle: { color: theme.ink } },
    tooltip: {
      trigger: 'item', confine: true, enterable: false, transitionDuration: 0, extraCssText: 'max-width: 26rem',
      backgroundColor: theme.ground, borderColor: theme.line, textStyle: { color: theme.ink },
      formatter: (mark) => (mark.data?.words?.() ?? (mark.data?.row === undefined ? '' : describe(mark.data.row, mark.data.covers))),
    },
    ...options,
  };
}

/** What a mark stands for. */
function describe(row, covers) {
  const lines = [
    `${text('layer', row)}, ${text('dtype', row)}`,
    number('median_ns', row) === null ? text('status', row) : `${isSettled(row) ? '' : '~'}${shown('median_ns', row)} (${interval(row)})`,
    number('gflops', row) === null ? null : `${shown('gflops', row)} GFLOP/s`,
    number('speedup_over_pytorch', row) === null ? null : `${shown('speedup_over_pytorch', row)} as fast as PyTorch`,
    number('max_err_over_bound', row) === null ? null : `error/bound ${shown('max_err_over_bound', row)}`,
    text('not_comparable', row) === null ? null : `≠ ${text('not_comparable', row)}`,
    covers > 1 ? `covers ${plural(covers - 1, 'other row')}` : null,
  ];
  const all = ['regime', 'output', 'cache', 'threads', 'device', ...(Object.keys(DATA.machines).length > 1 ? ['machine'] : [])];
  return element('div', { class: 'tooltip' }, element('b', {}, bdi(implementation(row, all))),
    ...lines.filter((line) => line !== null).map((line) => element('div', {}, bdi(line))));
}

function valueAxis(title, log, formatter, more) {
  return {
    type: log ? 'log' : 'value', name: title + (log ? ', log scale' : ''), nameLocation: 'middle', nameGap: 30,
    nameTextStyle: { color: theme.faint }, axisLine: { show: true, lineStyle: { color: theme.faint } },
    axisLabel: { color: theme.ink, formatter, hideOverlap: true }, splitLine: { lineStyle: { color: theme.line } },
    ...(log ? {} : { min: 0 }), ...more,
  };
}

/** Names down the left edge, the first at the top. */
function nameAxis(names, letters) {
  return {
    type: 'category', data: names.map((_, place) => String(place)), inverse: true, axisTick: { show: false },
    axisLine: { lineStyle: { color: theme.faint } }, splitLine: { show: true, lineStyle: { color: theme.line, opacity: 0.5 } },
    axisLabel: { color: theme.ink, interval: 0, formatter: (place) => inChart(names[place], letters) },
  };
}

/** How much of the width the names may take, and how many letters that is. */
function margin(width, names) {
  const longest = Math.max(4, ...names.map((each) => Array.from(each).length));
  const pixels = Math.min(longest * 6.6 + 16, width * 0.46, 460);
  return { pixels: Math.round(pixels), letters: Math.max(8, Math.floor((pixels - 12) / 6.6)) };
}

/** A mark: full if its row may be compared, hollow if not. */
function mark(value, row, covers) {
  const colour = colourOf(text('backend', row));
  return {
    value, row, covers,
    itemStyle: isComparable(row) ? { color: colour } : { color: theme.ground, borderColor: colour, borderWidth: 1.5 },
  };
}

/** Marks of one backend. */
function marks(backend, data) {
  return {
    type: 'scatter', name: backend, data, symbol: formOf(backend), symbolSize: 9, z: 4,
    itemStyle: { color: colourOf(backend) }, emphasis: { scale: 1.4 },
  };
}

/** Lines from low to high with caps, through marks; along x where y is a name, else along y. */
function whiskers(backend, data, along) {
  const colour = colourOf(backend);
  const cap = 5;
  return {
    type: 'custom', name: backend, silent: true, z: 3, clip: true, data, tooltip: { show: false },
    encode: along === 'x' ? { x: [0, 1], y: 2 } : { x: 2, y: [0, 1] },
    renderItem: (params, api) => {
      const ends = [api.value(0), api.value(1)].map((end) => api.coord(along === 'x' ? [end, api.value(2)] : [api.value(2), end]));
      const [[x1, y1], [x2, y2]] = ends;
      const [capX, capY] = along === 'x' ? [0, cap] : [cap, 0];
      return {
        // One stroke: the cap, back to its middle, across, and the other cap.
        type: 'polyline', style: { stroke: colour, fill: 'none', lineWidth: 1.5 },
        shape: { points: [[x1 - capX, y1 - capY], [x1 + capX, y1 + capY], [x1, y1], [x2, y2], [x2 - capX, y2 - capY], [x2 + capX, y2 + capY]] },
      };
    },
  };
}

/** For each backend its rows' marks and whiskers. */
function series(rows, point, ends, along) {
  const made = [];
  for (const [backend, own] of groups(rows, (row) => text('backend', row))) {
    made.push(marks(backend, own.map((row) => mark(point(row), row))));
    const data = own.map(ends).filter((each) => each !== null);
    if (data.length > 0) {
      made.push(whiskers(backend, data, along));
    }
  }
  return made;
}

/**
 * A line across a chart at 1 on its x axis, which goes from low to high. The two ends are data too, without marks:
 * ECharts rounds the ends of a logarithmic axis to the digits of its data, and with a single 5 there 0.01 becomes 0.
 */
function lineAtOne(low, high) {
  return {
    type: 'scatter', name: '', data: [[low, 0], [high, 0]], symbolSize: 0, silent: true,
    markLine: {
      silent: true, symbol: 'none', animation: false, data: [{ xAxis: 1 }],
      lineStyle: { color: theme.ink, type: 'solid', width: 1.5 }, label: { show: false },
    },
  };
}
