import type { Tokens } from "./tokens.ts";
import type { Width } from "./width.ts";

/** Which groups exist so far, which are open, and who refers to them. */
export class GroupScope {
  /** By group number; a group that is open or does not exist has none. */
  readonly widths: ReadonlyMap<number, Width>;
  readonly #widths = new Map<number, Width>();
  readonly #tokens: Tokens;
  readonly #names = new Map<string, number>();
  readonly #referenced = new Set<number>();
  #count = 0;
  /** The groups that existed before the outermost look-behind around this place. */
  #beforeLookBehind: number | undefined;

  constructor(tokens: Tokens) {
    this.#tokens = tokens;
    this.widths = this.#widths;
  }

  /** The groups some back-reference names. */
  get referenced(): ReadonlySet<number> {
    return this.#referenced;
  }

  /** Opens the next group; `nameStart` is where its name stands. */
  open(name?: string, nameStart?: number): number {
    const index = ++this.#count;
    if (name === undefined) return index;
    const earlier = this.#names.get(name);
    if (earlier !== undefined) {
      this.#tokens.fail(
        "group name",
        `redefinition of group name '${name}' as group ${index}; was group ${earlier}`,
        nameStart,
      );
    }
    this.#names.set(name, index);
    return index;
  }

  /** Closes a group, so that it can be referred to. */
  close(index: number, width: Width): void {
    this.#widths.set(index, width);
  }

  /** The number of a named group; `undefined` when there is none so far. */
  find(name: string): number | undefined {
    return this.#names.get(name);
  }

  /** Checks and notes a back-reference that stands at `position`. */
  refer(group: number, position: number): void {
    if (group === 0 || group > this.#count) {
      this.#tokens.fail("back-reference", `invalid group reference ${group}`, position + 1);
    }
    if (!this.#widths.has(group)) {
      this.#tokens.fail("back-reference", "cannot refer to an open group", position);
    }
    if (this.#beforeLookBehind !== undefined && group > this.#beforeLookBehind) {
      this.#tokens.fail(
        "back-reference",
        "cannot refer to group defined in the same lookbehind subpattern",
      );
    }
    this.#referenced.add(group);
  }

  /** Notes the start of a look-behind; call the result at its end. */
  enterLookBehind(): () => void {
    const before = this.#beforeLookBehind;
    this.#beforeLookBehind = before ?? this.#count;
    return () => {
      this.#beforeLookBehind = before;
    };
  }
}
