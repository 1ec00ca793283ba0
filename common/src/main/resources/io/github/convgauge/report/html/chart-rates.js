'use strict';
/* Rates: against the size of the problem, and under the roofs of a device. */

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
    if (rows.length > MOST_INTERVALS) {
      return null;
    }
    const low = number('ci95_low_ns', row);
    const operations = number('flops', row);
    return low === null ? null : [operations / number('ci95_high_ns', row), operations / low, x(row)];
  }, 'y');
  made.filter((each) => each.type === 'scatter').forEach((each) => each.data.forEach((point) => { point.covers = points.get(point.row); }));
  return made;
}

function intervals(points) {
  return points.size > MOST_INTERVALS ? ' So many marks stand without their intervals; filters bring them back.' : '';
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
      caption: `${chosen.dtype}. ${covered(points)}${intervals(points)}${[...points.keys()].every(isComparable) ? '' : ' Hollow marks are not comparable with most rows.'}`,
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
        `${roofWords(chosen.roof)}. ${covered(points)}${intervals(points)}`,
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
