import { forSeeds } from "../../random.ts";
import { CheckpointModel } from "./checkpoint_model.ts";
import { TemporaryDirectory } from "./fixtures.ts";

const SEEDS = 30;

/** Restarts of one checkpoint. */
const LIVES = 12;

Deno.test("Checkpoint keeps what it promised, whenever the program or the machine stops", () =>
  forSeeds(SEEDS, async (random) => {
    using directory = new TemporaryDirectory();
    const model = new CheckpointModel(random, directory.path);
    for (let life = 0; life < LIVES; life++) await model.live();
  }));
