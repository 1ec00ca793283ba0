'use strict';
/* The time of each implementation of one problem. */

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
