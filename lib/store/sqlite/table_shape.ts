import { SCHEMA } from "./schema.ts";

/** Whether a value of this type may stand in a column. */
type ColumnCheck = (type: number) => boolean;

const COLUMN_CHECKS: Readonly<Record<string, ColumnCheck>> = {
  INTEGER: isInteger,
  // A whole number is stored as one.
  REAL: (type) => type === 7 || isInteger(type),
  TEXT: (type) => type >= 13 && type % 2 === 1,
  BLOB: (type) => type >= 12 && type % 2 === 0,
};

/** The columns of each table of ours. */
const SHAPES: ReadonlyMap<string, readonly ColumnCheck[]> = new Map(
  [...SCHEMA.matchAll(/CREATE TABLE (\w+) \(\n([^;]+)\n\)/g)].map(([, name = "", columns = ""]) => [
    name,
    columns.split(",\n").map(readColumn),
  ]),
);

/** Whether a record of these types may be a row of a table; of a table that is not ours, any may. */
export function fitsTable(name: string, types: readonly number[]): boolean {
  const shape = SHAPES.get(name);
  if (shape === undefined) return true;
  return types.length === shape.length && shape.every((check, i) => check(types[i] ?? NaN));
}

function readColumn(definition: string): ColumnCheck {
  // The row id itself stands beside the record.
  if (/INTEGER PRIMARY KEY/.test(definition)) return (type) => type === 0;
  const [, , type = ""] = /^\s*(\w+) (\w+)/.exec(definition) ?? [];
  const check = COLUMN_CHECKS[type] ?? (() => true);
  return /NOT NULL|PRIMARY KEY/.test(definition) ? check : (type) => type === 0 || check(type);
}

function isInteger(type: number): boolean {
  return type >= 1 && type <= 9 && type !== 7;
}
