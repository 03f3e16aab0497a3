// Markup as text, in HTML as in SVG.

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** `<name key="value">children</name>`; children are markup, attributes are not. */
export function tag(name: string, attributes: Attributes = {}, ...children: readonly string[]): string {
  const written = Object.entries(attributes).flatMap(([key, value]) => (value === undefined ? [] : [` ${key}="${escape(String(value))}"`]));
  return `<${name}${written.join("")}>${children.join("")}</${name}>`;
}

/** Text as markup. */
export function escape(text: string): string {
  return text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

/** Coordinates to a tenth of a pixel; what is finer only makes the file longer. */
export function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** A line through points, in pixels. */
export function line(points: readonly (readonly [x: number, y: number])[], cls: string): string {
  return tag("polyline", { class: cls, points: points.map(([x, y]) => `${px(x)},${px(y)}`).join(" ") });
}
