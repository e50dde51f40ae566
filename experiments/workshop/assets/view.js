// What part of the city is seen: one view for both maps, so that they move together.

export class View extends EventTarget {
  constructor() {
    super();
    Object.assign(this, { x: 0, y: 0, scale: 0.2, whole: [-1, -1, 1, 1] });
  }

  // Show all of a box of metres in a pane of pixels.
  fit([west, south, east, north], width, height) {
    this.x = (west + east) / 2;
    this.y = (south + north) / 2;
    this.scale = 0.94 * Math.min(width / Math.max(east - west, 50), height / Math.max(north - south, 50));
    this.changed();
  }

  // Zoom by a factor around a point of a pane (pixels from its middle, y downwards).
  zoom(factor, px = 0, py = 0) {
    const scale = Math.min(Math.max(this.scale * factor, 0.005), 12);
    this.x += px / this.scale - px / scale;
    this.y -= py / this.scale - py / scale;
    this.scale = scale;
    this.changed();
  }

  pan(dx, dy) {
    this.x -= dx / this.scale;
    this.y += dy / this.scale;
    this.changed();
  }

  changed() {
    this.dispatchEvent(new Event("change"));
  }
}

// Mouse, fingers and keys move a view; a short press is a click, told in metres.
export function moveWith(canvas, view, clicked) {
  const fingers = new Map();
  let moved = 0, apart = 0;
  const middle = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2];
  };
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    view.zoom(Math.exp(-event.deltaY * 0.0015), ...middle(event));
  }, { passive: false });
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, middle(event));
    moved = 0;
    apart = 0;
  });
  canvas.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId), now = middle(event);
    if (!before) return;
    fingers.set(event.pointerId, now);
    if (fingers.size === 1) {
      moved += Math.hypot(now[0] - before[0], now[1] - before[1]);
      if (moved > 4) view.pan(now[0] - before[0], now[1] - before[1]);
    } else {
      const [one, other] = [...fingers.values()];
      const wide = Math.hypot(one[0] - other[0], one[1] - other[1]);
      if (apart) view.zoom(wide / apart, (one[0] + other[0]) / 2, (one[1] + other[1]) / 2);
      apart = wide;
      moved = 99;
    }
  });
  for (const over of ["pointerup", "pointercancel"]) canvas.addEventListener(over, (event) => {
    const there = fingers.delete(event.pointerId);
    apart = 0;
    if (there && over === "pointerup" && moved <= 4) clicked(middle(event));
  });
}
