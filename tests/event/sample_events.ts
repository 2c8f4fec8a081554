import { createEvent, type Event } from "../../lib/event/mod.ts";
import type { Random } from "../random.ts";

const CHARACTERS = [..."abcXYZ019 .:/\\-_[]{}'\"\tЖβα漢字😀\n\r"];
const WORD = CHARACTERS.filter((character) => !/[\s,]/.test(character));

/** An event of any shape that the text format can carry. */
export function randomEvent(random: Random): Event {
  return createEvent({
    id: random.text(WORD, 1, 12),
    timestamp: random.int(1, 4e9) + random.int(0, 9999999) / 1e7,
    source: random.text(WORD, 0, 20),
    tags: Array.from({ length: random.int(0, 4) }, () => random.text(WORD, 1, 8)),
    headers: Array.from({ length: random.int(0, 2) }, () => `x-${random.text(WORD, 0, 5)}: v`),
    content: random.text([...CHARACTERS, "event: 1 2 3\n", "\nid:x\n"], 0, 60),
  });
}
