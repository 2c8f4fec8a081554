import {
  arrayCoder,
  choiceCoder,
  type Coder,
  type CoderEntry,
  recordCoder,
  SIMPLE_CODERS,
} from "./coder.ts";
import { MAX_TYPES } from "./limits.ts";
import { NamedCoder, targetOf } from "./named_coder.ts";
import { SbsSchemaError } from "./sbs_error.ts";
import {
  BUILT_IN,
  type SchemaModule,
  type TypeDefinition,
  type TypeEntry,
  type TypeExpression,
} from "./schema_parser.ts";

/** Where a type is written: what its names mean. */
interface Scope {
  /** The module whose types need no prefix. */
  readonly module: SchemaModule | undefined;
  readonly args: ReadonlyMap<string, CompiledType>;
}

/** Types that are written alike are one; the number tells them apart. */
interface CompiledType {
  readonly id: number;
  readonly coder: Coder;
}

type Reference = TypeExpression & { readonly kind: "reference" };

/** A name whose type is not compiled yet: it may contain the name again. */
interface IncompleteType {
  readonly coder: NamedCoder;
  readonly type: TypeExpression;
  readonly scope: Scope;
}

/**
 * Turns types into coders. A type that refers to itself ends up in a coder that does: what a name stands for
 * is looked at when the type that has it is complete.
 */
export class Compiler {
  readonly #modules: ReadonlyMap<string, SchemaModule>;
  readonly #types = new Map<string, CompiledType>();
  readonly #incomplete: IncompleteType[] = [];
  /** How many of the types are linked. */
  #linked = 0;

  constructor(modules: ReadonlyMap<string, SchemaModule>) {
    this.#modules = modules;
  }

  /**
   * Compiles all types, and checks the references of parametric ones that nobody uses.
   *
   * @throws {SbsSchemaError} At a type that is not there, or that has other arguments.
   */
  check(): void {
    for (const module of this.#modules.values()) {
      for (const { type, params } of module.definitions.values()) {
        this.#check(type, module, params);
      }
    }
    for (const { name: module, definitions } of this.#modules.values()) {
      for (const { name, params, position } of definitions.values()) {
        if (params.length > 0) continue;
        this.compile({ kind: "reference", module, name, args: [], position });
      }
    }
  }

  /** @throws {SbsSchemaError} As {@linkcode check}. */
  compile(type: TypeExpression): Coder {
    this.#check(type, undefined, []);
    const { coder } = this.#compile(type, { module: undefined, args: new Map() });
    this.#completeTypes();
    return coder;
  }

  #completeTypes(): void {
    const completed: NamedCoder[] = [];
    for (let next = this.#incomplete.pop(); next !== undefined; next = this.#incomplete.pop()) {
      const { coder, type, scope } = next;
      coder.complete(this.#compile(type, scope).coder);
      completed.push(coder);
    }
    for (const coder of completed) coder.settle();
    for (const { coder } of [...this.#types.values()].slice(this.#linked)) coder.link?.(targetOf);
    this.#linked = this.#types.size;
  }

  #check(type: TypeExpression, module: SchemaModule | undefined, params: readonly string[]): void {
    if (type.kind !== "reference") {
      for (const entry of type.entries) this.#check(entry.type, module, params);
      return;
    }
    for (const arg of type.args) this.#check(arg, module, params);
    const expected = this.#arity(type, module, params);
    if (type.args.length === expected) return;
    const reason = `'${type.name}' takes ${expected} arguments, not ${type.args.length}`;
    throw new SbsSchemaError(reason, type.position);
  }

  #arity(type: Reference, module: SchemaModule | undefined, params: readonly string[]): number {
    if (type.module === undefined) {
      if (params.includes(type.name)) return 0;
      const count = BUILT_IN.get(type.name);
      if (count !== undefined) return count;
    }
    return this.#definition(type, module).definition.params.length;
  }

  #definition(
    type: Reference,
    own: SchemaModule | undefined,
  ): { readonly module: SchemaModule; readonly definition: TypeDefinition } {
    const module = type.module === undefined ? own : this.#modules.get(type.module);
    const definition = module?.definitions.get(type.name);
    if (module !== undefined && definition !== undefined) return { module, definition };
    const reason = type.module !== undefined && module === undefined
      ? `there is no module '${type.module}'`
      : `there is no type '${type.name}'${
        module === undefined ? "" : ` in module '${module.name}'`
      }`;
    throw new SbsSchemaError(reason, type.position);
  }

  #compile(type: TypeExpression, scope: Scope): CompiledType {
    if (type.kind !== "reference") return this.#composite(type.kind, type.entries, scope);
    if (type.module === undefined) {
      const arg = scope.args.get(type.name);
      if (arg !== undefined) return arg;
      const simple = SIMPLE_CODERS.get(type.name);
      if (simple !== undefined) return this.#once(type.name, () => simple);
      if (BUILT_IN.has(type.name)) return this.#builtIn(type, scope);
    }
    return this.#named(type, scope);
  }

  #builtIn(type: Reference, scope: Scope): CompiledType {
    const { id, coder } = this.#compile(type.args[0] as TypeExpression, scope);
    return this.#once(`${type.name}(${id})`, () => {
      if (type.name === "Array") return arrayCoder(coder);
      const none = SIMPLE_CODERS.get("None") as Coder;
      return choiceCoder([{ name: "none", coder: none }, { name: "value", coder }]);
    });
  }

  #composite(
    kind: "record" | "choice",
    entries: readonly TypeEntry[],
    scope: Scope,
  ): CompiledType {
    const compiled = entries.map(({ name, type }) => ({ name, ...this.#compile(type, scope) }));
    const key = `${kind} ${compiled.map(({ name, id }) => `${name}:${id}`).join(" ")}`;
    return this.#once(key, () => {
      const coders: readonly CoderEntry[] = compiled.map(({ name, coder }) => ({ name, coder }));
      return kind === "record" ? recordCoder(coders) : choiceCoder(coders);
    });
  }

  #named(type: Reference, scope: Scope): CompiledType {
    const { module, definition } = this.#definition(type, scope.module);
    const args = type.args.map((arg) => this.#compile(arg, scope));
    const key = `${module.name}.${definition.name}(${args.map(({ id }) => id).join(" ")})`;
    return this.#once(key, () => {
      if (this.#types.size > MAX_TYPES) {
        const reason =
          `'${type.name}' becomes more than ${MAX_TYPES} types: its arguments grow forever`;
        throw new SbsSchemaError(reason, type.position);
      }
      const coder = new NamedCoder(type.name, type.position);
      const params = new Map(definition.params.map((name, i) => [name, args[i] as CompiledType]));
      this.#incomplete.push({ coder, type: definition.type, scope: { module, args: params } });
      return coder;
    });
  }

  #once(key: string, make: () => Coder): CompiledType {
    const known = this.#types.get(key);
    if (known !== undefined) return known;
    const type = { id: this.#types.size, coder: make() };
    this.#types.set(key, type);
    return type;
  }
}
