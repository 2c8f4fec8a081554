import type { SbsValue } from "../../../lib/hat/sbs/value.ts";
import type { Random } from "../../random.ts";

/** Makes a value of a type; less and less deep ones as `room` shrinks. */
type Make = (random: Random, room: number) => SbsValue;

/** A type of a random schema. */
interface RandomType {
  /** As it is written. */
  readonly text: string;
  readonly make: Make;
}

/** A schema text and what its types hold. */
export interface RandomSchema {
  readonly text: string;
  readonly types: readonly RandomType[];
}

const TEXTS = [
  "",
  "a",
  "?",
  "*",
  "č",
  "日本",
  "😀",
  "\ufeff",
  "x".repeat(63),
  "y".repeat(64),
  "é".repeat(50),
];

const SIMPLE: readonly RandomType[] = [
  { text: "None", make: () => null },
  { text: "Boolean", make: (random) => random.chance(0.5) },
  { text: "Integer", make: randomInteger },
  { text: "Float", make: (random) => random.pick([0, -0, 0.1, -1e300, NaN, Infinity, 5e-324]) },
  { text: "String", make: (random) => random.text(TEXTS, 0, 3) },
  {
    text: "Bytes",
    make: (random) => Uint8Array.from({ length: random.below(70) }, () => random.below(256)),
  },
];

/** A schema of some types that refer to each other, in any order, and to themselves. */
export function randomSchema(random: Random): RandomSchema {
  const count = random.int(1, 5);
  const makes: Make[] = [];
  const named = Array.from({ length: count }, (_, i): RandomType => ({
    text: `M.T${i}`,
    // Only through what may be empty does a type come back to itself, so a value ends.
    make: (random, room) => (makes[i] as Make)(random, room),
  }));
  const definitions = named.map((_, i) => {
    const { text, make } = randomType(random, named, 3, i);
    makes[i] = make;
    return `T${i} = ${text}`;
  });
  const text = ["module M", "Pair(a b) = Record { one: a, two: b }", ...definitions].join("\n");
  return { text, types: named };
}

function randomType(
  random: Random,
  named: readonly RandomType[],
  depth: number,
  before: number,
): RandomType {
  if (depth === 0 || random.chance(0.3)) {
    const earlier = named.slice(0, before);
    return random.pick([...SIMPLE, ...earlier]);
  }
  switch (random.below(5)) {
    case 0:
      return arrayOf(
        random.chance(0.3) ? random.pick(named) : randomType(random, named, depth - 1, before),
      );
    case 1:
      return optionalOf(
        random.chance(0.3) ? random.pick(named) : randomType(random, named, depth - 1, before),
      );
    case 2:
      return pairOf(
        randomType(random, named, depth - 1, before),
        randomType(random, named, depth - 1, before),
      );
    default: {
      const entries = Array.from(
        { length: random.int(1, 4) },
        () => randomType(random, named, depth - 1, before),
      );
      return random.chance(0.5) ? recordOf(entries) : choiceOf(entries);
    }
  }
}

function arrayOf(element: RandomType): RandomType {
  return {
    text: `Array(${element.text})`,
    make: (random, room) =>
      Array.from({ length: room > 0 ? random.below(4) : 0 }, () => element.make(random, room - 1)),
  };
}

function optionalOf(element: RandomType): RandomType {
  return {
    text: `Optional(${element.text})`,
    make: (random, room) =>
      room > 0 && random.chance(0.6)
        ? { name: "value", value: element.make(random, room - 1) }
        : { name: "none", value: null },
  };
}

function pairOf(one: RandomType, two: RandomType): RandomType {
  return {
    text: `Pair(${one.text} ${two.text})`,
    make: (random, room) => ({ one: one.make(random, room), two: two.make(random, room) }),
  };
}

function recordOf(entries: readonly RandomType[]): RandomType {
  return {
    text: `Record { ${entries.map(({ text }, i) => `e${i}: ${text}`).join(", ")} }`,
    make: (random, room) =>
      Object.fromEntries(entries.map(({ make }, i) => [`e${i}`, make(random, room)])),
  };
}

function choiceOf(entries: readonly RandomType[]): RandomType {
  return {
    text: `Choice { ${entries.map(({ text }, i) => `e${i}: ${text}`).join(" ")} }`,
    make: (random, room) => {
      const i = random.below(entries.length);
      return { name: `e${i}`, value: (entries[i] as RandomType).make(random, room) };
    },
  };
}

/** Around the limits of the encodings, and anywhere. */
function randomInteger(random: Random): number | bigint {
  const bits = random.below(random.chance(0.1) ? 3000 : 70);
  const near = (1n << BigInt(bits)) + BigInt(random.int(-2, 2));
  const value = random.chance(0.5) ? near : -near;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
