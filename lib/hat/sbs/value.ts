/** An entry of a choice: which one, and its value. `Optional` is the choice of `none` and `value`. */
export type SbsChoice = {
  /** The entry's name. */
  readonly name: string;
  /** The entry's value. */
  readonly value: SbsValue;
};

/** The entries of a record by name. */
export type SbsRecord = { readonly [name: string]: SbsValue };

/**
 * A value as the schema language knows it.
 *
 * | type | value |
 * | --- | --- |
 * | `None` | `null` |
 * | `Boolean` | a boolean |
 * | `Integer` | a number when it is safe, else a bigint; both are encoded |
 * | `Float` | a number |
 * | `String` | a string without lone surrogates |
 * | `Bytes` | a `Uint8Array` |
 * | `Array` | an array |
 * | `Record` | an object with the entries as members; others are passed over |
 * | `Choice` | `{ name, value }` |
 */
export type SbsValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly SbsValue[]
  | SbsRecord
  | SbsChoice;

/** What stands for an absent value of `Optional`. */
export const NONE: SbsChoice = Object.freeze({ name: "none", value: null });

/**
 * The value of an `Optional`.
 *
 * @example
 * ```ts
 * import { optional } from "./value.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(optional(5), { name: "value", value: 5 });
 * assert.deepEqual(optional(undefined), { name: "none", value: null });
 * ```
 */
export function optional(value: SbsValue | undefined): SbsChoice {
  return value === undefined ? NONE : { name: "value", value };
}

/** How a message shows a value that does not fit: short, and whatever it is. */
export function describeValue(value: unknown): string {
  if (typeof value === "string") {
    return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  }
  if (typeof value === "bigint") return value.toString().length > 40 ? "a bigint" : `${value}n`;
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
