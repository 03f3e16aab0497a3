// HTML and SVG as text. What a caller says reaches a page through here alone, as text.

export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** `<name key="value">inner</name>`. Attributes are text, what is inside is markup. */
export function tag(name: string, attributes: Attributes = {}, ...inner: readonly string[]): string {
  const pairs = Object.entries(attributes).flatMap(([key, value]) => (value === undefined ? [] : [` ${key}="${escape(String(value))}"`]));
  return `<${name}${pairs.join("")}>${inner.join("")}</${name}>`;
}

/** Text as markup, in elements as in attributes. */
export function escape(text: string): string {
  return legible(text).replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

/** Without what XML 1.0 has no letters for: controls, halves of pairs, and the two that are none. Each is shown as U+FFFD. */
export function legible(text: string): string {
  return text.replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, "\uFFFD");
}

/** Pixels to a tenth; what is finer only makes the file longer. */
export function px(value: number): number {
  return Math.round(value * 10) / 10;
}
