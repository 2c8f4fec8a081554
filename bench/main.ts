/**
 * Runs the benches: all of them, or those whose name holds one of the arguments.
 *
 * Figures of shared machines are noisy: each bench measures what it compares in the same run, and
 * prints ratios of medians.
 */
import { benchCodec } from "./event/codec_bench.ts";
import { benchBackend } from "./hat/backend_bench.ts";
import { benchEventer } from "./hat/eventer_bench.ts";
import { benchSbs } from "./hat/sbs_bench.ts";
import { benchSubscription } from "./hat/subscription_bench.ts";
import { benchDownload } from "./server/download_bench.ts";
import { benchIngest } from "./server/ingest_bench.ts";
import { benchLive } from "./server/live_bench.ts";
import { benchMemory } from "./server/memory_bench.ts";
import { benchCount } from "./store/count_bench.ts";
import { benchFiles } from "./store/files_bench.ts";
import { benchStore } from "./store/store_bench.ts";
import { benchCheckpoint } from "./tail/checkpoint_bench.ts";
import { benchLines } from "./tail/lines_bench.ts";
import { benchWatch } from "./tail/watch_bench.ts";

const BENCHES: Readonly<Record<string, () => void | Promise<void>>> = {
  codec: benchCodec,
  lines: benchLines,
  ingest: benchIngest,
  live: benchLive,
  memory: benchMemory,
  download: benchDownload,
  files: benchFiles,
  store: benchStore,
  count: benchCount,
  checkpoint: benchCheckpoint,
  watch: benchWatch,
  "hat sbs": benchSbs,
  "hat eventer": benchEventer,
  "hat backend": benchBackend,
  "hat data": benchSubscription,
};

for (const [name, run] of Object.entries(BENCHES)) {
  if (Deno.args.length === 0 || Deno.args.some((wanted) => name.includes(wanted))) await run();
}
