import { ANY_REST, ANY_SEGMENT, type EventType } from "../event_type.ts";
import type { Subscription } from "../subscription.ts";
import type { EventTypeCollection } from "./collection.ts";

/** A value, the nodes that hold it, and the last search that found it. */
interface Entry<T> {
  readonly value: T;
  readonly nodes: TreeNode<T>[];
  search: number;
}

/**
 * Query types with the same beginning: one segment further than its parent. Most nodes have only one of
 * these members; the others are left out, since memory that is not touched is what makes a search fast.
 */
class TreeNode<T> {
  readonly parent: TreeNode<T> | undefined;
  readonly segment: string;
  /** The further segments, without `?`. */
  children: Map<string, TreeNode<T>> | undefined;
  /** The child of `?`. */
  any: TreeNode<T> | undefined;
  /** Those with a query type that ends here. */
  ends: Entry<T>[] | undefined;
  /** Those with a query type that ends in `*` here. */
  opens: Entry<T>[] | undefined;

  constructor(parent?: TreeNode<T>, segment = "") {
    this.parent = parent;
    this.segment = segment;
    this.children = undefined;
    this.any = undefined;
    this.ends = undefined;
    this.opens = undefined;
  }
}

/**
 * A collection that walks one tree of all query types: finds among many values about as fast as among
 * few.
 *
 * @example
 * ```ts
 * import { Subscription, TreeCollection } from "@theia/collector/hat";
 * import assert from "node:assert/strict";
 *
 * const names = new TreeCollection<string>();
 * names.add(new Subscription([["plant", "*"]]), "all");
 * names.add(new Subscription([["plant", "?", "alarm"]]), "alarms");
 * assert.deepEqual(names.get(["plant", "pump"]), ["all"]);
 * names.remove("all");
 * assert.deepEqual(names.get(["plant", "pump", "alarm"]), ["alarms"]);
 * ```
 *
 * @typeParam T What a value is.
 */
export class TreeCollection<T> implements EventTypeCollection<T> {
  readonly #root = new TreeNode<T>();
  readonly #entries = new Map<T, Entry<T>>();
  #search = 0;

  /** Adds a value, or a subscription to it. */
  add(subscription: Subscription, value: T): void {
    const entry = this.#entries.get(value) ?? { value, nodes: [], search: 0 };
    this.#entries.set(value, entry);
    for (const queryType of subscription.getQueryTypes()) {
      const isOpen = queryType.at(-1) === ANY_REST;
      const node = this.#nodeOf(isOpen ? queryType.slice(0, -1) : queryType);
      if (isOpen) node.opens = withEntry(node.opens, entry);
      else node.ends = withEntry(node.ends, entry);
      entry.nodes.push(node);
    }
  }

  /** Removes a value, if it is there. */
  remove(value: T): void {
    const entry = this.#entries.get(value);
    if (entry === undefined) return;
    this.#entries.delete(value);
    for (const node of entry.nodes) {
      node.ends = without(node.ends, entry);
      node.opens = without(node.opens, entry);
      prune(node);
    }
  }

  /** The values of which a subscription chooses this event type, each once. */
  get(type: EventType): readonly T[] {
    const values: T[] = [];
    this.#search++;
    this.#collect(this.#root, type, 0, values);
    return values;
  }

  #nodeOf(path: EventType): TreeNode<T> {
    let node = this.#root;
    for (const segment of path) {
      const child = segment === ANY_SEGMENT ? node.any : node.children?.get(segment);
      node = child ?? addChild(node, segment);
    }
    return node;
  }

  #collect(start: TreeNode<T>, type: EventType, position: number, values: T[]): void {
    let node: TreeNode<T> | undefined = start;
    for (let i = position; node !== undefined; i++) {
      const { opens, any, children }: TreeNode<T> = node;
      if (opens !== undefined) this.#take(opens, values);
      if (i === type.length) {
        if (node.ends !== undefined) this.#take(node.ends, values);
        return;
      }
      const child: TreeNode<T> | undefined = children?.get(type[i] as string);
      if (child !== undefined && any !== undefined) this.#collect(child, type, i + 1, values);
      node = any ?? child;
    }
  }

  #take(entries: readonly Entry<T>[], values: T[]): void {
    for (const entry of entries) {
      if (entry.search === this.#search) continue;
      entry.search = this.#search;
      values.push(entry.value);
    }
  }
}

function addChild<T>(node: TreeNode<T>, segment: string): TreeNode<T> {
  const child = new TreeNode(node, segment);
  if (segment === ANY_SEGMENT) node.any = child;
  else (node.children ??= new Map()).set(segment, child);
  return child;
}

/** A list of its own size: one that grew by `push` from nothing has room for 17. */
function withEntry<T>(entries: Entry<T>[] | undefined, entry: Entry<T>): Entry<T>[] {
  if (entries === undefined) return [entry];
  if (!entries.includes(entry)) entries.push(entry);
  return entries;
}

function without<T>(
  entries: Entry<T>[] | undefined,
  entry: Entry<T>,
): Entry<T>[] | undefined {
  const index = entries?.indexOf(entry) ?? -1;
  if (index >= 0) entries?.splice(index, 1);
  return entries?.length === 0 ? undefined : entries;
}

/** Removes a node that holds nothing any more, and those above it. */
function prune<T>(start: TreeNode<T>): void {
  for (let node = start; node.parent !== undefined && isEmpty(node); node = node.parent) {
    const { parent, segment } = node;
    if (segment === ANY_SEGMENT) parent.any = undefined;
    else if (parent.children?.delete(segment) && parent.children.size === 0) {
      parent.children = undefined;
    }
  }
}

function isEmpty<T>({ children, any, ends, opens }: TreeNode<T>): boolean {
  return (children ?? any ?? ends ?? opens) === undefined;
}
