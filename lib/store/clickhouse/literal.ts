const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "'": "\\'",
  "`": "\\`",
  "\0": "\\0",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\b": "\\b",
  "\f": "\\f",
};

function escape(text: string): string {
  return text.toWellFormed().replace(
    /[\\'`\0\n\r\t\b\f]/g,
    (character) => ESCAPES[character] ?? "",
  );
}

/** A text as a literal of ClickHouse's SQL. */
export function sqlText(text: string): string {
  return `'${escape(text)}'`;
}

/** A name of a table, database or cluster, quoted. */
export function sqlName(name: string): string {
  return `\`${escape(name)}\``;
}

/** A number as the very double that it is: old releases read decimal fractions with an error. */
export function sqlDouble(value: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value === 0 ? 0 : value, true);
  const hex = Array.from(
    new Uint8Array(view.buffer),
    (byte) => byte.toString(16).padStart(2, "0"),
  );
  return `reinterpretAsFloat64(unhex('${hex.join("")}'))`;
}

/** A non-negative integer. */
export function sqlInteger(value: number): string {
  if (Number.isSafeInteger(value) && value >= 0) return `toUInt64(${value})`;
  throw new RangeError(
    `Cannot write SQL as the number must be a non-negative integer: current value is ${value}`,
  );
}
