import type { CountScan } from "./count_scan.ts";
import { countsTransferables, packCounts } from "./packed_counts.ts";
import type { PostReply, RunningScan } from "./running_scan.ts";

/** A part of counting: hands over the counts when it has ended. */
export class RunningCount implements RunningScan {
  readonly credits = 1;
  readonly #id: number;
  readonly #scan: CountScan;
  readonly #steps: ReturnType<CountScan["steps"]>;
  readonly #post: PostReply;
  #scanned = 0;

  constructor(id: number, scan: CountScan, post: PostReply) {
    this.#id = id;
    this.#scan = scan;
    this.#steps = scan.steps();
    this.#post = post;
  }

  step(): boolean {
    const { done, value } = this.#steps.next();
    if (done) {
      const counts = packCounts(this.#scan.counts);
      const scanned = this.#scanned;
      this.#post({ kind: "end", search: this.#id, scanned, counts }, countsTransferables(counts));
      return false;
    }
    this.#scanned += value.scanned;
    if (value.damaged !== undefined) this.#post({ kind: "damaged", ...value.damaged });
    return true;
  }

  /** There is nothing: it never waits. */
  rest(): void {}
}
