'use strict';
/* Colours and forms of the charts. */

/**
 * A colour and a form for each backend, the same in all charts. The hues are Okabe and Ito's (Color Universal Design,
 * 2008), which the colour-blind can tell apart, darker where the ground is white: every mark has a contrast of 3 or more.
 */
const LIGHT = ['#0072b2', '#c95500', '#00805c', '#b0578d', '#222222', '#9a7400', '#3a8fc4', '#7a7000'];
const DARK = ['#4aa8e8', '#ff8a3d', '#1fc795', '#e79bc6', '#f0f0f0', '#e6b422', '#9ad0f5', '#f0e442'];
const FORMS = ['circle', 'rect', 'triangle', 'diamond', 'path://M0,3h3v-3h2v3h3v2h-3v3h-2v-3h-3z', 'path://M0,0L10,0L5,9z', 'path://M0,0L5,3L10,0L7,5L10,10L5,7L0,10L3,5z', 'pin'];
const BACKENDS = distinct('backend', ALL_ROWS).sort();

/** Above it a drawing of single elements becomes slow, and a bitmap takes its place. */
const MOST_ELEMENTS = 300;
/** More would be a thicket that hides the marks. */
const MOST_INTERVALS = 400;
const MOST_BARS = 40;
const MOST_LAYERS = 40;
const LINE_PIXELS = 21;
const PRINT_PIXELS = 690;
const DEVICE_LETTERS = 18;
const FONT = 'system-ui, "Segoe UI", "Helvetica Neue", "Noto Sans", sans-serif';
/** A range of less than this is shown from zero. */
const LOG_FROM = 10;

const theme = { ink: '', faint: '', line: '', ground: '', bad: '', colours: LIGHT };

function readTheme() {
  const style = getComputedStyle(document.documentElement);
  for (const key of ['ink', 'faint', 'line', 'ground', 'bad']) {
    theme[key] = style.getPropertyValue(`--${key}`).trim();
  }
  theme.colours = document.documentElement.dataset.theme === 'dark' ? DARK : LIGHT;
}

function colourOf(backend) {
  return theme.colours[BACKENDS.indexOf(backend) % theme.colours.length];
}

function formOf(backend) {
  const place = BACKENDS.indexOf(backend);
  return FORMS[(place + Math.floor(place / LIGHT.length)) % FORMS.length];
}
