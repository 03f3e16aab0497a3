// Numbers as plots and tables write them.

/** Three significant figures: "0.0123", "12.3", "1,230"; with an exponent from a million on and below a thousandth: "2.5e−5". */
export function compact(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e6 || size < 1e-3)) return power(value);
  const rounded = size >= 1000 ? Math.round(value) : Number(value.toPrecision(3));
  return minus(size >= 10_000 ? grouped(rounded) : String(rounded));
}

/** "+1.50", "0.00", "−1.50" */
export function signed(value: number, digits = 0): string {
  const size = Math.abs(value).toFixed(digits);
  return Number(size) === 0 ? size : `${value > 0 ? "+" : "−"}${size}`;
}

/** 0.123 → "12.3 %" */
export function percent(share: number, digits = 1): string {
  return `${minus((100 * share).toFixed(digits))}\u00A0%`;
}

/** 12345 → "12,345" */
export function grouped(value: number): string {
  return new Intl.NumberFormat("en").format(value);
}

/** "1 epoch", "2 epochs" */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** "a", "a and b", "a, b and c", "a, b, c and 4 more" */
export function listed(names: readonly string[], most = 4): string {
  const shown = names.length > most ? [...names.slice(0, most - 1), `${names.length - most + 1} more`] : names;
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}

function power(value: number): string {
  const [mantissa = "", exponent = ""] = value.toExponential(2).split("e");
  return `${minus(String(Number(mantissa)))}e${minus(String(Number(exponent)))}`;
}

function minus(text: string): string {
  return text.replace("-", "−");
}
