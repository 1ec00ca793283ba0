'use strict';
/* The rows, column by column: texts as places in a list of texts (-1 for none), numbers as they are. */

const DATA = JSON.parse(document.getElementById('data').textContent);
const COLUMN = new Map(DATA.columns.map((column) => [column.key, column]));

function text(key, row) {
  const column = DATA.values[key];
  return column.texts[column.index[row]] ?? null;
}

function number(key, row) {
  return DATA.values[key][row] ?? null;
}

function isText(key) {
  return COLUMN.get(key).kind === 'TEXT';
}

function value(key, row) {
  return isText(key) ? text(key, row) : number(key, row);
}

/** Whether some row has something in a column. */
function isUsed(key) {
  return isText(key) ? DATA.values[key].texts.length > 0 : DATA.values[key].some((each) => each !== null);
}

function stage(name, row) {
  return DATA.stages[name]?.[row] ?? null;
}

function isTimed(row) {
  return number('median_ns', row) !== null && text('status', row) === 'PASSED';
}

function isComparable(row) {
  return text('not_comparable', row) === null;
}

function isSettled(row) {
  return text('settled', row) !== 'false';
}

/** The values of some rows in a column, each once, in the order that they appear in; numbers in their own. */
function distinct(key, rows) {
  const values = [...new Set(rows.map((row) => value(key, row)))];
  return isText(key) ? values : values.sort((a, b) => (a ?? -1) - (b ?? -1));
}

/** Groups rows by what a function says of them, in the order that the groups appear in. */
function groups(rows, keyOf) {
  const found = new Map();
  for (const row of rows) {
    const key = keyOf(row);
    if (!found.has(key)) {
      found.set(key, []);
    }
    found.get(key).push(row);
  }
  return found;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
