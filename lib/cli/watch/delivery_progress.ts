import type { CommandContext } from "../command.ts";
import { formatByteSize } from "../byte_size.ts";
import { ProgressBar } from "../progress_bar.ts";
import type { WatchMonitor } from "./watch_monitor.ts";

/** Time between two looks at how far delivery is. */
const REDRAW_MS = 200;

/** Shows how much is delivered of what there was at the start, for `--once`. */
export class DeliveryProgress implements Disposable {
  readonly #bar: ProgressBar;
  readonly #besides: Disposable;
  readonly #timer: ReturnType<typeof setInterval> | undefined;

  /** @param total Bytes that there were at the start. */
  constructor(
    monitor: Pick<WatchMonitor, "counts">,
    total: number,
    { environment, reporter }: Pick<CommandContext, "environment" | "reporter">,
  ) {
    this.#bar = new ProgressBar("deliver", environment);
    this.#besides = reporter.besides(this.#bar);
    if (!environment.stderr.isTerminal) return;
    this.#timer = setInterval(() => {
      const { deliveredBytes } = monitor.counts;
      const part = total === 0 ? undefined : deliveredBytes / total;
      this.#bar.update(part, `${formatByteSize(deliveredBytes)} of ${formatByteSize(total)}`);
    }, REDRAW_MS);
  }

  /** Takes the bar away. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#besides[Symbol.dispose]();
    this.#bar[Symbol.dispose]();
  }
}
