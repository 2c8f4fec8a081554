import { createEvent, type Event } from "../event/event.ts";
import { sentences } from "./lorem.ts";
import { Random } from "./random.ts";

/** What a {@linkcode Simulator} chooses from. */
export interface SimulatorOptions {
  /** The same seed gives the same events, save for their timestamps. */
  readonly seed: number;
  /** An event gets some of them, in any order. @default {one tag, `simulated`} */
  readonly tags?: readonly string[];
  /** An event gets one of them. @default {one source, `simulator`} */
  readonly sources?: readonly string[];
  /** The content of every event. @default {random sentences} */
  readonly content?: string | undefined;
  /** Characters that random sentences have at least. @default {one sentence} */
  readonly contentSize?: number | undefined;
}

const DEFAULT_TAG = "simulated";
const DEFAULT_SOURCE = "simulator";

/** Makes up events. */
export class Simulator {
  readonly #random: Random;
  readonly #tags: readonly string[];
  readonly #sources: readonly [string, ...string[]];
  readonly #content: string | undefined;
  readonly #contentSize: number | undefined;

  constructor(options: SimulatorOptions) {
    const { seed, tags = [], sources = [], content, contentSize } = options;
    const [source = DEFAULT_SOURCE, ...others] = sources;
    this.#random = new Random(seed);
    this.#tags = tags.length === 0 ? [DEFAULT_TAG] : tags;
    this.#sources = [source, ...others];
    this.#content = content;
    this.#contentSize = contentSize;
  }

  /**
   * The next event.
   *
   * @param timestamp Seconds since 1970.
   */
  next(timestamp: number): Event {
    const random = this.#random;
    const tagCount = random.integer(1, this.#tags.length);
    return createEvent({
      id: random.uuid(),
      timestamp,
      source: random.choice(this.#sources),
      tags: random.shuffled(this.#tags).slice(0, tagCount),
      content: this.#content ?? sentences(random, this.#contentSize),
    });
  }
}
