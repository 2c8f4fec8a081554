import { benchBigFile } from "./big_file_bench.ts";
import { benchLag } from "./lag_bench.ts";
import { benchManyFiles } from "./many_files_bench.ts";

/** The watcher as users run it: how fast, how soon, and at what cost while nothing happens. */
export async function benchWatch(): Promise<void> {
  await benchBigFile();
  await benchLag();
  await benchManyFiles();
}
