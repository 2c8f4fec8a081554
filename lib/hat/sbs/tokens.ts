import { SbsSchemaError, type SchemaPosition } from "./sbs_error.ts";

/** A piece of schema text. */
export interface Token {
  readonly kind: "name" | "mark" | "end";
  /** The name; or one of `= : . ( ) { }`; empty at the end. */
  readonly text: string;
  readonly position: SchemaPosition;
}

const PIECE = /[\s,]+|#[^\n]*|([A-Za-z][A-Za-z0-9_]*)|([=:.(){}])/y;

/**
 * Takes a schema text apart; the last token is its end.
 *
 * @throws {SbsSchemaError} At a character that no schema has.
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  let lineStart = 0;
  PIECE.lastIndex = 0;
  for (let at = 0; at < text.length;) {
    const position = { line, column: at - lineStart + 1 };
    const match = PIECE.exec(text);
    if (match === null) {
      const character = JSON.stringify(String.fromCodePoint(text.codePointAt(at) ?? 0));
      PIECE.lastIndex = 0;
      throw new SbsSchemaError(`no schema has the character ${character}`, position);
    }
    const [piece, name, mark] = match;
    if (name !== undefined) tokens.push({ kind: "name", text: name, position });
    else if (mark !== undefined) tokens.push({ kind: "mark", text: mark, position });
    for (let i = piece.indexOf("\n"); i >= 0; i = piece.indexOf("\n", i + 1)) {
      line++;
      lineStart = at + i + 1;
    }
    at += piece.length;
  }
  const position = { line, column: text.length - lineStart + 1 };
  tokens.push({ kind: "end", text: "", position });
  return tokens;
}
