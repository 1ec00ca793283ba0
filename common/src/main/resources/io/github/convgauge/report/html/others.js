'use strict';
/* Rows that are not PASSED, what failed before what is not to be had; and the environments. */

const PAGE_OTHERS = 20;
const PRINTED_OTHERS = 100;
const ORDER = ['FAILED', 'CRASHED', 'FELL_BACK', 'MISTRUSTED', 'UNAVAILABLE', 'UNSUPPORTED'];

const others = { rows: [], page: 0 };

function showOthers(rows) {
  others.rows = rows.filter((row) => text('status', row) !== GOOD).sort(inOrder);
  others.page = 0;
}

/** Rows one below the other; a reason that several have stands once above them. */
function othersOf(rows) {
  const lines = [];
  let before = null;
  for (const row of rows) {
    const status = text('status', row);
    const reason = text('reason', row) ?? 'no reason is given';
    if (before !== `${status} ${reason}`) {
      before = `${status} ${reason}`;
      lines.push(element('h3', {}, element('span', { class: statusClass(status) }, status), ': ', bdi(reason)));
    }
    lines.push(element('div', { class: 'other' },
      bdi(`${implementation(row, ['regime', 'output', 'dtype', 'threads', 'device'])}, ${text('layer', row)}`), command(text('repeat', row))));
  }
  return lines;
}

/** What failed before what is not to be had, and the same reasons together. */
function inOrder(a, b) {
  const { index } = DATA.values.reason;
  return ORDER.indexOf(text('status', a)) - ORDER.indexOf(text('status', b)) || index[a] - index[b] || a - b;
}

function drawOthers() {
  const from = others.page * PAGE_OTHERS;
  const list = document.getElementById('others-list');
  list.replaceChildren(...(others.rows.length === 0
    ? ['None of the rows that are shown.']
    : othersOf(others.rows.slice(from, from + PAGE_OTHERS))));
  drawPager(document.getElementById('others-pager'), others.page, PAGE_OTHERS, others.rows.length, 'row', (page) => {
    others.page = page;
    drawOthers();
  });
}

function printOthers() {
  if (others.rows.length > 0) {
    document.getElementById('others-list').replaceChildren(...othersOf(others.rows.slice(0, PRINTED_OTHERS)),
      others.rows.length > PRINTED_OTHERS ? `The first ${PRINTED_OTHERS} of ${plural(others.rows.length, 'row')}; --csv has all.` : '');
  }
}

function environmentWords(own) {
  return own === null ? NONE : Array.isArray(own) ? own.join(' ') || NONE
    : typeof own === 'object' ? Object.entries(own).map(([key, each]) => `${key} ${each}`).join('; ') || NONE : String(own);
}

/** Each environment once, with what it was recorded for, some at a time; its values when it is opened. */
function showEnvironments(page = 0) {
  const { texts, index } = DATA.environments;
  const found = [...groups(ALL_ROWS, (row) => index[row])];
  const list = document.getElementById('environment-list');
  list.replaceChildren();
  drawPager(document.getElementById('environment-pager'), page, PAGE_OTHERS, found.length, 'environment', showEnvironments);
  for (const [place, rows] of found.slice(page * PAGE_OTHERS, (page + 1) * PAGE_OTHERS)) {
    const first = rows[0];
    const body = element('div', {});
    const block = element('details', {
      class: 'environment',
      ontoggle: () => {
        if (block.open && body.childElementCount === 0) {
          const values = element('dl', {});
          for (const [key, own] of Object.entries(JSON.parse(texts[place]))) {
            values.append(element('dt', {}, bdi(key.replaceAll('_', ' '))), element('dd', {}, bdi(environmentWords(own))));
          }
          body.append(values);
        }
      },
    }, element('summary', {}, bdi(`machine ${text('machine', first)}, run ${text('run', first)}, ${distinct('backend', rows).join(', ')}: ${plural(rows.length, 'row')}`)), body);
    list.append(block);
  }
}
