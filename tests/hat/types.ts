import { type EventType, matchesQueryType } from "../../lib/hat/mod.ts";
import type { Random } from "../random.ts";

const SEGMENTS = ["a", "b", ""];

/** How long random query types are at most; event types are enumerated to one more. */
const MAX_LENGTH = 3;

/** Every event type of a few segments, one of which no query type names: enough to tell apart all query types. */
export const EVERY_TYPE: readonly EventType[] = enumerate([...SEGMENTS, "z"], MAX_LENGTH + 1);

/** Every event type of the segments of some query types and of one more, to one more than their length. */
export function everyTypeFor(queryTypes: readonly EventType[]): readonly EventType[] {
  const segments = new Set(queryTypes.flat()).add("another");
  segments.delete("?");
  segments.delete("*");
  return enumerate([...segments], Math.max(...queryTypes.map(({ length }) => length), 0) + 1);
}

/** Every event type of these segments, up to a length. */
function enumerate(segments: readonly string[], maxLength: number): EventType[] {
  const types: EventType[] = [[]];
  for (let from = 0, length = 0; length < maxLength; length++) {
    const to = types.length;
    for (; from < to; from++) {
      for (const segment of segments) types.push([...types[from] ?? [], segment]);
    }
  }
  return types;
}

/** A query type of few segments, so that two of them often have to do with each other. */
export function randomQueryType(random: Random): EventType {
  const length = random.int(0, MAX_LENGTH);
  const type = Array.from({ length }, () => random.chance(0.3) ? "?" : random.pick(SEGMENTS));
  return random.chance(0.35) ? [...type.slice(0, MAX_LENGTH - 1), "*"] : type;
}

/** Mostly up to five query types, sometimes many. */
export function randomQueryTypes(random: Random): readonly EventType[] {
  const length = random.int(0, random.chance(0.2) ? 25 : 5);
  return Array.from({ length }, () => randomQueryType(random));
}

/** Which types one of the query types matches, by the plain rule. */
export function chosenTypes(
  queryTypes: readonly EventType[],
  types: readonly EventType[] = EVERY_TYPE,
): readonly EventType[] {
  return types.filter((type) => queryTypes.some((query) => matchesQueryType(type, query)));
}

/** Query types in an order that makes sets comparable. */
export function sortedTypes(types: readonly EventType[]): readonly string[] {
  return types.map((type) => JSON.stringify(type)).sort();
}
