// The map side of the page: fetches bodies of this server, and binds the controls to the maps.
// The server's side panels call `afterdark.*`; what is drawn goes back as the event "drawn".

import { load, unpack } from "./binary.js";
import { DIFFERENCE, SEQUENCE, decoded } from "./colours.js";
import { StreetMap, boxOf, nearestStreet } from "./streetmap.js";
import { View, moveWith } from "./view.js";
import { Walkers } from "./walkers.js";

const MOST = { light: 30, footfall: 3000 };  // ends of scales, as in night.py
const FIRST_MIN = 240, DAY_MIN = 1440;
const $ = (id) => document.getElementById(id);
const words = JSON.parse($("map-words").textContent);
const state = { minute: 22 * 60, playing: false, last: 0, version: -1, hasAfter: false, layers: {}, walkers: {}, shape: null };
const view = new View(), maps = {}, cities = {};  // the city of each side: with what measures add, on the right
let city;

async function begin() {
  while (!$("map-after")) await new Promise(requestAnimationFrame);  // the panels are put there by the server's words
  city = unpack(await load("/data/city.bin"));
  for (const side of ["before", "after"]) {
    const canvas = $(`map-${side}`);
    maps[side] = new StreetMap(canvas, city, view);
    maps[side].over = (context, pixel, ratio) => drawWalkers(side, context, pixel, ratio);
    cities[side] = city;
    moveWith(canvas, view, (place) => clicked(maps[side].metres(place), side));
    canvas.addEventListener("keydown", (event) => pressed(event, side));
  }
  window.afterdark.whole();
  document.documentElement.dataset.city = "drawn";
  bind();
  window.afterdark.ready = true;
  window.afterdark.marks();
  if (window.afterdark.wanted) await window.afterdark.night(...window.afterdark.wanted);
}

function bind() {
  for (const id of ["layer", "gender", "age"]) $(id).addEventListener("change", recolour);
  for (const box of document.querySelectorAll("[data-shown]")) {
    const put = () => Object.values(maps).forEach((map) => {
      map.shown[box.dataset.shown] = box.checked;
      map.redraw();
    });
    box.addEventListener("change", put);
    put();
  }
  $("walkers").addEventListener("change", () => Object.values(maps).forEach((map) => map.redraw()));
  $("minute").addEventListener("input", () => setMinute(Number($("minute").value)));
  $("play").addEventListener("click", () => play(!state.playing));
  $("whole").addEventListener("click", () => window.afterdark.whole());
  $("closer").addEventListener("click", () => view.zoom(1.5));
  $("farther").addEventListener("click", () => view.zoom(1 / 1.5));
  setMinute(state.minute);
}

// ---- values -------------------------------------------------------------------------------------------------------

async function codesOf(side) {
  const layer = $("layer").value === "difference" ? "feeling" : $("layer").value;
  const group = layer === "feeling" ? `&gender=${$("gender").value}&age=${$("age").value}` : "";
  const key = `side=${side}&layer=${layer}${group}&version=${state.version}`;
  if (!state.layers[key]) state.layers[key] = load(`/data/layer.bin?${key}`).then((body) => unpack(body).arrays.codes);
  return state.layers[key];
}

async function recolour() {
  if (state.version < 0) return;
  const begun = performance.now(), difference = $("layer").value === "difference";
  $("difference-note").hidden = !(difference && !state.hasAfter);
  const sides = state.hasAfter ? ["before", "after"] : ["before"];
  const [before, after] = await Promise.all(sides.map(codesOf));
  const hour = Math.floor(state.minute / 60) % 24;
  const now = (codes) => codes.subarray((hour * codes.length) / 24, ((hour + 1) * codes.length) / 24);
  state.codes = { before: now(before), after: after ? now(after) : null };
  $("pane-before").hidden = difference && state.hasAfter;  // the difference is one map
  $("title-after").textContent = difference ? words.difference : words.after;
  if (difference) {
    const change = state.hasAfter ? differences(state.codes.before, state.codes.after) : null;
    maps.before.colour(change, DIFFERENCE);
    maps.after.colour(change, DIFFERENCE);
  } else {
    maps.before.colour(state.codes.before, SEQUENCE);
    if (after) maps.after.colour(state.codes.after, SEQUENCE);
  }
  legend();
  window.afterdark.recolour_ms = performance.now() - begun;
}

// Change in points, from -MOST_POINTS to MOST_POINTS, as codes around 128.
const MOST_POINTS = 30;
function differences(before, after) {
  const out = new Uint8Array(before.length);
  for (let k = 0; k < out.length; k++) {
    const points = ((after[k] - before[k]) * 100) / 255;
    out[k] = Math.round(127.5 + 127.5 * Math.max(-1, Math.min(1, points / MOST_POINTS)));
  }
  return out;
}

function valueIn(codes, street) {
  const layer = $("layer").value === "difference" ? "feeling" : $("layer").value;
  if (layer === "feeling") return `${Math.round((codes[street] * 100) / 255)} %`;
  const value = decoded(codes[street], MOST[layer]);
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${words.units[layer]}`;
}

function legend() {
  const layer = $("layer").value, colours = layer === "difference" ? DIFFERENCE : SEQUENCE;
  const ends = { feeling: ["0 %", "50 %", "100 %"], difference: [`−${MOST_POINTS}`, "0", `+${MOST_POINTS}`] }[layer]
    || [0, 127.5, 255].map((code) => String(Math.round(decoded(code, MOST[layer]))));
  $("legend-words").textContent = words.legends[layer];
  $("legend-bar").style.background = `linear-gradient(90deg, ${colours.join(",")})`;
  $("legend-ends").replaceChildren(...ends.map((text) => Object.assign(document.createElement("span"), { textContent: text })));
  for (const id of ["gender", "age"]) $(id).disabled = layer === "light" || layer === "footfall" ? !$("walkers").checked : false;
}

// ---- time and walkers ---------------------------------------------------------------------------------------------

function setMinute(minute) {
  const hour = Math.floor(state.minute / 60), clock = ((Math.floor(minute / 60) % 24) + "").padStart(2, "0");
  state.minute = minute;
  $("minute").value = minute;
  const told = `${clock}:${String(Math.floor(minute % 60)).padStart(2, "0")}`;
  $("clock").textContent = told;
  $("minute").setAttribute("aria-valuetext", told);
  if (Math.floor(minute / 60) !== hour) recolour();
  Object.values(maps).forEach((map) => map.frame());
}

function play(on) {
  state.playing = on;
  $("play").textContent = on ? words.pause : words.play;
  $("play").setAttribute("aria-pressed", String(on));
  if (!on) return;
  $("walkers").checked = true;
  state.last = performance.now();
  const counted = { frames: 0, since: state.last };
  const step = (now) => {
    if (!state.playing) return;
    const passed = Math.min(now - state.last, 250);  // a sleeping tab does not jump
    state.last = now;
    const minute = state.minute + (passed / 60000) * Number($("speed").value);
    setMinute(minute >= FIRST_MIN + DAY_MIN ? FIRST_MIN : minute);
    counted.frames++;
    window.afterdark.frames_s = (1000 * counted.frames) / Math.max(now - counted.since, 1);
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}

// From when to when it is dark, as far as that is one span of the day; hours that are half dark count.
function darkHours(dark) {
  const is = (hour) => dark[(hour + 24) % 24] >= 0.5, hours = [...Array(24).keys()];
  const begins = hours.filter((hour) => is(hour) && !is(hour - 1)), ends = hours.filter((hour) => !is(hour) && is(hour - 1));
  if (begins.length !== 1) return "";
  return words.dark.replace("{start}", `${begins[0]}:00`).replace("{end}", `${ends[0]}:00`);
}

function drawWalkers(side, context, pixel, ratio) {
  const walkers = state.walkers[side];
  if (!walkers || !$("walkers").checked) return;
  const genders = ["woman", "man", "another"], gender = genders.indexOf($("gender").value), age = $("age").value;
  const wanted = (walk) => (gender < 0 || walkers.gender[walk] === gender) && (age === "all" || walkers.age[walk] === Number(age));
  const count = walkers.draw(context, pixel, ratio, state.minute * 60, wanted);
  $(`count-${side}`).textContent = words.out.replace("{count}", count);
}

// ---- clicks, keys and drawing -------------------------------------------------------------------------------------

function clicked(place, side) {
  if (state.shape) return addCorner(place);
  const [street, away] = nearestStreet(cities[side], ...place), isNew = street >= city.arrays.length.length;
  if (street < 0 || away > 12 / view.scale) return say("");
  const name = isNew ? words.added : city.told.names[city.arrays.name[street]] || words.unnamed;
  if (!state.codes) return say(name);
  const told = isNew ? [] : [valueIn(state.codes.before, street)];
  if (state.codes.after) told.push(valueIn(state.codes.after, street));
  say(`${name}, ${$("clock").textContent}: ${$("layer").selectedOptions[0].textContent.trim()} ${told.join(" → ")}`);
}

function pressed(event, side) {
  const step = 60, keys = {
    ArrowLeft: () => view.pan(step, 0), ArrowRight: () => view.pan(-step, 0),
    ArrowUp: () => view.pan(0, step), ArrowDown: () => view.pan(0, -step),
    "+": () => view.zoom(1.4), "-": () => view.zoom(1 / 1.4), "0": () => window.afterdark.whole(),
    " ": () => clicked([view.x, view.y], side),
    Enter: () => state.shape && finish(), Escape: () => window.afterdark.draw(null),
    Backspace: () => state.shape && addCorner(null),
  };
  if (!keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
}

function addCorner(place) {
  if (place) state.shape.points.push(place);
  else state.shape.points.pop();
  showShape();
  if (state.shape.points.length === state.shape.most) finish();
}

function showShape() {
  const points = state.shape ? state.shape.points : [];
  const closed = state.shape && state.shape.form === "area" && points.length > 2 ? [...points, points[0]] : points;
  for (const map of Object.values(maps)) {
    map.drawn = closed;
    map.redraw();
  }
  $("finish").disabled = !state.shape || points.length < state.shape.least;
}

function finish() {
  const { form, points, least } = state.shape;
  if (points.length < least) return;
  emitEvent(form === "mark" ? "marked" : "drawn", { form, points });
  window.afterdark.draw(null);
}

// The city with the streets that measures add behind its own.
function withAdded({ start, line, length }) {
  if (!length.length) return city;
  const own = city.arrays;
  return { ...city, steps: null, arrays: { ...own, start: concat(own.start, start.subarray(1).map((at) => at + own.line.length / 2)),
    line: concat(own.line, line), length: concat(own.length, length), name: concat(own.name, new Int32Array(length.length).fill(-1)) } };
}

function concat(one, other) {
  const both = new one.constructor(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

function say(text) {
  $("readout").textContent = text;
}

// ---- what the server's panels may ask ------------------------------------------------------------------------------

window.afterdark = {
  ...(window.afterdark || {}),

  // A night is there: fetch what is shown of it.
  async night(version, hasAfter, dark) {
    if (!city) return void (window.afterdark.wanted = [version, hasAfter, dark]);
    if (version === state.version) return;
    const before = state.hasAfter;
    Object.assign(state, { version, hasAfter, layers: {}, codes: null });
    document.documentElement.dataset.after = hasAfter ? "yes" : "no";
    $("pane-after").hidden = !hasAfter;
    const shades = Array.from({ length: 24 }, (_, k) => `rgba(38,38,84,${0.15 + 0.75 * dark[(k + 4) % 24]}) ${(k / 24) * 100}% ${((k + 1) / 24) * 100}%`);
    $("sky").style.background = `linear-gradient(90deg, ${shades.join(",")})`;
    $("dark").textContent = darkHours(dark);
    cities.after = hasAfter ? withAdded(unpack(await load(`/data/added.bin?side=after&version=${version}`)).arrays) : city;
    maps.after.show(cities.after, city.arrays.length.length);
    for (const side of hasAfter ? ["before", "after"] : ["before"])
      load(`/data/walks.bin?side=${side}&version=${version}`).then((body) => {
        state.walkers[side] = new Walkers(cities[side], unpack(body).arrays);
        maps[side].frame();
      });
    if (!hasAfter) delete state.walkers.after;
    if (hasAfter !== before) requestAnimationFrame(() => window.afterdark.whole());  // the panes are narrower now
    await recolour();
    document.documentElement.dataset.night = String(version);
  },

  mark(rows, fit) {
    if (!city) return;
    Object.values(maps).forEach((map) => map.mark(rows));
    if (fit && rows.length) view.fit(boxOf(city, rows), maps.before.canvas.clientWidth * 0.7, maps.before.canvas.clientHeight * 0.7);
  },

  // Begin to draw a line, an area, points (how many and what they are is told) or a mark of a walk; null ends it.
  draw(form, told = {}) {
    const counts = { line: [2], area: [3], mark: [1, 1] }[form] || [told.least, told.most];
    state.shape = form ? { form, points: [], least: counts[0], most: counts[1] } : null;
    $("drawing").hidden = !form;
    say(form ? told.words || words.drawing[form] : "");
    showShape();
    if (form) $("map-before").focus();
  },

  // Show the marks of the walk, as `marked` says.
  marks() {
    for (const map of Object.values(maps)) {
      map.numbered = window.afterdark.marked || [];
      map.redraw();
    }
  },

  // Send a chosen file; what is wrong with it comes back in words.
  async open(input) {
    const file = input.files[0];
    input.value = "";
    if (!file) return;
    if (file.size > 1 << 20) return void emitEvent("refused", words.large);
    const answer = await fetch("/open", { method: "POST", body: file, credentials: "same-origin" });
    emitEvent("refused", (await answer.json()).fault);
  },

  finish,
  whole() {
    const { clientWidth, clientHeight } = maps.before.canvas;
    view.fit(boxOf(city, null), clientWidth, clientHeight);
  },
};

begin();
