'use strict';
/* Which rows are shown: of each column the values that are ticked, or all where none is; and a search. */

const FACETS = [
  ['device', 'device'], ['dtype', 'dtype'], ['status', 'status'], ['machine', 'machine'], ['backend', 'backend'],
  ['algorithm', 'algorithm'], ['layer', 'problem'], ['threads', 'threads'], ['regime', 'regime'], ['output', 'output'],
  ['cache', 'cache'], ['file', 'file'], ['run', 'run'],
];
const ALWAYS_SHOWN = new Set(['device', 'dtype', 'status']);
const SEARCHED = ['layer', 'problem', 'backend', 'algorithm', 'device', 'status', 'reason', 'not_comparable'];

const ALL_ROWS = Array.from({ length: DATA.count }, (_, row) => row);
const ticked = new Map(FACETS.map(([key]) => [key, new Set()]));

/** For each value of a text column, whether it holds what is searched for. */
function holding(key, words) {
  return DATA.values[key].texts.map((each) => each.toLowerCase().includes(words));
}

/** The rows that pass all filters, in the order of the files. */
function filtered() {
  const tests = [];
  for (const [key, values] of ticked) {
    if (values.size > 0) {
      tests.push((row) => values.has(value(key, row)));
    }
  }
  if (document.getElementById('only-comparable').checked) {
    tests.push(isComparable);
  }
  // All words must be there, each in some column.
  for (const words of document.getElementById('search').value.toLowerCase().split(/\s+/).filter((each) => each !== '')) {
    const columns = SEARCHED.map((key) => [DATA.values[key].index, holding(key, words)]);
    tests.push((row) => columns.some(([index, holds]) => holds[index[row]] === true));
  }
  return tests.length === 0 ? ALL_ROWS : ALL_ROWS.filter((row) => tests.every((test) => test(row)));
}

function facetOptions(key, values, changed) {
  const counts = new Map();
  for (const row of ALL_ROWS) {
    const own = value(key, row);
    counts.set(own, (counts.get(own) ?? 0) + 1);
  }
  return values.map((own) => {
    const box = element('input', {
      type: 'checkbox',
      onchange: () => {
        if (box.checked) {
          ticked.get(key).add(own);
        } else {
          ticked.get(key).delete(own);
        }
        changed();
      },
    });
    return element('label', {}, box, bdi(own === null ? 'none' : String(own)),
      element('span', { class: 'count' }, counts.get(own).toLocaleString('en')));
  });
}

function titleOf(key, title) {
  const values = [...ticked.get(key)];
  return values.length === 0 ? `${title}: all` : values.length === 1 ? `${title}: ${shortened(String(values[0] ?? 'none'), 24)}` : `${title}: ${values.length}`;
}

/** Builds the filters; each change calls the function. */
function buildFilters(changed) {
  const place = document.getElementById('facets');
  const menus = [];
  const summaries = new Map();
  const update = () => {
    for (const [key, title] of FACETS) {
      if (summaries.has(key)) {
        summaries.get(key).replaceChildren(bdi(titleOf(key, title)));
        summaries.get(key).parentElement.toggleAttribute('data-active', ticked.get(key).size > 0);
      }
    }
    changed();
  };
  for (const [key, title] of FACETS) {
    const values = distinct(key, ALL_ROWS);
    if (values.length < 2 && !ALWAYS_SHOWN.has(key)) {
      continue;
    }
    const summary = element('summary', {});
    summaries.set(key, summary);
    const options = element('div', { class: 'options' });
    const menu = element('details', {
      class: 'facet', 'data-key': key,
      ontoggle: () => {
        if (!menu.open) {
          return;
        }
        menus.filter((other) => other !== menu).forEach((other) => { other.open = false; });
        // A menu of a thousand problems is built when it is wanted.
        if (options.childElementCount === 0) {
          options.append(...facetOptions(key, values, update));
        }
        keepInside(options);
      },
    }, summary, options);
    menus.push(menu);
    place.append(menu);
  }
  document.addEventListener('click', (event) => {
    menus.filter((menu) => !menu.contains(event.target)).forEach((menu) => { menu.open = false; });
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      menus.forEach((menu) => { menu.open = false; });
    }
  });
  document.getElementById('search').addEventListener('input', update);
  document.getElementById('only-comparable').addEventListener('change', update);
  document.getElementById('only-comparable-label').hidden = ALL_ROWS.every(isComparable);
  document.getElementById('clear').addEventListener('click', () => {
    ticked.forEach((values) => values.clear());
    menus.forEach((menu) => menu.querySelectorAll('input').forEach((box) => { box.checked = false; }));
    document.getElementById('search').value = '';
    document.getElementById('only-comparable').checked = false;
    update();
  });
  update();
}

/** Moves a menu that would reach past the right edge of a narrow screen. */
function keepInside(options) {
  options.style.left = '0';
  const past = options.getBoundingClientRect().right - document.documentElement.clientWidth + 8;
  options.style.left = past > 0 ? `${-past}px` : '0';
}

/** What is filtered for, in words. */
function filterWords() {
  const parts = FACETS.filter(([key]) => ticked.get(key).size > 0)
    .map(([key, title]) => `${title} ${[...ticked.get(key)].map((own) => own ?? 'none').join(' or ')}`);
  const search = document.getElementById('search').value.trim();
  if (search !== '') {
    parts.push(`with "${search}"`);
  }
  if (document.getElementById('only-comparable').checked) {
    parts.push('comparable rows');
  }
  return parts.join('; ');
}
