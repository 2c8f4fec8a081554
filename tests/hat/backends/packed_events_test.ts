import assert from "node:assert/strict";
import { type EventId, EventPayloadBinary, EventPayloadJson } from "../../../lib/hat/mod.ts";
import {
  idAt,
  idBytes,
  type NumberedType,
  packEvents,
  unpackEvents,
} from "../../../lib/hat/backends/sqlite/packed_events.ts";
import { compareEventIds } from "../../../lib/hat/event.ts";
import { forSeeds } from "../../random.ts";
import { hatEvent } from "./fixtures.ts";

Deno.test("idBytes have the order of ids", async () => {
  await forSeeds(50, (random) => {
    const part = () => {
      const size = random.pick([1, 2 ** 8, 2 ** 31, 2 ** 32, 2 ** 33, Number.MAX_SAFE_INTEGER]);
      return random.int(-1, 1) * (size - random.int(0, 1));
    };
    const ids = Array.from(
      { length: 30 },
      (): EventId => ({ server: part() + 0, session: part() + 0, instance: part() + 0 }),
    );
    const hex = (id: EventId) => idBytes(id).toHex();
    for (const a of ids) {
      assert.deepEqual(idAt(new DataView(idBytes(a).buffer), 0), a);
      for (const b of ids) {
        const order = hex(a) < hex(b) ? -1 : hex(a) > hex(b) ? 1 : 0;
        assert.equal(order, Math.sign(compareEventIds(a, b)));
      }
    }
  });
});

Deno.test("unpackEvents gives back what packEvents took", () => {
  const events = [
    hatEvent(1),
    hatEvent(2, { source: -1.5, payload: EventPayloadJson.fromText(' { "č" : 1.0 } ') }),
    hatEvent(3, { payload: new EventPayloadBinary("tč", new Uint8Array(0)) }),
    hatEvent(4, { payload: new EventPayloadBinary("", Uint8Array.of(1, 2, 3)) }),
    hatEvent(5, { payload: EventPayloadJson.fromText(`"${"č".repeat(5000)}"`) }),
  ];
  const types = events.map((_, number) => numberedType(number));
  const packed = packEvents(
    events.map((event, i) => ({ event, type: types[i] ?? numberedType(i) })),
  );
  assert.deepEqual(unpackEvents(packed, (number) => types[number]), {
    events: events.map((event, i) => ({ ...event, type: [`${i}`] })),
    damaged: 0,
  });
  const nothing = { events: [], damaged: 0 };
  assert.deepEqual(unpackEvents(packEvents([]), () => undefined), nothing);
});

Deno.test("unpackEvents leaves out each event of which a byte changed", () => {
  const type = numberedType(0);
  const payload = EventPayloadJson.fromText('{"a": 1}');
  const pack = () => packEvents([{ event: hatEvent(1, { source: 5, payload }), type }]);
  for (const part of ["keys", "payloads"] as const) {
    for (let at = 0; at < pack()[part].length; at++) {
      const packed = pack();
      packed[part][at] = (packed[part][at] ?? 0) ^ 0x10;
      assert.deepEqual(
        unpackEvents(packed, () => type),
        { events: [], damaged: 1 },
        `${part} ${at}`,
      );
    }
  }
  const other = { ...type, checksum: type.checksum + 1 };
  assert.equal(unpackEvents(pack(), () => other).damaged, 1);
  assert.equal(unpackEvents(pack(), () => undefined).damaged, 1);
});

function numberedType(number: number): NumberedType {
  return { number, type: [`${number}`], checksum: 1000 + number };
}
