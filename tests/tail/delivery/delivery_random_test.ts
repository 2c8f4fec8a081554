import { forSeeds, type Random } from "../../random.ts";
import { DeliveryExperiment } from "./delivery_experiment.ts";

/** Some twenty seconds. */
const SEEDS = 80;

Deno.test("Delivery brings each line once, those of a file in order, whatever is done at random", async () => {
  await forSeeds(SEEDS, run);
});

async function run(random: Random): Promise<void> {
  await using experiment = new DeliveryExperiment(random);
  await experiment.run();
}
