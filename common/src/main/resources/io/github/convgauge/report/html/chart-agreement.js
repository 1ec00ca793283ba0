'use strict';
/* How far the answers are from the reference. */

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
            type: 'scatter', name: backend, symbol: 'rect', symbolSize: [2.5, 12], z: 3, large: true, largeThreshold: MOST_ELEMENTS / 2, itemStyle: { color: colourOf(backend) },
            data: members.map((row) => ({ value: [at(row), place.get(row)], row, covers: points.get(row) })),
          })),
          { type: 'scatter', name: '', symbol: CROSS, symbolSize: 10, z: 5, itemStyle: { color: theme.bad }, data: wrong.map((row) => ({ value: [at(row), place.get(row)], row })) },
          lineAtOne(left, right),
        ],
      }),
    };
  },
};
