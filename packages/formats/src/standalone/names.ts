// Names of models, inputs and axes, as JavaScript's source may have them.

/** A value as source that ends no line, comment or script element, whatever its texts. */
export function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value === "object" && value !== null)
    return `{ ${Object.entries(value)
      .map(([name, one]) => `${key(name)}: ${literal(one)}`)
      .join(", ")} }`;
  return typeof value === "string" ? quoted(value) : String(value);
}

function quoted(text: string): string {
  const escaped = (found: string): string =>
    [...found].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
  return JSON.stringify(text).replace(/[<\u2028\u2029]|\*\//g, escaped);
}

/** A key of a record. */
export function key(name: string): string {
  return isIdentifier(name) && name !== "__proto__" ? name : `[${literal(name)}]`;
}

/** One in plain letters, that is no word of the language. */
export function isIdentifier(name: string): boolean {
  return (
    /^[A-Za-z_$][\w$]*$/.test(name) &&
    !/^(new|in|do|if|for|let|var|try|this|with|case|else|enum|null|true|void|await|break|catch|class|const|false|super|throw|while|yield|delete|export|import|public|return|static|switch|typeof|default|extends|finally|package|private|continue|debugger|function|arguments|interface|protected|implements|instanceof|constructor)$/.test(
      name,
    )
  );
}
