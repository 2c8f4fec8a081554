import { HAS_SHARED, readVectors } from "../../shared_data.ts";

/** A step of a recorded session of Hat's own programs. */
export interface Step {
  readonly mark?: string;
  readonly conn?: number;
  readonly tcp?: "open" | "eof c2s" | "eof s2c" | "closed";
  readonly dir?: "c2s" | "s2c";
  readonly hex?: string;
  readonly chatter?: {
    readonly id: number;
    readonly first: number;
    readonly last: boolean;
    readonly type: string;
    readonly data_hex: string;
  };
}

/** A recorded session. */
export interface Scenario {
  readonly name: string;
  readonly timeline: readonly Step[];
}

/** A message of a recorded session. */
export interface MessageStep {
  readonly conn: number;
  readonly dir: "c2s" | "s2c";
  readonly frame: Uint8Array;
  readonly id: number;
  readonly first: number;
  readonly last: boolean;
  /** Without its module. */
  readonly type: string;
  readonly data: Uint8Array;
}

/** The message of a step, when it is one. */
export function messageOf({ conn, dir, hex, chatter }: Step): MessageStep | undefined {
  if (conn === undefined || dir === undefined || chatter === undefined) return undefined;
  const { id, first, last, type, data_hex } = chatter;
  return {
    ...{ conn, dir, id, first, last },
    frame: Uint8Array.fromHex(hex ?? ""),
    type: type.slice(type.indexOf(".") + 1),
    data: Uint8Array.fromHex(data_hex),
  };
}

/** A test of every recorded session; none where there are no records. */
export function testScenarios(
  name: string,
  isWanted: (scenario: Scenario) => boolean,
  run: (scenario: Scenario) => Promise<void>,
): void {
  const scenarios = HAS_SHARED
    ? readVectors<{ readonly scenarios: readonly Scenario[] }>("hat-transcript.json").scenarios
    : [];
  if (scenarios.length === 0) {
    Deno.test({ name: `${name} (skipped: no ../shared)`, ignore: true, fn() {} });
  }
  for (const scenario of scenarios.filter(isWanted)) {
    Deno.test(`${name}: ${scenario.name}`, () => run(scenario));
  }
}
