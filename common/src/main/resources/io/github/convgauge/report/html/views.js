'use strict';
/* Parts of the page that are drawn when they come into view, and again when what they show has changed. */

const views = [];
let drawingIsDue = false;

const viewObserver = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    views.find((view) => view.id === entry.target.id).visible = entry.isIntersecting;
  }
  drawSoon();
});

function addView(id, draw) {
  views.push({ id, draw, dirty: true, visible: false });
  viewObserver.observe(document.getElementById(id));
}

/** Says that everything has changed. */
function outdate() {
  views.forEach((view) => { view.dirty = true; });
  drawSoon();
}

/** Draws what is in view and out of date, all at once, before the next picture. */
function drawSoon() {
  if (drawingIsDue) {
    return;
  }
  drawingIsDue = true;
  requestAnimationFrame(() => {
    drawingIsDue = false;
    for (const view of views.filter((each) => each.visible && each.dirty)) {
      view.dirty = false;
      view.draw();
    }
  });
}
