import type { Criteria } from "../../event/criteria.ts";
import type { CellGrid } from "../screen/cell_grid.ts";
import type { ScreenAbilities } from "../screen/frame_writer.ts";
import { Screen } from "../screen/screen.ts";
import type { TerminalDevice } from "../screen/terminal_device.ts";
import { aborted } from "../stop_request.ts";
import { takeInput } from "./actions.ts";
import { draw } from "./draw.ts";
import { EffectRunner, type ScreenControl } from "./effect_runner.ts";
import type { Finder } from "./finder.ts";
import { Model } from "./model.ts";
import { takeReport } from "./reports.ts";

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
  await using program = new TauProgram(options);
  await Promise.race([program.ended, aborted(options.stop)]);
}

/** Joins the model to the screen, and to what does its effects. */
class TauProgram implements ScreenControl, AsyncDisposable {
  readonly #model: Model;
  readonly #screen: Screen;
  readonly #runner: EffectRunner;
  readonly #ended = Promise.withResolvers<void>();
  readonly #ticking: ReturnType<typeof setInterval>;

  constructor({ device, finder, abilities, criteria, now }: TauOptions) {
    const size = device.size();
    this.#model = new Model({ size, address: finder.address, criteria, now });
    this.#runner = new EffectRunner({
      finder,
      now,
      screen: this,
      report: (report) => {
        takeReport(this.#model, report);
        this.#update();
      },
    });
    this.#screen = new Screen(device, {
      ...abilities,
      handler: {
        draw: (grid) => this.#draw(grid, abilities),
        input: (event) => {
          takeInput(this.#model, event);
          this.#update();
        },
        closed: this.#ended.resolve,
      },
    });
    this.#ticking = setInterval(() => {
      this.#model.tick();
      this.#update();
    }, TICK_MS);
    this.#update();
  }

  /** Resolves when the user quits, or the terminal is gone. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  copy(text: string): void {
    this.#screen.copy(text);
  }

  redraw(): void {
    this.#screen.redraw();
  }

  suspend(): void {
    if (this.#screen.suspend()) return;
    this.#model.say("Cannot suspend tau: Deno needs --allow-run for that", true);
  }

  quit(): void {
    this.#ended.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#ticking);
    // Nobody waits at a dead screen for connections to be closed.
    this.#screen[Symbol.dispose]();
    await this.#runner[Symbol.asyncDispose]();
  }

  #draw(grid: CellGrid, abilities: ScreenAbilities): void {
    this.#model.resize(grid);
    draw(grid, this.#model, abilities);
    this.#runEffects();
  }

  #update(): void {
    this.#runEffects();
    this.#screen.invalidate();
  }

  #runEffects(): void {
    for (const effect of this.#model.takeEffects()) this.#runner.run(effect);
  }
}
