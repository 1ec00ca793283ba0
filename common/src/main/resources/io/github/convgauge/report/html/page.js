'use strict';
/* Puts the page together. */

function showSummary() {
  const counts = [...groups(ALL_ROWS, (row) => text('status', row))].map(([status, rows]) => `${rows.length.toLocaleString('en')} ${status}`);
  document.getElementById('summary').append(
    `${plural(DATA.count, 'row')}: ${counts.join(', ')}. From `, bdi(DATA.files.join(', ')), `, ${plural(distinct('run', ALL_ROWS).length, 'run')}.`);
  const machines = Object.entries(DATA.machines);
  document.getElementById('machines').append(...machines.map(([letter, words]) =>
    element('li', {}, machines.length > 1 ? `Machine ${letter}: ` : 'Machine: ', bdi(words))));
  document.getElementById('generator').textContent = `Made by ${DATA.generator}`;
}

function showWarnings() {
  const place = document.getElementById('warnings');
  DATA.warnings.forEach((words) => place.append(element('p', { class: 'warning' }, bdi(`Warning: ${words}.`))));
  const marks = Object.entries(DATA.marks);
  if (marks.length > 0) {
    place.append(element('div', { class: 'warning' },
      element('strong', {}, 'Not all rows may be compared.'),
      ' Most have in common: ', bdi(DATA.basis.join('; ') || 'nothing'), '. Marked ≠, and hollow in the charts:',
      element('ul', {}, ...marks.map(([reason, count]) => element('li', {}, `${plural(count, 'row')}: `, bdi(reason))))));
  }
  if (Object.keys(DATA.machines).length > 1) {
    place.append(element('p', { class: 'warning' }, 'These rows come from several machines. A device is the same only on the same machine; ratios to PyTorch are each taken on one.'));
  }
}

function stored() {
  try {
    return localStorage.getItem('convgauge-theme');
  } catch {
    // Pages from files may have no storage.
    return null;
  }
}

function setTheme(dark) {
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  document.getElementById('theme').textContent = dark ? 'light' : 'dark';
  document.getElementById('theme').setAttribute('aria-label', dark ? 'light colours' : 'dark colours');
  readTheme();
}

function buildTheme() {
  const system = matchMedia('(prefers-color-scheme: dark)');
  setTheme(stored() === null ? system.matches : stored() === 'dark');
  const turn = (dark) => {
    setTheme(dark);
    outdate();
  };
  system.addEventListener('change', () => {
    if (stored() === null) {
      turn(system.matches);
    }
  });
  document.getElementById('theme').addEventListener('click', () => {
    const dark = document.documentElement.dataset.theme !== 'dark';
    try {
      localStorage.setItem('convgauge-theme', dark ? 'dark' : 'light');
    } catch {
      // It lasts until the page is closed then.
    }
    turn(dark);
  });
}

/** On paper: dark on white, every chart, more rows. */
function buildPrint() {
  let before = false;
  addEventListener('beforeprint', () => {
    before = document.documentElement.dataset.theme === 'dark';
    setTheme(false);
    printCharts();
    sortRows();
    printTable();
    printOthers();
    const words = filterWords();
    document.getElementById('filter-in-print').textContent = words === '' ? '' : `Filtered: ${words}.`;
  });
  addEventListener('afterprint', () => {
    setTheme(before);
    outdate();
  });
}

function update() {
  const rows = filtered();
  document.getElementById('matches').textContent = `${rows.length.toLocaleString('en')} of ${plural(DATA.count, 'row')}`;
  showRows(rows);
  showOthers(rows);
  chartRows = rows;
  outdate();
}

buildTheme();
showSummary();
showWarnings();
buildTable();
buildCharts();
addView('others', drawOthers);
addView('environment', () => showEnvironments());
buildFilters(update);
buildPrint();
