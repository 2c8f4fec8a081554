import {
  ANY_REST,
  ANY_SEGMENT,
  assertEventType,
  type EventType,
  matchesQueryType,
  QueryTypeError,
} from "./event_type.ts";

/** Up to so many query types are tried one after another, which takes less time than the tree. */
const FEW = 8;

/** Query types with the same beginning: one segment further than its parent. */
class TypeNode {
  /** Whether a query type ends here. */
  isEnd = false;
  /** Whether a query type ends in `*` here: nothing else is kept then, since that chooses it all. */
  isOpen = false;
  /** The further segments, also `?`. */
  readonly children = new Map<string, TypeNode>();
  /** The child of `?` once more, since every match asks for it. */
  any: TypeNode | undefined;
}

/**
 * A set of query types: chooses every event type that one of them matches. It cannot be changed.
 *
 * @example
 * ```ts
 * import { Subscription } from "@theia/collector/hat";
 * import assert from "node:assert/strict";
 *
 * const pumps = new Subscription([["plant", "pump", "*"], ["plant", "pump", "1"]]);
 * assert.deepEqual(pumps.getQueryTypes(), [["plant", "pump", "*"]]);
 * assert(pumps.matches(["plant", "pump", "2", "level"]));
 *
 * const alarms = new Subscription([["?", "?", "?", "alarm"]]);
 * assert.deepEqual(pumps.intersection(alarms).getQueryTypes(), [["plant", "pump", "?", "alarm"]]);
 * ```
 */
export class Subscription {
  readonly #root = new TypeNode();
  /** All query types, when they are few. */
  readonly #few: readonly EventType[] | undefined;

  /**
   * Compiles query types.
   *
   * @param queryTypes Any number of them. One of which an earlier one with `*` chooses everything is
   * passed over, whatever follows in it.
   * @throws {TypeError} When one is not an array of strings.
   * @throws {QueryTypeError} When one has `*` before its end.
   */
  constructor(queryTypes: Iterable<EventType>) {
    let index = 0;
    for (const queryType of queryTypes) {
      assertEventType(queryType, `queryTypes[${index++}]`);
      add(this.#root, queryType);
    }
    const kept = this.getQueryTypes();
    this.#few = kept.length <= FEW ? kept : undefined;
  }

  /** Whether one of the query types matches this event type. */
  matches(type: EventType): boolean {
    const few = this.#few;
    if (few === undefined) return matchesFrom(this.#root, type, 0);
    for (const queryType of few) if (matchesQueryType(type, queryType)) return true;
    return false;
  }

  /**
   * The query types without those that begin as another one does up to its `*`. Only equal segments
   * count for that: `["a"]` stays beside `["?"]`.
   */
  getQueryTypes(): readonly EventType[] {
    return [...queryTypesOf(this.#root, [])];
  }

  /** Chooses what this or one of the others chooses. */
  union(...others: readonly Subscription[]): Subscription {
    return new Subscription([this, ...others].flatMap((each) => each.getQueryTypes()));
  }

  /** Chooses what this and all of the others choose. */
  intersection(...others: readonly Subscription[]): Subscription {
    return others.reduce<Subscription>(
      (result, other) => new Subscription(common(result.#root, other.#root, [])),
      this,
    );
  }

  /** Whether no event type is chosen by both. */
  isdisjoint(other: Subscription): boolean {
    return common(this.#root, other.#root, []).next().done === true;
  }
}

function add(root: TypeNode, queryType: EventType): void {
  let node = root;
  for (const [i, segment] of queryType.entries()) {
    if (node.isOpen) return;
    if (segment === ANY_REST) {
      if (i < queryType.length - 1) throw new QueryTypeError(queryType);
      node.isOpen = true;
      node.isEnd = false;
      node.any = undefined;
      node.children.clear();
      return;
    }
    node = node.children.get(segment) ?? addChild(node, segment);
  }
  node.isEnd = !node.isOpen;
}

function addChild(node: TypeNode, segment: string): TypeNode {
  const child = new TypeNode();
  node.children.set(segment, child);
  if (segment === ANY_SEGMENT) node.any = child;
  return child;
}

function matchesFrom(start: TypeNode, type: EventType, position: number): boolean {
  let node = start;
  for (let i = position; !node.isOpen; i++) {
    if (i === type.length) return node.isEnd;
    const { any } = node;
    const child = node.children.get(type[i] as string);
    if (any === undefined) {
      if (child === undefined) return false;
      node = child;
    } else {
      if (child !== undefined && matchesFrom(child, type, i + 1)) return true;
      node = any;
    }
  }
  return true;
}

function* queryTypesOf(node: TypeNode, path: EventType): Generator<EventType> {
  if (node.isOpen) yield [...path, ANY_REST];
  if (node.isEnd) yield path;
  for (const [segment, child] of node.children) yield* queryTypesOf(child, [...path, segment]);
}

/** The query types that choose what both nodes choose. */
function* common(a: TypeNode, b: TypeNode, path: EventType): Generator<EventType> {
  if (a.isOpen) return yield* queryTypesOf(b, path);
  if (b.isOpen) return yield* queryTypesOf(a, path);
  if (a.isEnd && b.isEnd) yield path;
  for (const [segment, child] of a.children) {
    if (segment === ANY_SEGMENT) {
      for (const [other, twin] of b.children) yield* common(child, twin, [...path, other]);
      continue;
    }
    for (const twin of [b.children.get(segment), b.any]) {
      if (twin !== undefined) yield* common(child, twin, [...path, segment]);
    }
  }
}
