import { forSeeds } from "../../random.ts";
import { race } from "./racing_experiment.ts";
import { RACING_WAYS } from "./racing_log.ts";

/** `THEIA_SEEDS` overrides it. */
const SEEDS = 3;

for (const way of RACING_WAYS) {
  Deno.test(`Each line comes once, in order, while a log is rotated between any two looks at it: ${way}`, async () => {
    await forSeeds(SEEDS, (random) => race(random, way));
  });
}
