import type { Coder } from "./coder.ts";
import { SbsSchemaError, type SchemaPosition } from "./sbs_error.ts";

/** A type by name: what it stands for becomes known later, and may contain it. */
export class NamedCoder implements Coder {
  readonly #name: string;
  readonly #position: SchemaPosition;
  #inner: Coder | undefined;
  #leastBytes: number | undefined;

  /** @param position Where the name is written. */
  constructor(name: string, position: SchemaPosition) {
    this.#name = name;
    this.#position = position;
  }

  /** What it stands for, when that is known. */
  get inner(): Coder | undefined {
    return this.#inner;
  }

  /** Says what it stands for. */
  complete(inner: Coder): void {
    this.#inner = inner;
  }

  /**
   * Passes over names that stand for other names.
   *
   * @throws {SbsSchemaError} When they lead to nothing else.
   */
  settle(): void {
    const passed = new Set<Coder>([this]);
    while (this.#inner instanceof NamedCoder) {
      if (passed.has(this.#inner)) {
        throw new SbsSchemaError(`'${this.#name}' stands for itself alone`, this.#position);
      }
      passed.add(this.#inner);
      this.#inner = this.#inner.#inner;
    }
  }

  readonly write: Coder["write"] = (writer, value) => this.#inner?.write(writer, value);

  readonly read: Coder["read"] = (reader) => this.#inner?.read(reader) ?? null;

  readonly leastBytes = (): number => {
    if (this.#leastBytes === undefined) {
      // A type that contains itself is asked again on the way, and nothing is less than it takes.
      this.#leastBytes = 0;
      this.#leastBytes = this.#inner?.leastBytes() ?? 0;
    }
    return this.#leastBytes;
  };
}

/** What a coder stands for when it is a name, else the coder itself. */
export function targetOf(coder: Coder): Coder {
  return coder instanceof NamedCoder ? coder.inner ?? coder : coder;
}
