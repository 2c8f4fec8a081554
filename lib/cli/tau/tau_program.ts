import type { Criteria } from "../../event/criteria.ts";
import type { ScreenAbilities } from "../screen/frame_writer.ts";
import { Screen } from "../screen/screen.ts";
import type { TerminalDevice } from "../screen/terminal_device.ts";
import { aborted } from "../stop_request.ts";
import { takeInput } from "./actions.ts";
import { draw } from "./draw.ts";
import type { Report } from "./effect.ts";
import { EffectRunner } from "./effect_runner.ts";
import type { Finder } from "./finder.ts";
import { Model } from "./model.ts";

/** How often rates and times of the screen are brought up to date. */
const TICK_MS = 500;

/** What {@linkcode runTau} works with. */
export interface TauOptions {
  readonly device: TerminalDevice;
  readonly finder: Finder;
  readonly abilities: ScreenAbilities;
  /** The filter at the start. */
  readonly criteria: Criteria;
  /** Ends the program. */
  readonly stop: AbortSignal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Takes the terminal, shows events until the user has enough, and gives the terminal back. */
export async function runTau(options: TauOptions): Promise<void> {
  const { device, finder, abilities, criteria, stop, now } = options;
  const quitting = Promise.withResolvers<void>();
  const size = device.size();
  const model = new Model({ size, address: finder.address, criteria, now });
  using screen = new Screen(device, {
    ...abilities,
    handler: {
      draw(grid) {
        model.resize(grid);
        draw(grid, model, abilities);
        runEffects();
      },
      input(event) {
        takeInput(model, event);
        update();
      },
      closed: quitting.resolve,
    },
  });
  await using runner = new EffectRunner({
    finder,
    now,
    screen: {
      copy: (text) => screen.copy(text),
      redraw: () => screen.redraw(),
      suspend() {
        if (screen.suspend()) return;
        model.say("Cannot suspend tau: Deno needs --allow-run for that", true);
      },
      quit: quitting.resolve,
    },
    report(report: Report) {
      model.report(report);
      update();
    },
  });
  function runEffects(): void {
    for (const effect of model.takeEffects()) runner.run(effect);
  }
  function update(): void {
    runEffects();
    screen.invalidate();
  }
  update();
  const ticking = setInterval(() => {
    model.tick();
    update();
  }, TICK_MS);
  try {
    await Promise.race([quitting.promise, aborted(stop)]);
  } finally {
    clearInterval(ticking);
    // Nobody waits at a dead screen for connections to be closed.
    screen[Symbol.dispose]();
  }
}
