// Many segments into one sheet, as many at a time as a kernel may read. One kernel per number of segments, whatever their lengths.
import type { Device } from "../gpu/device.ts";
import { type Shader, shader } from "../gpu/shader.ts";
import { type Sheet, hold } from "../gpu/sheet.ts";

/** A part of a sheet. */
interface Part {
  readonly sheet: Sheet;
  readonly at: number;
  readonly length: number;
}

/** One sheet, held by nobody, with the contents of all parts in a row. n parts take about n/(k − 1) dispatches, k textures each. */
export function gatherInto(device: Device, parts: readonly Part[]): Sheet {
  const most = device.limits.textures;
  if (parts.length <= most) return pack(device, parts);
  const packed: Sheet[] = [];
  for (let at = 0; at < parts.length; at += most) {
    packed.push(hold(pack(device, parts.slice(at, at + most))));
  }
  const whole = gatherInto(
    device,
    packed.map((sheet) => ({ sheet, at: 0, length: sheet.length })),
  );
  packed.forEach(device.release);
  return whole;
}

function pack(device: Device, parts: readonly Part[]): Sheet {
  const ends: number[] = [];
  const bases: number[] = [];
  let end = 0;
  for (const { at, length } of parts) {
    bases.push(at - end);
    ends.push((end += length));
  }
  device.counts.packs++;
  const sheets = parts.map(({ sheet }) => sheet);
  return device.launch(packing(parts.length), sheets, [...bases, ...ends.slice(0, -1)], end)[0]!;
}

/** Thread e copies from the first part that ends after it: p0 … are where the parts begin, less the thread that begins them; then their ends. */
function packing(count: number): Shader {
  const lines = ["const e = this.thread.x;", "let r = 0;"];
  for (let part = 0; part < count - 1; part++) lines.push(`if (e < p${count + part}) { r = t${part}[p${part} + e]; } else {`);
  lines.push(`r = t${count - 1}[p${count - 1} + e];`, "}".repeat(count - 1), "return r;");
  return shader({ lines, textures: count, numbers: 2 * count - 1, specials: false, outputs: 1 });
}
