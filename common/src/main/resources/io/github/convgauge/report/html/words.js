'use strict';
/* Numbers and names for people. Whatever comes from the data becomes text nodes, never markup. */

const NONE = '–';

/** Three significant digits, without an exponent: 0.0123, 1.23, 123, 1234. */
function digits(number) {
  if (number === 0) {
    return '0';
  }
  const magnitude = Math.floor(Math.log10(Math.abs(Number(number.toPrecision(3)))));
  return magnitude < -6 ? number.toExponential(2) : number.toFixed(Math.max(0, 2 - magnitude));
}

function time(nanos) {
  const units = [['ns', 1], ['µs', 1e3], ['ms', 1e6]];
  const found = units.find(([, size]) => Number((nanos / size).toPrecision(3)) < 1000);
  return found ? `${digits(nanos / found[1])} ${found[0]}` : `${digits(nanos / 1e9)} s`;
}

/** A cell of the table. */
function shown(key, row) {
  const own = value(key, row);
  if (own === null) {
    return NONE;
  }
  switch (COLUMN.get(key).kind) {
    case 'TIME': return time(own);
    case 'NUMBER': return digits(own);
    case 'RATIO': return `${digits(own)}×`;
    default: return String(own);
  }
}

function interval(row) {
  const low = number('ci95_low_ns', row);
  return low === null ? NONE : `${time(low)} … ${time(number('ci95_high_ns', row))}`;
}

/** The same at a tick of an axis, where 50.0 says no more than 50. */
function tick(nanos) {
  return nanos === 0 ? '0' : time(nanos).replace(/\.0+ |(\.\d*[1-9])0+ /, '$1 ');
}

function plural(count, word) {
  return `${count.toLocaleString('en')} ${word}${count === 1 ? '' : 's'}`;
}

/** Cuts a text between characters, in the middle, since names of drivers differ at both ends. */
function shortened(words, longest) {
  const characters = Array.from(words);
  if (characters.length <= longest) {
    return words;
  }
  const tail = longest >> 1;
  return `${characters.slice(0, longest - tail - 1).join('')}…${characters.slice(-tail).join('')}`;
}

/** Keeps right-to-left text, and what turns the direction around, from reaching its neighbours. */
function isolated(words) {
  return `\u2068${words}\u2069`;
}

/** A name on one line of a chart. */
function inChart(words, longest) {
  return isolated(shortened(words.replace(/[\p{Cc}\u202A-\u202E\u2066-\u2069\u2028\u2029]/gu, '\uFFFD'), longest));
}

/** What most rows have, and so is not said. */
const USUAL = new Map([['output', 'reused'], ['cache', 'hot']]);

/** What a row ran: backend, algorithm, and of the rest what some columns say; names of devices may be cut. */
function implementation(row, keys, longestDevice = Infinity) {
  const parts = [text('backend', row), text('algorithm', row)];
  for (const key of keys) {
    const own = value(key, row);
    // Where there is no room for all, the processor that threads run on is no news.
    const isPlain = key === 'device' && longestDevice < Infinity && number('threads', row) !== null;
    if (own !== null && own !== USUAL.get(key) && !isPlain) {
      parts.push(key === 'threads' ? plural(own, 'thread') : key === 'machine' ? `on ${own}` : key === 'device' ? shortened(own, longestDevice) : String(own));
    }
  }
  return parts.join(' ');
}

/** The columns besides backend and algorithm that are needed to tell rows apart, or to know what they are. */
function telling(rows, ...without) {
  const differing = (keys) => keys.filter((key) => !without.includes(key) && distinct(key, rows.filter((row) => value(key, row) !== null)).length > 1);
  const found = differing(['regime', 'output', 'cache', 'dtype', 'threads', 'device', 'machine']);
  for (const key of differing(['file', 'run'])) {
    if (groups(rows, (row) => implementation(row, found)).size < rows.length) {
      found.push(key);
    }
  }
  return found;
}

/** An element with attributes and children; texts among them become text. */
function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, own] of Object.entries(attributes ?? {})) {
    if (key.startsWith('on')) {
      made.addEventListener(key.slice(2), own);
    } else if (own !== null && own !== undefined && own !== false) {
      made.setAttribute(key, own === true ? '' : own);
    }
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** A name from the data, whatever its script. */
function bdi(words) {
  return element('bdi', { dir: 'auto' }, words);
}

/** A command with a button that copies it. */
function command(words) {
  const code = element('code', { dir: 'ltr' }, words);
  const button = element('button', { type: 'button', class: 'screen', onclick: () => copy(words, button, code) }, 'copy');
  return element('div', { class: 'command' }, code, button);
}

async function copy(words, button, code) {
  try {
    await navigator.clipboard.writeText(words);
    button.textContent = 'copied';
  } catch {
    // Not every browser lets a file copy; then at least it is marked.
    getSelection().selectAllChildren(code);
    button.textContent = 'marked';
  }
  setTimeout(() => { button.textContent = 'copy'; }, 1500);
}
