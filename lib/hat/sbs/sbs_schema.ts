import { ByteReader, type ReadOptions } from "./byte_reader.ts";
import { ByteWriter } from "./byte_writer.ts";
import type { Coder } from "./coder.ts";
import { Compiler } from "./compiler.ts";
import { Fault, SbsError, SbsSchemaError } from "./sbs_error.ts";
import { parseSchema, parseType, type SchemaModule } from "./schema_parser.ts";
import type { SbsValue } from "./value.ts";

/** A value and how many bytes it took. */
export interface DecodedPrefix {
  /** The value. */
  readonly value: SbsValue;
  /** How many bytes it took. */
  readonly length: number;
}

/** Encodes and decodes the values of one type. */
export interface SbsCodec {
  /** The type as it was asked for. */
  readonly type: string;
  /**
   * The bytes of a value.
   *
   * @throws {SbsError} When it does not fit the type.
   */
  encode(value: SbsValue): Uint8Array<ArrayBuffer>;
  /**
   * The value of bytes, all of them.
   *
   * @throws {SbsError} With the offset, when they are no value of the type, or more than one.
   */
  decode(bytes: Uint8Array, options?: ReadOptions): SbsValue;
  /**
   * The value at the start of bytes, as Hat itself reads; what follows is not looked at.
   *
   * @throws {SbsError} With the offset, when there is none.
   */
  decodePrefix(bytes: Uint8Array, options?: ReadOptions): DecodedPrefix;
}

/**
 * Types in the language of Hat's simple binary serialization, and the bytes of their values.
 *
 * A text is a module: `module NAME`, then definitions `NAME(PARAMETER …) = TYPE`. Types may refer to each
 * other in any order, to themselves, and to those of other modules as `MODULE.NAME`.
 *
 * @example
 * ```ts
 * import { SbsSchema } from "./sbs_schema.ts";
 * import assert from "node:assert/strict";
 *
 * const schema = SbsSchema.parse(`
 *   module Garden
 *   Plant = Record { name: String, height: Optional(Integer), cuttings: Array(Plant) }
 * `);
 * const plants = schema.codec("Garden.Plant");
 * const ivy = { name: "ivy", height: { name: "value", value: 200 }, cuttings: [] };
 * const bytes = plants.encode(ivy);
 * assert.deepEqual(plants.decode(bytes), ivy);
 * assert.equal(bytes.length, 8);
 * ```
 */
export class SbsSchema {
  readonly #compiler: Compiler;
  readonly #codecs = new Map<string, SbsCodec>();

  private constructor(modules: ReadonlyMap<string, SchemaModule>) {
    this.#compiler = new Compiler(modules);
    this.#compiler.check();
  }

  /**
   * Reads schema texts, each of them a module.
   *
   * @throws {SbsSchemaError} When one is none, or refers to what is not there.
   */
  static parse(...texts: readonly string[]): SbsSchema {
    const modules = new Map<string, SchemaModule>();
    for (const text of texts) {
      const module = parseSchema(text);
      if (modules.has(module.name)) {
        const reason = `module '${module.name}' is there twice`;
        throw new SbsSchemaError(reason, { line: 1, column: 1 });
      }
      modules.set(module.name, module);
    }
    return new SbsSchema(modules);
  }

  /**
   * What encodes and decodes a type.
   *
   * @param type Such as `Garden.Plant`, `Integer` or `Array(Garden.Plant)`.
   * @throws {SbsSchemaError} When it is no type, or not there.
   */
  codec(type: string): SbsCodec {
    let codec = this.#codecs.get(type);
    if (codec === undefined) {
      codec = new CompiledCodec(type, this.#compiler.compile(parseType(type)));
      this.#codecs.set(type, codec);
    }
    return codec;
  }

  /** Encodes a value of a type: `codec(type).encode(value)`. */
  encode(type: string, value: SbsValue): Uint8Array<ArrayBuffer> {
    return this.codec(type).encode(value);
  }

  /** Decodes a value of a type: `codec(type).decode(bytes)`. */
  decode(type: string, bytes: Uint8Array, options?: ReadOptions): SbsValue {
    return this.codec(type).decode(bytes, options);
  }
}

/** The writer of whoever encodes; members of a value that encode something else get their own. */
let spareWriter: ByteWriter | undefined;

class CompiledCodec implements SbsCodec {
  readonly #coder: Coder;

  constructor(readonly type: string, coder: Coder) {
    this.#coder = coder;
  }

  encode(value: SbsValue): Uint8Array<ArrayBuffer> {
    const writer = spareWriter ?? new ByteWriter();
    spareWriter = undefined;
    try {
      this.#coder.write(writer, value);
      return writer.take();
    } catch (error) {
      writer.clear();
      throw this.#explain("encode", error);
    } finally {
      spareWriter = writer;
    }
  }

  decode(bytes: Uint8Array, options?: ReadOptions): SbsValue {
    const { value, length } = this.decodePrefix(bytes, options);
    if (length < bytes.length) {
      const reason = `${bytes.length - length} bytes follow the value`;
      throw this.#explain("decode", new Fault(reason, length));
    }
    return value;
  }

  decodePrefix(bytes: Uint8Array, options?: ReadOptions): DecodedPrefix {
    const reader = new ByteReader(bytes, options);
    try {
      return { value: this.#coder.read(reader), length: reader.offset };
    } catch (error) {
      throw this.#explain("decode", error);
    }
  }

  #explain(action: string, error: unknown): unknown {
    if (!(error instanceof Fault)) return error;
    const { path, offset, reason } = error;
    const where = `${offset === undefined ? "" : ` at byte ${offset}`}${
      path ? ` in '${path}'` : ""
    }`;
    return new SbsError(`Cannot ${action} ${this.type}${where}: ${reason}`, path, offset);
  }
}
