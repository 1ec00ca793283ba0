'use strict';
/* What charts offer to choose from, and what problems are called. Each chart takes rows, its choices and a width, and
   gives a caption and, where there is something to draw, an option for ECharts, a height and the number of its marks. */

function choice(key, label, values, words = String) {
  return { key, label, values: values.map((each) => [String(each), words(each)]) };
}

/** Problems with the most rows first: what was measured most is what is looked at. */
function layersOf(rows) {
  return [...groups(rows, (row) => text('problem', row))].sort((a, b) => b[1].length - a[1].length)
    .map(([problem]) => problem);
}

const LAYER_OF = new Map(ALL_ROWS.map((row) => [text('problem', row), text('layer', row)]));

/** Names of problems, or what they are where they have none or share one. */
function layerWords(problems) {
  const names = problems.map((problem) => LAYER_OF.get(problem));
  return problems.map((problem, place) => (names.indexOf(names[place]) === names.lastIndexOf(names[place]) ? names[place] : problem));
}
