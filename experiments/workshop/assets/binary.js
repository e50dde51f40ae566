// Reads what experiments/workshop/binary.py writes: a length, a line of JSON, and arrays behind it.

const TYPES = { uint8: Uint8Array, int8: Int8Array, uint16: Uint16Array, int32: Int32Array, uint32: Uint32Array,
  float32: Float32Array, float64: Float64Array };

export function unpack(buffer) {
  const size = new DataView(buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, size)));
  const arrays = {};
  for (const one of head.arrays) arrays[one.name] = new TYPES[one.type](buffer, 4 + size + one.at, one.size);
  return { told: head.told, arrays };
}

// Fetch a body of this server; nothing else is ever asked.
export async function load(path) {
  const answer = await fetch(path, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.arrayBuffer();
}
