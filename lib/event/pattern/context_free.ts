/**
 * Whether a generated expression finds in a longer text whatever it finds in a part of it: it holds
 * no anchor and looks at nothing outside its match but for word boundaries, which see at both ends
 * of a part what they see at a line break.
 *
 * @param source An expression as `generate` makes it: valid, and without flags.
 */
export function isContextFree(source: string): boolean {
  let inClass = false;
  for (let i = 0; i < source.length; i++) {
    const character = source[i];
    if (character === "\\") i++;
    else if (inClass) inClass = character !== "]";
    else if (character === "[") inClass = true;
    else if (character === "^" || character === "$") return false;
    else if (character === "(" && /^\(\?(?:[=!]|<[=!])/.test(source.slice(i, i + 4))) return false;
  }
  return true;
}
