import { MAX_TYPE_DEPTH } from "./limits.ts";
import { SbsSchemaError, type SchemaPosition } from "./sbs_error.ts";
import { type Token, tokenize } from "./tokens.ts";

/** A named entry of a record or choice. */
export interface TypeEntry {
  readonly name: string;
  readonly type: TypeExpression;
}

/** A type as it is written: a name with arguments, or the entries of a record or choice. */
export type TypeExpression =
  | {
    readonly kind: "reference";
    /** The module's name when it is written. */
    readonly module: string | undefined;
    readonly name: string;
    readonly args: readonly TypeExpression[];
    readonly position: SchemaPosition;
  }
  | {
    readonly kind: "record" | "choice";
    readonly entries: readonly TypeEntry[];
    readonly position: SchemaPosition;
  };

/** `name(params) = type`. */
export interface TypeDefinition {
  readonly name: string;
  readonly params: readonly string[];
  readonly type: TypeExpression;
  readonly position: SchemaPosition;
}

/** A schema text: a module with its definitions. */
export interface SchemaModule {
  readonly name: string;
  readonly definitions: ReadonlyMap<string, TypeDefinition>;
}

/** How many arguments the types take that every schema has. */
export const BUILT_IN: ReadonlyMap<string, number> = new Map([
  ["None", 0],
  ["Boolean", 0],
  ["Integer", 0],
  ["Float", 0],
  ["String", 0],
  ["Bytes", 0],
  ["Array", 1],
  ["Optional", 1],
]);

/** Names that cannot be given to a type. */
function isReserved(name: string): boolean {
  return BUILT_IN.has(name) || name === "Record" || name === "Choice";
}

/**
 * Reads a schema text. References are not looked at yet.
 *
 * @throws {SbsSchemaError} When it is none.
 */
export function parseSchema(text: string): SchemaModule {
  return new SchemaParser(tokenize(text)).module();
}

/**
 * Reads a single type, such as `Array(HatEventer.Event)`.
 *
 * @throws {SbsSchemaError} When it is none.
 */
export function parseType(text: string): TypeExpression {
  return new SchemaParser(tokenize(text)).onlyType();
}

class SchemaParser {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  module(): SchemaModule {
    const keyword = this.#take("name", "'module'");
    if (keyword.text !== "module") throw expected("'module'", keyword);
    const { text: name } = this.#take("name", "the module's name");
    const definitions = new Map<string, TypeDefinition>();
    while (this.#peek().kind !== "end") {
      const definition = this.#definition();
      if (definitions.has(definition.name)) {
        throw new SbsSchemaError(`type '${definition.name}' is defined twice`, definition.position);
      }
      definitions.set(definition.name, definition);
    }
    return { name, definitions };
  }

  onlyType(): TypeExpression {
    const type = this.#type();
    const rest = this.#peek();
    if (rest.kind !== "end") throw expected("the end of the type", rest);
    return type;
  }

  #definition(): TypeDefinition {
    const { text: name, position } = this.#take("name", "a definition");
    if (isReserved(name)) throw new SbsSchemaError(`'${name}' is a type already`, position);
    const params: string[] = [];
    if (this.#skip("(")) {
      while (!this.#skip(")")) params.push(this.#parameter(params));
    }
    this.#expect("=");
    return { name, params, type: this.#type(), position };
  }

  #parameter(before: readonly string[]): string {
    const { text, position } = this.#take("name", "a parameter or ')'");
    if (isReserved(text)) throw new SbsSchemaError(`'${text}' is a type already`, position);
    if (before.includes(text)) {
      throw new SbsSchemaError(`parameter '${text}' is there twice`, position);
    }
    return text;
  }

  #type(): TypeExpression {
    const first = this.#take("name", "a type");
    if (++this.#depth > MAX_TYPE_DEPTH) {
      const reason = `types may lie at most ${MAX_TYPE_DEPTH} deep in each other`;
      throw new SbsSchemaError(reason, first.position);
    }
    const type = first.text === "Record" || first.text === "Choice"
      ? this.#composite(first)
      : this.#reference(first);
    this.#depth--;
    return type;
  }

  #reference(first: Token): TypeExpression {
    const isQualified = this.#skip(".");
    const { text: name } = isQualified ? this.#take("name", "a type's name") : first;
    const args: TypeExpression[] = [];
    if (this.#skip("(")) {
      while (!this.#skip(")")) args.push(this.#type());
    }
    const module = isQualified ? first.text : undefined;
    return { kind: "reference", module, name, args, position: first.position };
  }

  #composite(keyword: Token): TypeExpression {
    const kind = keyword.text === "Record" ? "record" : "choice";
    this.#expect("{");
    const entries: TypeEntry[] = [];
    const names = new Set<string>();
    while (!this.#skip("}")) {
      const { text: name, position } = this.#take("name", "an entry or '}'");
      if (names.has(name)) throw new SbsSchemaError(`entry '${name}' is there twice`, position);
      names.add(name);
      this.#expect(":");
      entries.push({ name, type: this.#type() });
    }
    if (entries.length === 0) {
      throw new SbsSchemaError(`a ${keyword.text} needs at least one entry`, keyword.position);
    }
    return { kind, entries, position: keyword.position };
  }

  #peek(): Token {
    return this.#tokens[this.#next] as Token;
  }

  #take(kind: Token["kind"], what: string): Token {
    const token = this.#peek();
    if (token.kind !== kind) throw expected(what, token);
    this.#next++;
    return token;
  }

  #skip(mark: string): boolean {
    const { kind, text } = this.#peek();
    if (kind !== "mark" || text !== mark) return false;
    this.#next++;
    return true;
  }

  #expect(mark: string): void {
    if (!this.#skip(mark)) throw expected(`'${mark}'`, this.#peek());
  }
}

function expected(what: string, found: Token): SbsSchemaError {
  const text = found.kind === "end" ? "the end" : `'${found.text}'`;
  return new SbsSchemaError(`expected ${what}, found ${text}`, found.position);
}
