'use strict';
/* Which of many rows a chart shows. */

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
