/** A name is taken for a slip of the pen when at most a third of its letters differ, and one may always. */
const MAX_DIFFERING = 1 / 3;

/**
 * The names that come closest to a word, when any is close: what it may have been meant to be.
 *
 * @returns At most three names, the closest first.
 */
export function closest(word: string, names: readonly string[]): string[] {
  const limit = Math.max(1, Math.floor(word.length * MAX_DIFFERING));
  return names
    .map((name) => ({ name, distance: editDistance(word, name) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ name }) => name);
}

/** `; did you mean 'a' or 'b'?`, or nothing when there are no names. */
export function didYouMean(names: readonly string[]): string {
  if (names.length === 0) return "";
  return `; did you mean ${names.map((name) => `'${name}'`).join(" or ")}?`;
}

/** Letters to insert, remove, replace or swap with their neighbour to make one word the other. */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, replace);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (beforePrevious[j - 2] ?? 0) + 1);
      }
      current.push(least);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}
