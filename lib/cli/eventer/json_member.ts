import { parseJson } from "../../hat/json_text.ts";

/**
 * The text of a member's value: the value alone would not tell `1.0` from `1`.
 *
 * @param text The text of a JSON object, which must be JSON.
 * @param name The name of the member; of several the last one counts, as everywhere.
 * @returns Undefined when there is none.
 */
export function jsonMember(text: string, name: string): string | undefined {
  let found: string | undefined;
  let depth = 0;
  let key: unknown;
  let valueAt = -1;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"') {
      const end = endOfString(text, at);
      if (depth === 1 && valueAt < 0) key = parseJson(text.slice(at, end));
      at = end - 1;
    } else if (char === "{" || char === "[") depth++;
    else if (depth === 1 && char === ":") valueAt = at + 1;
    else if (char === "," || char === "}" || char === "]") {
      if (depth === 1 && valueAt >= 0) {
        if (key === name) found = text.slice(valueAt, at).trim();
        valueAt = -1;
      }
      if (char !== ",") depth--;
    }
  }
  return found;
}

/** Where a string that begins there has ended: after the first quote with no odd number of backslashes. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let first = at;
    while (text[first - 1] === "\\") first--;
    if ((at - first) % 2 === 0) return at + 1;
  }
  return text.length;
}
