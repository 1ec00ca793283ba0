'use strict';
/* The charts. Each is drawn when it comes into view, from the rows that the filters leave. */

/**
 * A colour and a form for each backend, the same in all charts. The hues are Okabe and Ito's (Color Universal Design,
 * 2008), which the colour-blind can tell apart, darker where the ground is white: every mark has a contrast of 3 or more.
 */
const LIGHT = ['#0072b2', '#c95500', '#00805c', '#b0578d', '#222222', '#9a7400', '#3a8fc4', '#7a7000'];
const DARK = ['#4aa8e8', '#ff8a3d', '#1fc795', '#e79bc6', '#f0f0f0', '#e6b422', '#9ad0f5', '#f0e442'];
const FORMS = ['circle', 'rect', 'triangle', 'diamond', 'path://M0,3h3v-3h2v3h3v2h-3v3h-2v-3h-3z', 'path://M0,0L10,0L5,9z', 'path://M0,0L5,3L10,0L7,5L10,10L5,7L0,10L3,5z', 'pin'];
const BACKENDS = distinct('backend', ALL_ROWS).sort();

/** Above it a drawing of single elements becomes slow, and a bitmap takes its place. */
const MOST_ELEMENTS = 300;
const MOST_BARS = 40;
const MOST_LAYERS = 60;
const LINE_PIXELS = 21;
const PRINT_PIXELS = 690;
const DEVICE_LETTERS = 18;
const FONT = 'system-ui, "Segoe UI", "Helvetica Neue", "Noto Sans", sans-serif';
/** A range of less than this is shown from zero. */
const LOG_FROM = 10;

const theme = { ink: '', faint: '', line: '', ground: '', bad: '', colours: LIGHT };

function readTheme() {
  const style = getComputedStyle(document.documentElement);
  for (const key of ['ink', 'faint', 'line', 'ground', 'bad']) {
    theme[key] = style.getPropertyValue(`--${key}`).trim();
  }
  theme.colours = document.documentElement.dataset.theme === 'dark' ? DARK : LIGHT;
}

function colourOf(backend) {
  return theme.colours[BACKENDS.indexOf(backend) % theme.colours.length];
}

function formOf(backend) {
  const place = BACKENDS.indexOf(backend);
  return FORMS[(place + Math.floor(place / LIGHT.length)) % FORMS.length];
}

// --- parts of charts

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

/** A sixtieth of a decade: marks that are closer than that cover each other. */
function place60(own) {
  return Math.round(Math.log10(own) * 60) + 5000;
}

/** Of rows whose marks would cover each other, the first, and how many there are. */
function thinned(rows, kindOf, x, y) {
  const points = new Map();
  const first = new Map();
  for (const row of rows) {
    const cell = (kindOf(row) * 10000 + place60(x(row))) * 10000 + place60(y(row));
    const mark = first.get(cell) ?? row;
    first.set(cell, mark);
    points.set(mark, (points.get(mark) ?? 0) + 1);
  }
  return points;
}

const numbered = new Map();

/** A number for each row, the same for rows that agree in some columns; found once. */
function numbersOf(keys) {
  const together = keys.join();
  if (!numbered.has(together)) {
    const found = new Map();
    numbered.set(together, ALL_ROWS.map((row) => {
      const own = keys.map((key) => value(key, row)).join('\n');
      if (!found.has(own)) {
        found.set(own, found.size);
      }
      return found.get(own);
    }));
  }
  return numbered.get(together);
}

function fastestOf(rows, ...keys) {
  const numbers = numbersOf(keys);
  const medians = DATA.values.median_ns;
  const best = new Map();
  for (const row of rows) {
    const before = best.get(numbers[row]);
    if (before === undefined || medians[row] < medians[before]) {
      best.set(numbers[row], row);
    }
  }
  return [...best.values()];
}

function spread(values) {
  let low = Infinity;
  let high = 0;
  for (const each of values) {
    low = Math.min(low, each);
    high = Math.max(high, each);
  }
  return high / low;
}

// --- the charts: each takes rows, its choices and a width, and gives a caption and perhaps an option and a height

function choice(key, label, values, words = String) {
  return { key, label, values: values.map((each) => [String(each), words(each)]) };
}

/** Problems with the most rows first: what was measured most is what is looked at. */
function layersOf(rows) {
  return [...groups(rows, (row) => text('problem', row))].sort((a, b) => b[1].length - a[1].length)
    .map(([problem]) => problem);
}

const LAYER_OF = new Map(ALL_ROWS.map((row) => [text('problem', row), text('layer', row)]));

/** Names of problems, or what they are where they have none or share one. */
function layerWords(problems) {
  const names = problems.map((problem) => LAYER_OF.get(problem));
  return problems.map((problem, place) => (names.indexOf(names[place]) === names.lastIndexOf(names[place]) ? names[place] : problem));
}

const TIME = {
  id: 'chart-time',
  choices: (rows) => {
    const timed = rows.filter(isTimed);
    const problems = layersOf(timed);
    const words = layerWords(problems);
    return [
      choice('problem', 'problem', problems, (each) => words[problems.indexOf(each)]),
      choice('dtype', 'dtype', distinct('dtype', timed)),
    ];
  },
  draw: (rows, chosen, width) => {
    const own = rows.filter((row) => isTimed(row) && text('problem', row) === chosen.problem && text('dtype', row) === chosen.dtype)
      .sort((a, b) => number('median_ns', a) - number('median_ns', b));
    if (own.length === 0) {
      return { caption: 'No row that is shown has a time here.' };
    }
    const drawn = own.slice(0, MOST_BARS);
    const apart = telling(drawn, 'dtype');
    const names = drawn.map((row) => `${isSettled(row) ? '' : '~'}${implementation(row, apart, DEVICE_LETTERS)}`);
    const { pixels, letters } = margin(width, names);
    const place = new Map(drawn.map((row, at) => [row, at]));
    const log = spread(drawn.map((row) => number('median_ns', row))) > LOG_FROM;
    return {
      caption: [
        `${chosen.problem}, ${chosen.dtype}.`,
        own.length > drawn.length ? `The ${drawn.length} fastest of ${own.length}; filters leave others.` : '',
        drawn.every(isComparable) ? '' : 'Hollow marks are not comparable with most rows.',
      ].join(' '),
      height: 90 + drawn.length * LINE_PIXELS,
      marks: drawn.length,
      option: frame(width, pixels, {
        xAxis: valueAxis('time of one execution', log, tick, { splitNumber: width < 500 ? 3 : 6 }),
        yAxis: nameAxis(names, letters),
        series: series(drawn, (row) => [number('median_ns', row), place.get(row)],
          (row) => (number('ci95_low_ns', row) === null ? null : [number('ci95_low_ns', row), number('ci95_high_ns', row), place.get(row)]), 'x'),
      }),
    };
  },
};

const SPEEDUP = {
  id: 'chart-speedup',
  choices: (rows) => {
    const own = rows.filter((row) => number('speedup_over_pytorch', row) !== null);
    const threads = distinct('threads', own).filter((each) => each !== null).reverse();
    return [
      choice('dtype', 'dtype', distinct('dtype', own)),
      choice('threads', 'threads', threads.length === 0 ? ['none'] : threads, (each) => (each === 'none' ? 'devices only' : `${each}, and devices`)),
    ];
  },
  draw: (rows, chosen, width) => {
    const all = rows.filter((row) => isTimed(row) && number('speedup_over_pytorch', row) !== null && text('dtype', row) === chosen.dtype
      && (number('threads', row) === null || String(number('threads', row)) === chosen.threads)
      // It is the line at 1.
      && !(text('backend', row) === 'pytorch' && text('algorithm', row) === 'notebook'));
    if (all.length === 0) {
      return { caption: 'No row that is shown was timed beside PyTorch.' };
    }
    const problems = distinct('problem', all).slice(0, MOST_LAYERS);
    const place = new Map(problems.map((problem, at) => [problem, at]));
    const drawn = fastestOf(all.filter((row) => place.has(text('problem', row))), 'problem', 'backend', 'device', 'machine');
    const names = layerWords(problems);
    const { pixels, letters } = margin(width, names);
    const count = new Set(all.map((row) => text('problem', row))).size;
    const ratios = drawn.flatMap((row) => ['speedup_q1', 'speedup_over_pytorch', 'speedup_q3'].map((key) => number(key, row)).filter((each) => each !== null));
    const low = 2 ** Math.floor(Math.log2(Math.min(1, ...ratios) / 1.15));
    const high = 2 ** Math.ceil(Math.log2(Math.max(1, ...ratios) * 1.15));
    return {
      caption: [
        `${chosen.dtype}, ${chosen.threads === 'none' ? 'devices' : plural(Number(chosen.threads), 'thread')}.`,
        count > problems.length ? `The first ${problems.length} of ${count} problems; filters leave others.` : '',
        distinct('device', drawn).length > 1 ? 'A backend has a mark for each of its devices.' : '',
        drawn.every(isComparable) ? '' : 'Hollow marks are not comparable with most rows.',
      ].join(' '),
      height: 90 + Math.max(2, problems.length) * LINE_PIXELS,
      marks: drawn.length,
      option: frame(width, pixels, {
        // Ratios double, where times grow tenfold.
        xAxis: valueAxis('speed-up over PyTorch', true, (ratio) => `${plainNumber(ratio)}×`, {
          logBase: 2, min: low, max: high,
        }),
        yAxis: nameAxis(names, letters),
        series: [
          ...series(drawn, (row) => [number('speedup_over_pytorch', row), place.get(text('problem', row))],
            (row) => (number('speedup_q1', row) === null ? null : [number('speedup_q1', row), number('speedup_q3', row), place.get(text('problem', row))]), 'x'),
          lineAtOne(low, high),
        ],
      }),
    };
  },
};

/** The rows that a chart of rates shows: by choice the fastest of each backend for each problem, or all but covered ones. */
function ratePoints(rows, chosen, x) {
  if (chosen.points === 'fastest') {
    const fastest = fastestOf(rows, 'problem', 'backend', 'device', 'machine');
    return new Map(fastest.map((row) => [row, 1]));
  }
  const { index } = DATA.values.backend;
  return thinned(rows, (row) => 2 * index[row] + Number(isComparable(row)), x, (row) => number('gflops', row));
}

function rateSeries(points, x) {
  const rows = [...points.keys()];
  const made = series(rows, (row) => [x(row), number('gflops', row)], (row) => {
    const low = number('ci95_low_ns', row);
    const operations = number('flops', row);
    return low === null ? null : [operations / number('ci95_high_ns', row), operations / low, x(row)];
  }, 'y');
  made.filter((each) => each.type === 'scatter').forEach((each) => each.data.forEach((point) => { point.covers = points.get(point.row); }));
  return made;
}

function covered(points) {
  let rows = 0;
  points.forEach((count) => { rows += count; });
  return rows > points.size ? `${plural(rows, 'row')}, of which marks that would cover each other are drawn once.` : `${plural(rows, 'row')}.`;
}

const POINTS = choice('points', 'marks', ['fastest', 'all'], (each) => (each === 'fastest' ? 'the fastest of each backend and device' : 'every row'));

const SIZE = {
  id: 'chart-size',
  choices: (rows) => [choice('dtype', 'dtype', distinct('dtype', rows.filter(isTimed))), POINTS],
  draw: (rows, chosen, width) => {
    const own = rows.filter((row) => isTimed(row) && number('gflops', row) !== null && text('dtype', row) === chosen.dtype);
    if (own.length === 0) {
      return { caption: 'No row that is shown has a rate.' };
    }
    const size = (row) => number('flops', row) / 1e9;
    const points = ratePoints(own, chosen, size);
    return {
      caption: `${chosen.dtype}. ${covered(points)}${[...points.keys()].every(isComparable) ? '' : ' Hollow marks are not comparable with most rows.'}`,
      height: Math.min(480, Math.max(300, width * 0.6)),
      marks: points.size * 2,
      option: frame(width, 58, {
        xAxis: valueAxis('operations of one execution, GFLOP', true, plainNumber),
        yAxis: valueAxis('GFLOP/s', true, plainNumber, { nameGap: 42 }),
        series: rateSeries(points, size),
      }),
    };
  },
};

/** A power of ten as people write it. */
function plainNumber(own) {
  return own >= 1e6 || own < 1e-4 ? own.toExponential(0).replace('e+', 'e') : String(Number(own.toPrecision(3)));
}

const ROOF_KEYS = ['device', 'machine', 'dtype', 'threads'];

const roofs = new Map();

/** What has a roof of its own, as the text of a list. */
function roofOf(row) {
  const kind = numbersOf(ROOF_KEYS)[row];
  if (!roofs.has(kind)) {
    roofs.set(kind, JSON.stringify(ROOF_KEYS.map((key) => value(key, row))));
  }
  return roofs.get(kind);
}

function roofWords(roof) {
  const [device, machine, dtype, threads] = JSON.parse(roof);
  const many = Object.keys(DATA.machines).length > 1;
  return [device ?? 'no device', many ? `machine ${machine}` : null, dtype, threads === null ? null : plural(threads, 'thread')]
    .filter((each) => each !== null).join(', ');
}

const ROOFLINE = {
  id: 'chart-roofline',
  choices: (rows) => {
    const found = [...groups(rows.filter((row) => isTimed(row) && number('peak_gflops', row) !== null), roofOf)]
      .sort((a, b) => b[1].length - a[1].length).map(([roof]) => roof);
    return [choice('roof', 'device', found, roofWords), POINTS];
  },
  draw: (rows, chosen, width) => {
    const own = rows.filter((row) => isTimed(row) && number('gflops', row) !== null && roofOf(row) === chosen.roof);
    const peaks = own.map((row) => number('peak_gflops', row)).filter((each) => each !== null);
    if (peaks.length === 0) {
      return { caption: 'No row that is shown was timed beside a peak.' };
    }
    const intensity = (row) => number('flops', row) / DATA.bytes[row];
    const points = ratePoints(own, chosen, intensity);
    const peak = median(peaks);
    const copies = own.map((row) => number('copy_gbytes', row)).filter((each) => each !== null);
    const bandwidth = copies.length === 0 ? null : median(copies);
    const all = [...points.keys()].map(intensity);
    const left = 10 ** Math.floor(Math.log10(Math.min(...all, bandwidth === null ? Infinity : peak / bandwidth)));
    const right = 10 ** Math.ceil(Math.log10(Math.max(...all, bandwidth === null ? 0 : peak / bandwidth) * 1.001));
    const corner = bandwidth === null ? left : peak / bandwidth;
    const roof = (label, data, at) => ({
      type: 'line', name: '', data, showSymbol: false, silent: true, z: 2, lineStyle: { color: theme.ink, width: 2 },
      markPoint: {
        silent: true, symbol: 'rect', symbolSize: 0, data: [{ coord: at }],
        label: { show: true, position: 'top', color: theme.ink, formatter: label, align: 'left', distance: 6 },
      },
    });
    const lines = [roof(`peak ${digits(peak)} GFLOP/s`, [[corner, peak], [right, peak]], [corner, peak])];
    if (bandwidth !== null) {
      lines.push(roof(`copy ${digits(bandwidth)} GB/s`, [[left, left * bandwidth], [corner, peak]], [left, left * bandwidth]));
    }
    return {
      caption: [
        `${roofWords(chosen.roof)}. ${covered(points)}`,
        `Peak: median over the rows' rounds, ${digits(Math.min(...peaks))} to ${digits(Math.max(...peaks))} GFLOP/s.`,
        bandwidth === null ? 'No row tells the bandwidth of this device, so the slanted roof is missing.' : `Bandwidth: of a copy, ${digits(Math.min(...copies))} to ${digits(Math.max(...copies))} GB/s.`,
      ].join(' '),
      height: Math.min(480, Math.max(300, width * 0.6)),
      marks: points.size * 2,
      option: frame(width, 58, {
        xAxis: valueAxis('operations for each byte, FLOP/B', true, plainNumber, { min: left, max: right }),
        yAxis: valueAxis('GFLOP/s', true, plainNumber, { nameGap: 42 }),
        series: [...rateSeries(points, intensity), ...lines],
      }),
    };
  },
};

/** In the order of an execution. */
const STAGES = ['copy_in', 'im2col', 'direct', 'gemm', 'copy_out', 'dispatch'];
/** Before or beside an execution. */
const NO_STAGES = new Set(['prepare', 'kernel', 'graal_compile', 'driver_compile']);
const STAGE_COLOURS = [['#0072b2', '#4aa8e8'], ['#e0a100', '#e6b422'], ['#00805c', '#1fc795'], ['#b0578d', '#e79bc6'], ['#7fbfe6', '#2f6f9a'], ['#6b6b6b', '#a9a9a9'], ['#c95500', '#ff8a3d'], ['#222222', '#f0f0f0']];

/** The parts of one execution; all kernels together where they are not told apart. */
function partsOf(row) {
  const parts = new Map();
  for (const each of [...STAGES, ...Object.keys(DATA.stages).filter((key) => !STAGES.includes(key))]) {
    if (!NO_STAGES.has(each) && stage(each, row) !== null) {
      parts.set(each, stage(each, row));
    }
  }
  if (stage('kernel', row) !== null && !['im2col', 'direct', 'gemm'].some((each) => parts.has(each))) {
    parts.set('kernel', stage('kernel', row));
  }
  return parts;
}

let offloads = null;

/** Whether a row on a device tells its stages. */
function isOffload(row) {
  offloads ??= ALL_ROWS.map((each) => number('threads', each) === null && partsOf(each).size > 0);
  return offloads[row];
}

const OFFLOADS = {
  id: 'chart-stages',
  choices: (rows) => {
    const own = rows.filter(isOffload);
    const problems = layersOf(own);
    const words = layerWords(problems);
    return [
      choice('problem', 'problem', problems, (each) => words[problems.indexOf(each)]),
      choice('dtype', 'dtype', distinct('dtype', own)),
      choice('as', 'as', ['time', 'share'], (each) => (each === 'time' ? 'time' : 'share of the total')),
    ];
  },
  draw: (rows, chosen, width) => {
    const total = (row) => [...partsOf(row).values()].reduce((sum, each) => sum + each, 0);
    const own = rows.filter((row) => isOffload(row) && text('problem', row) === chosen.problem
      && text('dtype', row) === chosen.dtype && total(row) > 0).sort((a, b) => total(a) - total(b));
    if (own.length === 0) {
      return { caption: 'No row that is shown tells its stages.' };
    }
    const drawn = own.slice(0, MOST_BARS);
    const names = drawn.map((row) => implementation(row, telling(drawn, 'dtype', 'threads'), DEVICE_LETTERS));
    const { pixels, letters } = margin(width, names);
    const parts = drawn.map(partsOf);
    const stages = [...new Set(parts.flatMap((each) => [...each.keys()]))]
      .sort((a, b) => (STAGES.indexOf(a) + 1 || 99) - (STAGES.indexOf(b) + 1 || 99));
    const share = chosen.as === 'share';
    const dark = theme.colours === DARK ? 1 : 0;
    return {
      caption: `${chosen.problem}, ${chosen.dtype}.${own.length > drawn.length ? ` The ${drawn.length} fastest of ${own.length}; filters leave others.` : ''}`,
      height: 90 + Math.max(2, drawn.length) * (LINE_PIXELS + 2),
      marks: drawn.length * stages.length,
      option: frame(width, pixels, {
        xAxis: valueAxis(share ? 'share of the stages together' : 'time by stage', false,
          share ? (own) => `${own} %` : tick,
          { splitNumber: width < 500 ? 3 : 6, ...(share ? { max: 100 } : {}) }),
        yAxis: nameAxis(names, letters),
        series: stages.map((each, at) => ({
          type: 'bar', stack: 'stages', name: each.replaceAll('_', ' '), barCategoryGap: '30%',
          // A gap in the colour of the ground tells neighbours apart where colours do not.
          itemStyle: { color: STAGE_COLOURS[(STAGES.indexOf(each) < 0 ? 6 + at : STAGES.indexOf(each)) % STAGE_COLOURS.length][dark], borderColor: theme.ground, borderWidth: 1 },
          data: drawn.map((row, place) => {
            const nanos = parts[place].get(each) ?? 0;
            return {
              value: share ? (100 * nanos) / total(row) : nanos,
              words: () => element('div', { class: 'tooltip' }, element('b', {}, bdi(names[place])),
                ...stages.filter((key) => parts[place].has(key)).map((key) => element('div', {},
                  `${key === each ? '▸ ' : ''}${key.replaceAll('_', ' ')}: ${time(parts[place].get(key))} (${Math.round((100 * parts[place].get(key)) / total(row))} %)`))),
            };
          }),
        })),
      }),
    };
  },
};

/** Smaller ones are as good as none, and stand at the left edge; ECharts' logarithmic axes end there too. */
const LEAST_ERROR = 1e-9;
const CROSS = 'path://M0,1L1,0L4,3L7,0L8,1L5,4L8,7L7,8L4,5L1,8L0,7L3,4z';

const AGREEMENT = {
  id: 'chart-agreement',
  choices: () => [],
  draw: (rows, chosen, width) => {
    const own = rows.filter((row) => number('max_err_over_bound', row) !== null);
    if (own.length === 0) {
      return { caption: 'No row that is shown has an error.' };
    }
    const error = (row) => number('max_err_over_bound', row);
    const numbers = numbersOf(['backend', 'algorithm', 'dtype']);
    const all = [...groups(own, (row) => numbers[row]).values()];
    const kinds = all.map((members) => [members, members.reduce((largest, row) => Math.max(largest, error(row)), 0)])
      .sort((a, b) => b[1] - a[1]).slice(0, MOST_LAYERS).map(([members]) => members);
    const names = kinds.map((members) => implementation(members[0], ['dtype']));
    const { pixels, letters } = margin(width, names);
    const positive = own.map(error).filter((each) => each > 0);
    const left = Math.max(LEAST_ERROR, 10 ** (Math.floor(Math.log10(positive.reduce((a, b) => Math.min(a, b), 0.1))) - 1));
    const right = 10 ** Math.max(1, Math.ceil(Math.log10(positive.reduce((a, b) => Math.max(a, b), 1)) + 1e-9));
    const at = (row) => Math.max(left, error(row));
    const lines = new Map(kinds.map((members, line) => [numbers[members[0]], line]));
    const place = { get: (row) => lines.get(numbers[row]), has: (row) => lines.has(numbers[row]) };
    const drawn = own.filter((row) => place.has(row));
    const wrong = drawn.filter((row) => text('status', row) !== GOOD);
    const passed = drawn.filter((row) => text('status', row) === GOOD);
    const points = thinned(passed, place.get, at, () => 1);
    const found = groups([...points.keys()], (row) => text('backend', row));
    return {
      caption: [
        covered(new Map([...points, ...wrong.map((row) => [row, 1])])),
        kinds.length < all.length ? `The ${kinds.length} implementations with the largest errors.` : '',
        wrong.length > 0 ? 'Crosses are rows that did not pass.' : '',
      ].join(' '),
      height: 90 + Math.max(2, kinds.length) * LINE_PIXELS,
      marks: points.size + wrong.length,
      option: frame(width, pixels, {
        xAxis: valueAxis('largest error over its bound', true, plainNumber, { min: left, max: right }),
        yAxis: nameAxis(names, letters),
        series: [
          ...[...found].map(([backend, members]) => ({
            type: 'scatter', name: backend, symbol: 'rect', symbolSize: [2.5, 12], z: 3, itemStyle: { color: colourOf(backend) },
            data: members.map((row) => ({ value: [at(row), place.get(row)], row, covers: points.get(row) })),
          })),
          { type: 'scatter', name: '', symbol: CROSS, symbolSize: 10, z: 5, itemStyle: { color: theme.bad }, data: wrong.map((row) => ({ value: [at(row), place.get(row)], row })) },
          lineAtOne(left, right),
        ],
      }),
    };
  },
};

// --- drawing them

const CHARTS = [TIME, SPEEDUP, SIZE, ROOFLINE, OFFLOADS, AGREEMENT];
const panels = CHARTS.map((chart) => ({ chart, chosen: {}, offered: null, drawing: null, renderer: null }));
/** The rows that the charts show. */
let chartRows = ALL_ROWS;

function part(panel, selector) {
  return document.querySelector(`#${panel.chart.id} ${selector}`);
}

/** Fills the choices of a chart with what the rows offer, and keeps what was chosen where that is still there. */
function offer(panel) {
  const place = part(panel, '.controls');
  const choices = panel.chart.choices(chartRows);
  for (const { key, values } of choices) {
    if (!values.some(([own]) => own === panel.chosen[key])) {
      panel.chosen[key] = values[0]?.[0];
    }
  }
  const offered = JSON.stringify([choices, panel.chosen]);
  if (panel.offered === offered) {
    return;
  }
  panel.offered = offered;
  place.replaceChildren(...choices.map(({ key, label, values }) => {
    const list = element('select', {
      'data-key': key,
      onchange: () => {
        panel.chosen[key] = list.value;
        panel.offered = null;
        drawPanel(panel);
      },
    }, ...values.map(([own, words]) => element('option', { value: own }, shortened(words, 80))));
    list.value = panel.chosen[key];
    list.disabled = values.length < 2;
    return element('label', {}, label, ' ', list);
  }));
}

function drawPanel(panel, width = part(panel, '.plot').clientWidth || part(panel, 'h2').clientWidth) {
  const plot = part(panel, '.plot');
  const result = panel.chart.draw(chartRows, panel.chosen, width);
  part(panel, '.caption').replaceChildren(bdi(result.caption));
  plot.toggleAttribute('data-empty', result.option === undefined);
  if (result.option === undefined) {
    dispose(panel);
    return;
  }
  const renderer = result.marks > MOST_ELEMENTS ? 'canvas' : 'svg';
  if (panel.renderer !== renderer) {
    dispose(panel);
  }
  plot.style.height = `${result.height}px`;
  if (panel.drawing === null) {
    panel.drawing = echarts.init(plot, null, { renderer, width, height: result.height });
    panel.renderer = renderer;
  } else {
    panel.drawing.resize({ width, height: result.height, silent: true });
  }
  panel.drawing.setOption(result.option, { notMerge: true });
  panel.drawing.getZr().flush();
  plot.setAttribute('role', 'img');
  plot.setAttribute('aria-label', `${part(panel, 'h2').textContent}. ${result.caption} The table below has the same figures.`);
}

function dispose(panel) {
  panel.drawing?.dispose();
  panel.drawing = null;
  panel.renderer = null;
}

function buildCharts() {
  for (const panel of panels) {
    addView(panel.chart.id, () => {
      offer(panel);
      drawPanel(panel);
    });
  }
  let width = window.innerWidth;
  window.addEventListener('resize', () => {
    if (window.innerWidth !== width) {
      width = window.innerWidth;
      outdate();
    }
  });
}

/** All of them, at the width of a sheet. */
function printCharts() {
  for (const panel of panels) {
    offer(panel);
    drawPanel(panel, PRINT_PIXELS);
  }
}
