import { closest, didYouMean } from "../suggestion.ts";
import { UsageError } from "../usage_error.ts";

/** Characters of a wrong value that a message shows. */
const SHOWN_CHARACTERS = 100;

/**
 * A value of a configuration file that knows where it stands, such as `modules[1].path`: what is wrong with
 * it is said by that.
 */
export class ConfigValue {
  readonly #file: string;
  readonly #value: unknown;
  /** Where it stands; empty for the whole file. */
  readonly path: string;

  /** @param file The name of the file, for messages. */
  constructor(file: string, value: unknown, path = "") {
    this.#file = file;
    this.#value = value;
    this.path = path;
  }

  /**
   * Reads a file.
   *
   * @throws {UsageError} When it cannot be read, or is no JSON.
   */
  static async read(file: string): Promise<ConfigValue> {
    try {
      return new ConfigValue(file, JSON.parse(await Deno.readTextFile(file)));
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new UsageError(`Cannot read configuration '${file}': ${reason}`, { cause });
    }
  }

  /** The value as it is, of which nothing is known. */
  get raw(): unknown {
    return this.#value;
  }

  /** Whether it is a text. */
  get isText(): boolean {
    return typeof this.#value === "string";
  }

  /** A text that is not empty. */
  text(): string {
    if (typeof this.#value === "string" && this.#value !== "") return this.#value;
    throw this.wrong("must be a text");
  }

  /** One of some texts. */
  choice<T extends string>(choices: readonly T[]): T {
    const choice = choices.find((each) => each === this.#value);
    if (choice !== undefined) return choice;
    throw this.wrong(`must be ${choices.map((each) => `"${each}"`).join(" or ")}`);
  }

  /** `true` or `false`. */
  flag(): boolean {
    if (typeof this.#value === "boolean") return this.#value;
    throw this.wrong("must be true or false");
  }

  /** An integer. */
  integer(min: number, max: number = Number.MAX_SAFE_INTEGER): number {
    const value = this.#value;
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= min && value <= max) {
      return value;
    }
    const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
    throw this.wrong(`must be an integer ${range}`);
  }

  /** A number that is greater than 0. */
  positive(max: number): number {
    const value = this.#value;
    if (typeof value === "number" && value > 0 && value <= max) return value;
    throw this.wrong(`must be a number greater than 0 and at most ${max}`);
  }

  /** The items of an array. */
  list(): readonly ConfigValue[] {
    if (!Array.isArray(this.#value)) throw this.wrong("must be an array");
    return this.#value.map((item, i) => new ConfigValue(this.#file, item, `${this.path}[${i}]`));
  }

  /** An array of texts. */
  texts(): readonly string[] {
    return this.list().map((item) => {
      if (typeof item.raw === "string") return item.raw;
      throw item.wrong("must be a text");
    });
  }

  /** The members of an object, of which no others must be there. */
  members(names: readonly string[]): ConfigMembers {
    const value = this.#value;
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw this.wrong("must be an object");
    }
    const members = new Map<string, ConfigValue>();
    for (const [name, member] of Object.entries(value)) {
      const path = this.path === "" ? name : `${this.path}.${name}`;
      if (!names.includes(name)) throw this.#unknown(name, path, names);
      members.set(name, new ConfigValue(this.#file, member, path));
    }
    return new ConfigMembers(this, members);
  }

  /** The error for this value. */
  wrong(rule: string): UsageError {
    const shown = JSON.stringify(this.#value) ?? "nothing";
    const cut = shown.length > SHOWN_CHARACTERS ? `${shown.slice(0, SHOWN_CHARACTERS)}…` : shown;
    return this.error(`${rule}: current value is ${cut}`);
  }

  /** An error about this place. */
  error(text: string, cause?: unknown): UsageError {
    const place = this.path === "" ? "the configuration" : `'${this.path}'`;
    return new UsageError(`Cannot use configuration '${this.#file}' as ${place} ${text}`, {
      cause,
    });
  }

  #unknown(name: string, path: string, names: readonly string[]): UsageError {
    const hint = didYouMean(closest(name, names)) || `; known are ${names.join(", ")}`;
    return new UsageError(
      `Cannot use configuration '${this.#file}' as '${path}' is unknown${hint}`,
    );
  }
}

/** The members of an object of a configuration. */
export class ConfigMembers {
  readonly #owner: ConfigValue;
  readonly #members: ReadonlyMap<string, ConfigValue>;

  constructor(owner: ConfigValue, members: ReadonlyMap<string, ConfigValue>) {
    this.#owner = owner;
    this.#members = members;
  }

  /** The member, undefined when it is not there. */
  get(name: string): ConfigValue | undefined {
    return this.#members.get(name);
  }

  /**
   * The member.
   *
   * @throws {UsageError} When it is not there.
   */
  need(name: string): ConfigValue {
    const member = this.#members.get(name);
    if (member !== undefined) return member;
    throw this.#owner.error(`must have '${name}'`);
  }
}
