import { compareEvents, type HatEvent } from "../../event.ts";
import type { EventType } from "../../event_type.ts";
import { Timestamp, TIMESTAMP_BYTES } from "../../timestamp.ts";
import { TypeTree } from "../type_tree.ts";
import { type KnownLatest, LATEST_BYTES } from "./latest_table.ts";
import {
  ID_BYTES,
  idAt,
  maxPayloadBytes,
  type NumberedType,
  typeChecksum,
} from "./packed_events.ts";

/** Bytes of payload up to which the latest event of a type is kept in memory: most are far below. */
const MAX_KEPT_BYTES = 4096;

/** What natural order goes by. */
type Ordered = Pick<HatEvent, "id" | "timestamp">;

/** An event type that has occurred. */
export interface KnownType extends NumberedType {
  /** The latest event, or what is known of it. */
  latest: Ordered;
  /** Its arrival number. */
  arrival: number;
  /** All of it, unless it is large or was not asked for since the backend was opened. */
  event: HatEvent | undefined;
}

/** The event types that have occurred, by name and by number, and the latest event of each. */
export class KnownTypes {
  readonly #tree = new TypeTree<KnownType>();
  readonly #byNumber: (KnownType | undefined)[] = [];

  /** Takes what is known from before. */
  load(names: readonly (readonly [number, string])[], latest: KnownLatest): void {
    const types = new Map(names);
    const view = new DataView(latest.keys.buffer);
    latest.types.forEach((number, i) => {
      const name = types.get(number);
      if (name === undefined) return;
      const at = i * LATEST_BYTES;
      const timeAt = at + ID_BYTES;
      const timestamp = Timestamp.fromBytes(latest.keys.subarray(timeAt, timeAt + TIMESTAMP_BYTES));
      this.#add({
        number,
        type: JSON.parse(name) as EventType,
        checksum: typeChecksum(name),
        latest: { id: idAt(view, at), timestamp },
        arrival: latest.arrivals[i] ?? 0,
        event: undefined,
      });
    });
  }

  /** Takes an event, whose type it may be the latest one of. */
  note(event: HatEvent, arrival: number): KnownType {
    let known = this.#tree.get(event.type);
    if (known === undefined) {
      known = {
        number: this.#byNumber.length,
        type: event.type,
        checksum: typeChecksum(nameOf(event)),
        latest: event,
        arrival,
        event: undefined,
      };
      this.#add(known);
    }
    if (compareEvents(event, known.latest) >= 0) this.#setLatest(known, event, arrival);
    return known;
  }

  /** Keeps what was read of a latest event, unless another one is it by now. */
  keep(known: KnownType, arrival: number, event: HatEvent): void {
    if (known.arrival === arrival) this.#setLatest(known, event, arrival);
  }

  /** How many there are. */
  get count(): number {
    return this.#byNumber.length;
  }

  /** The types that one of the query types matches; all of them without. */
  find(queryTypes: readonly EventType[] | undefined): KnownType[] {
    return this.#tree.find(queryTypes ?? [["*"]]);
  }

  /** Those that are not among these. */
  others(types: readonly KnownType[]): KnownType[] {
    const these = new Set(types);
    return this.#byNumber.filter((known) =>
      known !== undefined && !these.has(known)
    ) as KnownType[];
  }

  /** The type of a number. */
  withNumber(number: number): KnownType | undefined {
    return this.#byNumber[number];
  }

  #setLatest(known: KnownType, event: HatEvent, arrival: number): void {
    known.latest = { id: event.id, timestamp: event.timestamp };
    known.arrival = arrival;
    known.event = maxPayloadBytes(event.payload) <= MAX_KEPT_BYTES ? event : undefined;
  }

  #add(known: KnownType): void {
    this.#tree.set(known.type, known);
    this.#byNumber[known.number] = known;
  }
}

/** The name of a type in the database. */
export function nameOf({ type }: Pick<HatEvent, "type">): string {
  return JSON.stringify(type);
}
