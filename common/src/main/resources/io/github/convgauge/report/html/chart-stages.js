'use strict';
/* Where the time of offloads goes. */

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
