// Scales of the map. Cividis (Nuñez, Anderton and Renslow 2018) can be read by people who do not tell red from green;
// for differences orange and purple part at grey. Codes run from 0 to 255, colours come in a few bins.

export const BINS = 24;
const CIVIDIS = ["#00224e", "#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369", "#e1cc55", "#fee838"];
const PARTING = ["#7f3b08", "#b35806", "#e08214", "#fdb863", "#d9d9d9", "#b2abd2", "#8073ac", "#542788", "#2d004b"];

function mixed(stops, share) {
  const at = share * (stops.length - 1), low = Math.min(Math.floor(at), stops.length - 2), part = at - low;
  const rgb = [1, 3, 5].map((k) => {
    const [one, other] = [stops[low], stops[low + 1]].map((stop) => parseInt(stop.slice(k, k + 2), 16));
    return Math.round(one + (other - one) * part);
  });
  return `rgb(${rgb.join(",")})`;
}

function ramp(stops, count) {
  return Array.from({ length: count }, (_, bin) => mixed(stops, bin / (count - 1)));
}

export const SEQUENCE = ramp(CIVIDIS, BINS);
export const DIFFERENCE = ramp(PARTING, BINS + 1);  // an odd number, so that no change has a bin of its own

// Same scale as `coded` in night.py: from a code to a number on a logarithmic scale.
export function decoded(code, most) {
  return Math.expm1((code / 255) * Math.log1p(most));
}
