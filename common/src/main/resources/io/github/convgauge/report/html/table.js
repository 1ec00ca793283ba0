'use strict';
/* The table: one page of rows at a time, sorted by any column. */

const PAGE_ROWS = 50;
const PRINTED_ROWS = 200;
/** The two ends of the interval share a cell. */
const INTERVAL = 'ci95_low_ns';
const TABLE_COLUMNS = DATA.columns.filter((column) => column.shown && column.key !== 'ci95_high_ns' && isUsed(column.key)
  && !(column.key === 'machine' && Object.keys(DATA.machines).length < 2)
  && !(['cache', 'output'].includes(column.key) && distinct(column.key, ALL_ROWS).length < 2));
const GOOD = 'PASSED';
const NOT_HERE = new Set(['UNSUPPORTED', 'UNAVAILABLE']);

const table = { rows: [], sorted: [], key: null, direction: 1, page: 0, open: new Set() };

function title(column) {
  return column.key === INTERVAL ? '95 % interval' : column.key === 'not_comparable' ? '≠' : column.title;
}

/** Nothing comes last, whichever way round. */
function sortRows() {
  table.sorted = [...table.rows];
  if (table.key === null) {
    return;
  }
  const { key, direction } = table;
  if (isText(key)) {
    const { texts, index } = DATA.values[key];
    const order = texts.map((_, place) => place).sort((a, b) => texts[a].localeCompare(texts[b], 'en', { numeric: true }));
    const rank = [];
    order.forEach((place, at) => { rank[place] = at; });
    table.sorted.sort((a, b) => compare(rank[index[a]], rank[index[b]], direction) || a - b);
  } else {
    const values = DATA.values[key];
    table.sorted.sort((a, b) => compare(values[a], values[b], direction) || a - b);
  }
}

function compare(a, b, direction) {
  const aMissing = a === null || a === undefined;
  const bMissing = b === null || b === undefined;
  return aMissing || bMissing ? aMissing - bMissing : (a - b) * direction;
}

function sortBy(key, direction) {
  table.direction = direction ?? (table.key === key ? -table.direction : 1);
  table.key = key;
  table.page = 0;
  sortRows();
  drawTable();
}

function buildTable() {
  const head = element('tr', {}, element('th', { class: 'opener' }));
  for (const column of TABLE_COLUMNS) {
    head.append(element('th', { scope: 'col', class: column.kind === 'TEXT' ? null : 'number', 'data-key': column.key },
      element('button', { type: 'button', class: 'screen', onclick: () => sortBy(column.key), title: column.key === 'not_comparable' ? 'not comparable' : null }, title(column)),
      // Browsers do not repeat buttons at the top of each sheet.
      element('span', { class: 'print', 'aria-hidden': 'true' }, title(column))));
  }
  document.querySelector('#table thead').append(head);
  const choice = document.getElementById('sort');
  choice.append(element('option', { value: '' }, 'as in the files'),
    ...TABLE_COLUMNS.map((column) => element('option', { value: column.key }, title(column))));
  addView('rows', () => {
    sortRows();
    drawTable();
  });
  choice.addEventListener('change', () => sortBy(choice.value === '' ? null : choice.value, 1));
  document.getElementById('sort-direction').addEventListener('click', () => sortBy(table.key, -table.direction));
}

function showRows(rows) {
  table.rows = rows;
  table.page = 0;
}

function statusClass(status) {
  return status === GOOD ? null : NOT_HERE.has(status) ? 'status-none' : 'status-bad';
}

function cell(column, row) {
  const label = { 'data-label': title(column) };
  const own = value(column.key, row);
  if (own === null) {
    return element('td', { ...label, class: column.kind === 'TEXT' ? 'absent' : 'number absent' }, column.key === 'not_comparable' ? '' : NONE);
  }
  if (column.key === INTERVAL) {
    return element('td', { ...label, class: 'number' }, interval(row));
  }
  if (column.key === 'not_comparable') {
    return element('td', { ...label, class: 'marked', title: own, 'aria-label': own }, '≠');
  }
  if (column.key === 'status') {
    return element('td', { ...label, class: statusClass(own) }, own);
  }
  if (column.kind === 'TEXT') {
    return element('td', { ...label, title: own.length > 60 ? own : null }, element('bdi', { dir: 'auto', class: 'clamp' }, own));
  }
  const unsettled = column.key === 'median_ns' && !isSettled(row) ? '~' : '';
  return element('td', { ...label, class: 'number' }, unsettled + shown(column.key, row));
}

/** Everything that is known of a row. */
function details(row) {
  const list = element('dl', {});
  const add = (term, ...definition) => list.append(element('dt', {}, term), element('dd', {}, ...definition));
  add('repeat', command(text('repeat', row)));
  for (const column of DATA.columns) {
    if (value(column.key, row) !== null && !['repeat', 'layer', 'ci95_high_ns', 'flops'].includes(column.key)) {
      add(column.key === 'not_comparable' ? 'not comparable' : title(column),
        column.kind === 'TEXT' ? bdi(text(column.key, row)) : column.key === INTERVAL ? interval(row) : shown(column.key, row));
    }
  }
  add('operations', `${digits(number('flops', row) / 1e9)} GFLOP, ${digits(DATA.bytes[row] / 1e6)} MB at the least`);
  const stages = Object.keys(DATA.stages).filter((each) => stage(each, row) !== null);
  if (stages.length > 0) {
    add('stages', stages.map((each) => `${each.replaceAll('_', ' ')} ${time(stage(each, row))}`).join(', '));
  }
  return list;
}

function drawTable() {
  const from = table.page * PAGE_ROWS;
  fillTable(table.sorted.slice(from, from + PAGE_ROWS));
  for (const head of document.querySelectorAll('#table th[data-key]')) {
    if (head.dataset.key === table.key) {
      head.setAttribute('aria-sort', table.direction > 0 ? 'ascending' : 'descending');
    } else {
      head.removeAttribute('aria-sort');
    }
  }
  document.getElementById('sort').value = table.key ?? '';
  drawPager(document.getElementById('pager'), table.page, PAGE_ROWS, table.sorted.length, 'row', (page) => {
    table.page = page;
    drawTable();
  });
}

function fillTable(rows) {
  const lines = [];
  for (const row of rows) {
    const opener = element('button', {
      type: 'button', class: 'open', 'aria-expanded': String(table.open.has(row)), title: 'details', 'aria-label': 'details',
      onclick: () => {
        if (!table.open.delete(row)) {
          table.open.add(row);
        }
        drawTable();
      },
    }, table.open.has(row) ? '−' : '+');
    lines.push(element('tr', { 'data-row': row }, element('td', { class: 'opener' }, opener), ...TABLE_COLUMNS.map((column) => cell(column, row))));
    if (table.open.has(row)) {
      lines.push(element('tr', { class: 'details' }, element('td', { colspan: TABLE_COLUMNS.length + 1 }, details(row))));
    }
  }
  document.querySelector('#table tbody').replaceChildren(...lines);
}

/** Buttons to the next and the former page of something. */
function drawPager(place, page, size, count, word, go) {
  const last = Math.max(0, Math.ceil(count / size) - 1);
  const button = (words, target, label) => element('button', {
    type: 'button', 'aria-label': label, disabled: target < 0 || target > last || target === page, onclick: () => go(target),
  }, words);
  place.replaceChildren(...(count <= size ? [] : [
    button('⏮', 0, 'first page'), button('◀', page - 1, 'former page'),
    `${(page * size + 1).toLocaleString('en')} to ${Math.min(count, (page + 1) * size).toLocaleString('en')} of ${plural(count, word)}`,
    button('▶', page + 1, 'next page'), button('⏭', last, 'last page')]));
}

/** Paper has no pages to turn: more rows, but no book. */
function printTable() {
  fillTable(table.sorted.slice(0, PRINTED_ROWS));
  document.getElementById('rows-in-print').textContent = table.sorted.length > PRINTED_ROWS
    ? `The first ${PRINTED_ROWS} of ${plural(table.sorted.length, 'row')}; filters in the page choose others, and --csv has all.`
    : '';
}
