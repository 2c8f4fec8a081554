/**
 * Pieces of a manual page in the macros of man(7), as groff and mandoc know them.
 *
 * @module
 */

/** A line that is a macro with arguments. */
export function macro(name: string, ...args: readonly string[]): string {
  return [`.${name}`, ...args.map((arg) => `"${escapeText(arg).replaceAll('"', "\\(dq")}"`)].join(
    " ",
  );
}

/** A text in lines of the usual length; paragraphs are separated by blank lines. */
export function paragraphs(text: string): string {
  return text.split("\n\n").map((paragraph) => foldText(paragraph)).join("\n.PP\n");
}

/** Lines of a source longer than this are bad style to mandoc. */
const WIDTH = 76;

function foldText(text: string): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    const escaped = escapeText(word);
    if (line !== "" && line.length + 1 + escaped.length > WIDTH) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? guard(escaped) : `${line} ${escaped}`;
  }
  return [...lines, line].join("\n");
}

/** A line of text, which is no macro whatever it begins with. */
export function textLine(text: string): string {
  return guard(escapeText(text));
}

function guard(line: string): string {
  return /^[.']/.test(line) ? `\\&${line}` : line;
}

/** A text as it is, in bold. */
export function bold(text: string): string {
  return `\\fB${escapeText(text)}\\fR`;
}

/** A text as it is, in italics: what stands for something else. */
export function italic(text: string): string {
  return `\\fI${escapeText(text)}\\fR`;
}

/** Characters that mean something to troff, or that it would print as others, or that are not ASCII. */
export function escapeText(text: string): string {
  let escaped = "";
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    if (point > 0x7e) escaped += `\\[u${point.toString(16).toUpperCase().padStart(4, "0")}]`;
    else escaped += SPECIAL[character] ?? character;
  }
  return escaped;
}

const SPECIAL: Readonly<Record<string, string>> = {
  "\\": "\\e",
  "-": "\\-",
  "'": "\\(aq",
  "`": "\\(ga",
  "^": "\\(ha",
  "~": "\\(ti",
};
