// One map: areas, streets coloured by code, points, marked streets, what is being drawn, and whatever stands on top.
// What moves with the view alone is drawn once into a picture of its own, which every frame then copies.

const SMALLEST = 0.08;  // pixels a metre
const GROUND = "#f6f4f0", CASING = "#8d8a86", MARK = "#e0007a", ADDED = "#0a7d4f", SEEN = "#7a1fa2";
const AREAS = { water: "#d3e5f0", parks: "#dcebd3", buildings: "#e7e3dd" };
const POINTS = { venues: ["#6f655b", 2.2, "circle"], stops: ["#2f6d5e", 5, "square"], lamps: ["#b58900", 2.4, "circle"] };

export class StreetMap {
  constructor(canvas, city, view) {
    Object.assign(this, { canvas, city, view, shown: { buildings: true, venues: false, stops: true, lamps: false } });
    this.context = canvas.getContext("2d", { alpha: false });
    this.still = document.createElement("canvas");
    this.areas = Object.keys(AREAS).map((kind) => [kind, outlines(city, kind)]);
    this.bins = null;  // [colour, paths] of the streets by colour
    this.marked = null;
    this.drawn = [];
    this.numbered = [];  // places that are marked with a number
    this.added = null;  // streets that measures add
    this.over = null;  // draws what moves
    this.all = pathsOf(city, null);
    view.addEventListener("change", () => this.redraw());
    new ResizeObserver(() => this.resize()).observe(canvas);
    this.resize();
  }

  resize() {
    const ratio = Math.min(window.devicePixelRatio || 1, 2), box = this.canvas.getBoundingClientRect();
    if (!box.width || !box.height) return;
    for (const one of [this.canvas, this.still]) {
      one.width = Math.round(box.width * ratio);
      one.height = Math.round(box.height * ratio);
    }
    this.ratio = ratio;
    this.redraw();
  }

  // Show a city whose streets from a row on are added by measures.
  show(city, from) {
    this.city = city;
    this.bins = null;
    this.all = pathsOf(city, null);
    const count = city.arrays.start.length - 1 - from;
    this.added = count > 0 ? pathsOf(city, Array.from({ length: count }, (_, k) => from + k)) : null;
    this.redraw();
  }

  // Colour the streets by codes (one of 0 to 255 each, of one hour); null leaves them grey.
  colour(codes, colours) {
    if (!codes) this.bins = null;
    else {
      const count = colours.length, streets = colours.map(() => []);
      for (let street = 0; street < codes.length; street++)
        streets[Math.min(count - 1, Math.floor((codes[street] * count) / 256))].push(street);
      this.bins = colours.map((colour, bin) => [colour, pathsOf(this.city, streets[bin])]);
    }
    this.redraw();
  }

  // Mark some streets (rows) with a bright border.
  mark(rows) {
    this.marked = rows && rows.length ? pathsOf(this.city, rows) : null;
    this.redraw();
  }

  redraw() {
    this.stale = true;
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      this.frame();
    });
  }

  // Put the still picture and what moves on the screen.
  frame() {
    if (!this.canvas.width) return;
    if (this.stale) this.drawStill();
    this.context.setTransform(1, 0, 0, 1, 0, 0);
    this.context.drawImage(this.still, 0, 0);
    if (this.over) {
      this.toMetres(this.context);
      this.over(this.context, 1 / (this.view.scale * this.ratio), this.ratio);
    }
  }

  toMetres(context) {
    const k = this.view.scale * this.ratio;
    context.setTransform(k, 0, 0, -k, this.canvas.width / 2 - this.view.x * k, this.canvas.height / 2 + this.view.y * k);
  }

  drawStill() {
    this.stale = false;
    const context = this.still.getContext("2d", { alpha: false }), pixel = 1 / this.view.scale;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = GROUND;
    context.fillRect(0, 0, this.still.width, this.still.height);
    this.toMetres(context);
    for (const [kind, paths] of this.areas) if (this.shown[kind] !== false) {
      if (kind === "buildings" && this.view.scale < SMALLEST) continue;  // a house would be less than a pixel
      context.fillStyle = AREAS[kind];
      for (const path of paths) context.fill(path, "evenodd");
    }
    const width = pixel * Math.min(Math.max(1.5, this.view.scale * 3.2), 7);
    const stroke = (paths, colour, wide) => {
      context.strokeStyle = colour;
      context.lineWidth = wide;
      for (const path of paths) context.stroke(path);
    };
    context.lineCap = "round";
    if (this.added) stroke(this.added, ADDED, width + 8 * pixel);
    if (this.marked) stroke(this.marked, MARK, width + 6 * pixel);
    stroke(this.all, CASING, width + 0.9 * pixel);
    for (const [colour, paths] of this.bins || []) stroke(paths, colour, width);
    for (const kind of Object.keys(POINTS)) if (this.shown[kind]) this.drawPoints(context, kind, pixel);
    this.drawShape(context, pixel);
    this.numbered.forEach((place, at) => this.drawNumber(context, pixel, place, at + 1));
  }

  // A pin with a number; letters are drawn in pixels, as metres go upwards.
  drawNumber(context, pixel, [x, y], number) {
    context.fillStyle = SEEN;
    context.beginPath();
    context.arc(x, y, 11 * pixel, 0, 7);
    context.fill();
    context.save();
    context.translate(x, y);
    context.scale(pixel, -pixel);
    context.fillStyle = "#fff";
    context.font = "bold 13px system-ui, sans-serif";
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(String(number), 0, 1);
    context.restore();
  }

  drawPoints(context, kind, pixel) {
    const [colour, size, form] = POINTS[kind], points = this.city.arrays[kind], wide = size * pixel;
    context.fillStyle = colour;
    context.beginPath();
    for (let at = 0; at < points.length; at += 2) {
      const [x, y] = [points[at], points[at + 1]];
      if (form === "square") context.rect(x - wide / 2, y - wide / 2, wide, wide);
      else {
        context.moveTo(x + wide / 2, y);
        context.arc(x, y, wide / 2, 0, 7);
      }
    }
    context.fill();
  }

  drawShape(context, pixel) {
    if (!this.drawn.length) return;
    context.beginPath();
    this.drawn.forEach(([x, y], at) => (at ? context.lineTo(x, y) : context.moveTo(x, y)));
    context.strokeStyle = "#c2185b";
    context.lineWidth = 3 * pixel;
    context.setLineDash([8 * pixel, 5 * pixel]);
    if (this.drawn.length > 1) context.stroke();
    context.setLineDash([]);
    context.fillStyle = "#c2185b";
    for (const [x, y] of this.drawn) context.fillRect(x - 4 * pixel, y - 4 * pixel, 8 * pixel, 8 * pixel);
  }

  // From a point of the pane (pixels from its middle) to metres.
  metres([px, py]) {
    return [this.view.x + px / this.view.scale, this.view.y - py / this.view.scale];
  }
}

// Few lines a path: a browser that draws without a graphics card takes far longer for one long path than for many short ones.
const STREETS_A_PATH = 200, RINGS_A_PATH = 50;

function pathsOf(city, rows) {
  const { start, line } = city.arrays, paths = [], count = rows ? rows.length : start.length - 1;
  for (let k = 0; k < count; k++) {
    if (k % STREETS_A_PATH === 0) paths.push(new Path2D());
    const path = paths[paths.length - 1], street = rows ? rows[k] : k;
    if (street >= start.length - 1) continue;  // one that a measure adds
    let at = start[street];
    path.moveTo(line[2 * at], line[2 * at + 1]);
    for (at++; at < start[street + 1]; at++) path.lineTo(line[2 * at], line[2 * at + 1]);
  }
  return paths;
}

// Rings of areas; one that lies within the box of the last outer one may be a hole in it, and stays on its path.
function outlines(city, kind) {
  const start = city.arrays[`${kind}_start`], line = city.arrays[kind], paths = [];
  let outer = null, rings = RINGS_A_PATH;
  for (let ring = 0; ring + 1 < start.length; ring++) {
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    for (let at = start[ring]; at < start[ring + 1]; at++) {
      box[0] = Math.min(box[0], line[2 * at]);
      box[1] = Math.min(box[1], line[2 * at + 1]);
      box[2] = Math.max(box[2], line[2 * at]);
      box[3] = Math.max(box[3], line[2 * at + 1]);
    }
    const inside = outer && box[0] >= outer[0] && box[1] >= outer[1] && box[2] <= outer[2] && box[3] <= outer[3];
    if (!inside) {
      outer = box;
      if (++rings > RINGS_A_PATH) {
        paths.push(new Path2D());
        rings = 1;
      }
    }
    const path = paths[paths.length - 1];
    for (let at = start[ring]; at < start[ring + 1]; at++) {
      if (at === start[ring]) path.moveTo(line[2 * at], line[2 * at + 1]);
      else path.lineTo(line[2 * at], line[2 * at + 1]);
    }
    path.closePath();
  }
  return paths;
}

// The street whose line passes nearest to a point, and how far that is (m).
export function nearestStreet(city, x, y) {
  const { start, line } = city.arrays;
  let best = -1, away = Infinity;
  for (let street = 0; street + 1 < start.length; street++) for (let at = start[street]; at + 1 < start[street + 1]; at++) {
    const ax = line[2 * at], ay = line[2 * at + 1], bx = line[2 * at + 2] - ax, by = line[2 * at + 3] - ay;
    const share = Math.min(1, Math.max(0, ((x - ax) * bx + (y - ay) * by) / (bx * bx + by * by || 1)));
    const far = Math.hypot(x - ax - share * bx, y - ay - share * by);
    if (far < away) [best, away] = [street, far];
  }
  return [best, away];
}

export function boxOf(city, rows) {
  const { start, line } = city.arrays, box = [Infinity, Infinity, -Infinity, -Infinity];
  const add = (street) => {
    for (let at = start[street]; at < start[street + 1]; at++) {
      box[0] = Math.min(box[0], line[2 * at]);
      box[1] = Math.min(box[1], line[2 * at + 1]);
      box[2] = Math.max(box[2], line[2 * at]);
      box[3] = Math.max(box[3], line[2 * at + 1]);
    }
  };
  if (rows) rows.filter((row) => row < start.length - 1).forEach(add);
  else for (let street = 0; street + 1 < start.length; street++) add(street);
  return box;
}
