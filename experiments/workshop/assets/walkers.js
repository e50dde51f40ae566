// The walks of one night, and where everybody is at a moment. Gender is told by colour and by shape.
// A walk is a row of streets with the second in which each is entered; between those it goes on evenly.

const LOOKS = [["#b3420a", "circle"], ["#0b5fa5", "square"], ["#2b7a4b", "triangle"]];
const MOST_ROUND = 10000;  // more than so many are all drawn as squares

export class Walkers {
  constructor(city, walks) {
    this.city = city;
    Object.assign(this, walks);
    this.size = this.start.length - 1;
    this.at = new Uint32Array(this.size);  // where each walk is in its row: time mostly goes forward
    this.at.set(this.start.subarray(0, this.size));
    this.steps = stepsOf(city);
  }

  // Draw those who are out at a second of the day; `wanted(walk)` says who is shown. Gives how many there are.
  draw(context, pixel, ratio, second, wanted) {
    const found = [[], [], []], place = [0, 0];
    for (let walk = 0; walk < this.size; walk++) {
      const first = this.start[walk];
      if (second < this.enters_s[first] || second >= this.leaves_s[walk] || !wanted(walk)) continue;
      this.place(walk, second, place);
      found[this.gender[walk]].push(place[0], place[1]);
    }
    const count = found.reduce((sum, one) => sum + one.length / 2, 0);
    const wide = pixel * ratio * (count > 3000 ? 2.2 : 3.4);
    found.forEach((points, gender) => dots(context, points, wide, LOOKS[gender][0], count > MOST_ROUND ? "square" : LOOKS[gender][1]));
    return count;
  }

  // Where a walk is at a second.
  place(walk, second, out) {
    const first = this.start[walk], end = this.start[walk + 1];
    let at = this.at[walk];
    if (second < this.enters_s[at]) at = first;
    while (at + 1 < end && this.enters_s[at + 1] <= second) at++;
    this.at[walk] = at;
    const leaves = at + 1 < end ? this.enters_s[at + 1] : this.leaves_s[walk];
    const share = Math.min(1, Math.max(0, (second - this.enters_s[at]) / Math.max(leaves - this.enters_s[at], 0.001)));
    const code = this.street[at];
    along(this.city.arrays, this.steps, code < 0 ? -1 - code : code, code < 0 ? 1 - share : share, out);
  }
}

// Metres from the start of each street to each of its points.
function stepsOf(city) {
  if (city.steps) return city.steps;
  const { start, line } = city.arrays, steps = new Float32Array(line.length / 2);
  for (let street = 0; street + 1 < start.length; street++)
    for (let at = start[street] + 1; at < start[street + 1]; at++)
      steps[at] = steps[at - 1] + Math.hypot(line[2 * at] - line[2 * at - 2], line[2 * at + 1] - line[2 * at - 1]);
  return (city.steps = steps);
}

function along({ start, line }, steps, street, share, out) {
  const last = start[street + 1] - 1, wanted = share * steps[last];
  let at = start[street];
  while (at + 1 < last && steps[at + 1] < wanted) at++;
  const part = Math.min(1, (wanted - steps[at]) / Math.max(steps[at + 1] - steps[at], 0.001));
  out[0] = line[2 * at] + part * (line[2 * at + 2] - line[2 * at]);
  out[1] = line[2 * at + 1] + part * (line[2 * at + 3] - line[2 * at + 1]);
}

function dots(context, points, wide, colour, form) {
  context.beginPath();
  for (let k = 0; k < points.length; k += 2) {
    const x = points[k], y = points[k + 1];
    if (form === "square") context.rect(x - wide, y - wide, 2 * wide, 2 * wide);
    else if (form === "triangle") {
      context.moveTo(x, y + 1.3 * wide);
      context.lineTo(x - 1.2 * wide, y - wide);
      context.lineTo(x + 1.2 * wide, y - wide);
      context.closePath();
    } else {
      context.moveTo(x + wide, y);
      context.arc(x, y, wide, 0, 7);
    }
  }
  context.fillStyle = colour;
  context.fill();
  if (points.length < 3000) {  // a pale edge, where there is time for it
    context.strokeStyle = "#fff";
    context.lineWidth = wide / 4;
    context.stroke();
  }
}
