import { EventReader, type RawEvent } from "../../lib/event/mod.ts";
import { EventFormatError } from "../../lib/event/mod.ts";
import { type FlowMessage, readFlowMessage } from "../../lib/wire/flow.ts";

/** What a fake collector does on a connection; everything is optional. */
export interface Script {
  readonly onOpen?: (peer: Peer) => void;
  /** Takes all but what is about a window. */
  readonly onMessage?: (peer: Peer, message: string | Uint8Array<ArrayBuffer>) => void;
  readonly onFlow?: (peer: Peer, message: FlowMessage) => void;
}

/** The fake collector's end of a connection. */
export interface Peer {
  readonly socket: WebSocket;
  readonly path: string;
  /** Counts the connections, from 1. */
  readonly connection: number;
  /** Counts the messages of this connection, from 1. */
  messages: number;
  send(message: string | Uint8Array<ArrayBuffer> | object): void;
}

/** A server that does what a script says, on a port of its own. */
export class FakeCollector implements AsyncDisposable {
  readonly peers: Peer[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #open = new Set<Promise<void>>();

  constructor(
    script: Script,
    options: { readonly protocol?: string; readonly port?: number } = {},
  ) {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: options.port ?? 0, onListen() {} },
      (request) => this.#upgrade(request, script, options.protocol ?? "theia.v1"),
    );
  }

  get port(): number {
    return this.#server.addr.port;
  }

  get address(): { readonly host: string; readonly port: number } {
    return { host: "127.0.0.1", port: this.port };
  }

  /** Closes all connections. */
  drop(code = 1001): void {
    for (const { socket } of this.peers) {
      if (socket.readyState === WebSocket.OPEN) socket.close(code);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.drop();
    await Promise.all(this.#open);
    await this.#server.shutdown();
  }

  #upgrade(request: Request, script: Script, protocol: string): Response {
    const { socket, response } = Deno.upgradeWebSocket(request, protocol ? { protocol } : {});
    socket.binaryType = "arraybuffer";
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#open.add(promise);
    const peer: Peer = {
      socket,
      path: new URL(request.url).pathname,
      connection: this.peers.length + 1,
      messages: 0,
      send(message): void {
        if (socket.readyState !== WebSocket.OPEN) return;
        const isRaw = typeof message === "string" || message instanceof Uint8Array;
        socket.send(isRaw ? message : JSON.stringify(message));
      },
    };
    this.peers.push(peer);
    socket.onopen = () => script.onOpen?.(peer);
    socket.onmessage = ({ data }) => {
      const flow = typeof data === "string" ? readFlowMessage(data) : undefined;
      if (flow !== undefined) return script.onFlow?.(peer, flow);
      peer.messages++;
      script.onMessage?.(peer, typeof data === "string" ? data : new Uint8Array(data));
    };
    socket.onclose = () => resolve();
    return response;
  }
}

/** The events of a message, all of which must be well-formed. */
export function readEvents(message: string | Uint8Array): RawEvent[] {
  if (typeof message === "string") throw new TypeError("Cannot read events: the message is text");
  return [...new EventReader(message)].map((item) => {
    if (item instanceof EventFormatError) throw item;
    return item;
  });
}

/** What says of an event which one it is. */
export function keyOf(event: { readonly timestamp: number; readonly id: string }): string {
  return `${event.timestamp} ${event.id}`;
}

/** A collector's memory: stores each event once, in order of arrival, and acknowledges. */
export class ModelStore {
  readonly keys: string[] = [];
  readonly #known = new Set<string>();

  save(events: readonly RawEvent[]): { readonly events: number; readonly duplicates: number } {
    let stored = 0;
    for (const event of events) {
      const key = keyOf(event);
      if (this.#known.has(key)) continue;
      this.#known.add(key);
      this.keys.push(key);
      stored++;
    }
    return { events: stored, duplicates: events.length - stored };
  }
}
