import {
  type EventType,
  type EventTypeCollection,
  ListCollection,
  matchesQueryType,
  Subscription,
  TreeCollection,
} from "../../lib/hat/mod.ts";
import { count, printTable } from "../table.ts";

/** Short rounds, the best of which counts: on a shared machine most are disturbed. */
const ROUNDS = 25;
const MATCHES = 200_000;
const GETS = 100_000;
const LIST_GETS = 5;
const SUBSCRIPTIONS = 10_000;

/** How many different types are asked for. A type that was just received is in the processor's cache. */
const TYPES = 1000;

/** What hat-event 0.9.42 does with its parts in C, on a machine like this one. */
const HAT_MATCHES = "5-8.5M";
const HAT_GETS = "2.5M";

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** A type as it comes from the wire: of strings that nobody has seen before. */
function received(...segments: readonly string[]): EventType {
  return segments.map((segment) => decoder.decode(encoder.encode(segment)));
}

/** Matches by one subscription, and values found among 10,000 subscriptions. */
export function benchSubscription(): void {
  benchMatches();
  benchCollection();
}

function benchMatches(): void {
  const types = Array.from(
    { length: TYPES },
    (_, i) => received("plant", `unit${i % 7}`, `pump${i % 61}`, i % 2 === 0 ? "level" : "alarm"),
  );
  const sets: readonly (readonly [string, readonly EventType[]])[] = [
    ["one query type", [["plant", "unit1", "*"]]],
    ["four query types", [["plant", "?", "?", "alarm"], ["plant", "unit1", "*"], ["a"], [
      "?",
      "b",
    ]]],
    ["100 query types", Array.from({ length: 100 }, (_, i) => ["plant", "?", `pump${i}`, "alarm"])],
  ];
  const rows = sets.map(([name, queryTypes]) => {
    const subscription = new Subscription(queryTypes);
    const compiled = perSecond(types, MATCHES, (type) => subscription.matches(type));
    const plain = perSecond(
      types,
      MATCHES / queryTypes.length,
      (type) => queryTypes.some((queryType) => matchesQueryType(type, queryType)),
    );
    return [name, count(compiled), count(plain), (compiled / plain).toFixed(1), HAT_MATCHES];
  });
  printTable(`subscription: matches/s of types with 4 segments, best of ${ROUNDS}`, [
    ["", "compiled", "one by one", "ratio", "hat-event"],
    ...rows,
  ]);
}

function benchCollection(): void {
  const types = Array.from(
    { length: TYPES },
    (_, i) => received("plant", `unit${(i * 31) % SUBSCRIPTIONS}`, `pump${i % 61}`, "level"),
  );
  const sets: readonly (readonly [string, (i: number) => readonly EventType[]])[] = [
    ["1 finds a type", (i) => [["plant", `unit${i}`, "*"]]],
    ["10 find a type", (i) => [["plant", "?", `pump${i % 1000}`, "level"]]],
    ["two query types each", (i) => [["plant", `unit${i}`, "*"], ["?", `unit${i}`, "pump1", "?"]]],
  ];
  const rows = sets.map(([name, queryTypesOf]) => {
    const tree = filled(new TreeCollection<number>(), queryTypesOf);
    const list = filled(new ListCollection<number>(), queryTypesOf);
    const gets = perSecond(types, GETS, (type) => tree.get(type).length > 0);
    const plain = perSecond(types, LIST_GETS, (type) => list.get(type).length > 0);
    return [name, count(gets), count(plain), count(gets / plain), HAT_GETS];
  });
  printTable(
    `collection: gets/s among ${count(SUBSCRIPTIONS)} subscriptions, best of ${ROUNDS}`,
    [
      ["", "tree", "list", "ratio", "hat-event"],
      ...rows,
    ],
  );
}

function filled(
  collection: EventTypeCollection<number>,
  queryTypesOf: (i: number) => readonly EventType[],
): EventTypeCollection<number> {
  for (let i = 0; i < SUBSCRIPTIONS; i++) collection.add(new Subscription(queryTypesOf(i)), i);
  return collection;
}

/** How often a second something is asked; the answers are counted, so that asking cannot be left out. */
function perSecond(
  types: readonly EventType[],
  times: number,
  ask: (type: EventType) => boolean,
): number {
  let hits = 0;
  const rounds = Array.from({ length: ROUNDS }, () => {
    const started = performance.now();
    for (let i = 0; i < times; i++) if (ask(types[i % types.length] ?? [])) hits++;
    return (performance.now() - started) / 1000;
  });
  if (hits === 0) throw new Error("Cannot measure as nothing was found");
  return times / Math.min(...rounds);
}
