import type { SbsRecord, SbsValue } from "../../../lib/hat/sbs/value.ts";
import { floatOf } from "../vectors.ts";

/** A value as the reference data write it. */
export type Notation =
  | null
  | boolean
  | number
  | string
  | readonly Notation[]
  | { readonly [name: string]: Notation };

/** The value of a notation. */
export function valueOf(notation: Notation): SbsValue {
  if (typeof notation !== "object" || notation === null) return notation;
  if (isArray(notation)) return notation.map(valueOf);
  const { $int, $f64, $hex, $choice } = notation;
  if (typeof $int === "string") return BigInt($int);
  if (typeof $f64 === "string") return floatOf($f64);
  if (typeof $hex === "string") return Uint8Array.fromHex($hex);
  if ($choice !== undefined) {
    const [name, value] = $choice as readonly [string, Notation];
    return { name, value: valueOf(value) };
  }
  const entries = Object.entries(notation).map(([name, entry]) => [name, valueOf(entry)]);
  return Object.fromEntries(entries) as SbsRecord;
}

function isArray(notation: Notation): notation is readonly Notation[] {
  return Array.isArray(notation);
}
