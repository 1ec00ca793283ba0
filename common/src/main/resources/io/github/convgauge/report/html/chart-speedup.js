'use strict';
/* How much faster than PyTorch, layer by layer. */

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
