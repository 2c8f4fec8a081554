import { ANY_REST, ANY_SEGMENT, type EventType } from "../event_type.ts";

class TypeNode<T> {
  value: T | undefined;
  readonly children = new Map<string, TypeNode<T>>();
}

/**
 * A value for each event type that has occurred. Query types find theirs from the root of the tree of
 * segments on, so that a prefix leads to the types below it and no others are looked at.
 */
export class TypeTree<T> {
  readonly #root = new TypeNode<T>();

  /** The value of a type. */
  get(type: EventType): T | undefined {
    let node: TypeNode<T> | undefined = this.#root;
    for (const segment of type) {
      node = node.children.get(segment);
      if (node === undefined) return undefined;
    }
    return node.value;
  }

  /** Gives a type its value. */
  set(type: EventType, value: T): void {
    let node = this.#root;
    for (const segment of type) {
      let child = node.children.get(segment);
      if (child === undefined) {
        child = new TypeNode();
        node.children.set(segment, child);
      }
      node = child;
    }
    node.value = value;
  }

  /** The values of the types that one of the query types matches, each once. */
  find(queryTypes: readonly EventType[]): T[] {
    const found = new Set<T>();
    for (const queryType of queryTypes) {
      const isOpen = queryType.at(-1) === ANY_REST;
      const fixed = isOpen ? queryType.slice(0, -1) : queryType;
      for (const node of this.#nodesAt(fixed)) {
        if (isOpen) addBelow(node, found);
        else if (node.value !== undefined) found.add(node.value);
      }
    }
    return [...found];
  }

  #nodesAt(path: EventType): TypeNode<T>[] {
    let nodes = [this.#root];
    for (const segment of path) {
      nodes = segment === ANY_SEGMENT
        ? nodes.flatMap((node) => [...node.children.values()])
        : nodes.flatMap((node) => node.children.get(segment) ?? []);
    }
    return nodes;
  }
}

function addBelow<T>(top: TypeNode<T>, found: Set<T>): void {
  const nodes = [top];
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    if (node.value !== undefined) found.add(node.value);
    for (const child of node.children.values()) nodes.push(child);
  }
}
