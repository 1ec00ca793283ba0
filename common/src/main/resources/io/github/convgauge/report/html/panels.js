'use strict';
/* Draws the charts, each when it comes into view, from the rows that the filters leave. */

const CHARTS = [TIME, SPEEDUP, SIZE, ROOFLINE, OFFLOADS, AGREEMENT];
const panels = CHARTS.map((chart) => ({ chart, chosen: {}, offered: null, drawing: null, renderer: null }));
/** The rows that the charts show. */
let chartRows = ALL_ROWS;

function part(panel, selector) {
  return document.querySelector(`#${panel.chart.id} ${selector}`);
}

/** Fills the choices of a chart with what the rows offer, and keeps what was chosen where that is still there. */
function offer(panel) {
  const place = part(panel, '.controls');
  const choices = panel.chart.choices(chartRows);
  for (const { key, values } of choices) {
    if (!values.some(([own]) => own === panel.chosen[key])) {
      panel.chosen[key] = values[0]?.[0];
    }
  }
  const offered = JSON.stringify([choices, panel.chosen]);
  if (panel.offered === offered) {
    return;
  }
  panel.offered = offered;
  place.replaceChildren(...choices.map(({ key, label, values }) => {
    const list = element('select', {
      'data-key': key,
      onchange: () => {
        panel.chosen[key] = list.value;
        panel.offered = null;
        drawPanel(panel);
      },
    }, ...values.map(([own, words]) => element('option', { value: own }, shortened(words, 80))));
    list.value = panel.chosen[key];
    list.disabled = values.length < 2;
    return element('label', {}, label, ' ', list);
  }));
}

function drawPanel(panel, width = part(panel, '.plot').clientWidth || part(panel, 'h2').clientWidth) {
  const plot = part(panel, '.plot');
  const result = panel.chart.draw(chartRows, panel.chosen, width);
  part(panel, '.caption').replaceChildren(bdi(result.caption));
  plot.toggleAttribute('data-empty', result.option === undefined);
  if (result.option === undefined) {
    dispose(panel);
    return;
  }
  const renderer = result.marks > MOST_ELEMENTS ? 'canvas' : 'svg';
  if (panel.renderer !== renderer) {
    dispose(panel);
  }
  plot.style.height = `${result.height}px`;
  if (panel.drawing === null) {
    panel.drawing = echarts.init(plot, null, { renderer, width, height: result.height });
    panel.renderer = renderer;
  } else {
    panel.drawing.resize({ width, height: result.height, silent: true });
  }
  panel.drawing.setOption(result.option, { notMerge: true });
  panel.drawing.getZr().flush();
  plot.setAttribute('role', 'img');
  plot.setAttribute('aria-label', `${part(panel, 'h2').textContent}. ${result.caption} The table below has the same figures.`);
}

function dispose(panel) {
  panel.drawing?.dispose();
  panel.drawing = null;
  panel.renderer = null;
}

function buildCharts() {
  for (const panel of panels) {
    addView(panel.chart.id, () => {
      offer(panel);
      drawPanel(panel);
    });
  }
  let width = window.innerWidth;
  window.addEventListener('resize', () => {
    if (window.innerWidth !== width) {
      width = window.innerWidth;
      outdate();
    }
  });
}

/** All of them, at the width of a sheet. */
function printCharts() {
  for (const panel of panels) {
    offer(panel);
    drawPanel(panel, PRINT_PIXELS);
  }
}
