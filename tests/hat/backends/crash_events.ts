import { EventPayloadBinary, type HatEvent } from "../../../lib/hat/mod.ts";
import { hatEvent } from "./fixtures.ts";

/** The events of a session: which they are follows from its number. */
export function crashSession(session: number): HatEvent[] {
  return Array.from({ length: 1 + session % 40 }, (_, i) =>
    hatEvent(session, {
      instance: i + 1,
      type: ["crash", `${(session * 31 + i) % 200}`],
      source: session / 2,
      payload: new EventPayloadBinary("x", new Uint8Array((session * 7 + i) % 3000).fill(session)),
    }));
}
