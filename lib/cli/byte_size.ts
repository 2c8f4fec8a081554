const SIZE = /^(\d+(?:\.\d+)?)\s*(?:([kmgt])(i?b)?|b)?$/i;

const EXPONENTS: Readonly<Record<string, number>> = { k: 1, m: 2, g: 3, t: 4 };

/**
 * Reads a number of bytes as people type it: `10GB` and the like count by 1000, `10GiB` and `10G` by
 * 1024, as GNU's tools do; without a unit it is bytes.
 *
 * @throws {TypeError} When the text is something else.
 */
export function parseByteSize(text: string): number {
  const match = SIZE.exec(text.trim());
  if (match === null) {
    throw new TypeError("be a number of bytes such as 500MB, 10GB, 10GiB or 1T");
  }
  const [, amount, letter = "", suffix = ""] = match;
  const base = suffix.toLowerCase() === "b" ? 1000 : 1024;
  return Math.floor(Number(amount) * base ** (EXPONENTS[letter.toLowerCase()] ?? 0));
}

const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB"];

/** A number of bytes for people, with three digits or so. */
export function formatByteSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(value < 100 ? 1 : 0)} ${UNITS[unit]}`;
}
