// HTML and SVG as text.

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** `<name key="value">inner</name>`. Attributes are text, what is inside is markup. */
export function tag(name: string, attributes: Attributes, ...inner: readonly string[]): string {
  const pairs = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return `<${name}${pairs.map(([key, value]) => ` ${key}="${text(String(value))}"`).join("")}>${inner.join("")}</${name}>`;
}

/** What a user reads, as markup. */
export function text(plain: string): string {
  return plain.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** Pixels to a tenth; what is finer only makes the file longer. */
export function px(value: number): number {
  return Math.round(value * 10) / 10;
}

/** A straight line; marked for what it means, not how it looks. */
export function stroke(mark: string, [x1, y1]: Point, [x2, y2]: Point): string {
  return tag("line", { class: mark, x1: px(x1), y1: px(y1), x2: px(x2), y2: px(y2) });
}

export type Point = readonly [x: number, y: number];
export type Anchor = "start" | "middle" | "end";

/** Letters whose middle stands at the height y. */
export function label(plain: string, [x, y]: Point, anchor: Anchor = "start", mark?: string): string {
  return tag(
    "text",
    { class: mark, x: px(x), y: px(y), dy: "0.35em", "text-anchor": anchor === "start" ? undefined : anchor },
    text(plain),
  );
}

/** What a pointer that rests on a mark is told. */
export function hint(plain: string): string {
  return tag("title", {}, text(plain));
}
