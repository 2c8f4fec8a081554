/** Where a collector listens when it is told nothing else. */
const USUAL = { hostname: "localhost", port: "6433" };

/** What ports are where an address names none. @type {Readonly<Record<string, string>>} */
const USUAL_PORTS = { "http:": "80", "ws:": "80", "https:": "443", "wss:": "443" };

/**
 * Commands that send a first event to a collector.
 *
 * @typedef {object} FirstCommands
 * @property {string} watch Follows a file.
 * @property {readonly [command: string, body: string]} send Sends one event; a line would be long.
 */

/**
 * @param {string} address Of a collector, by HTTP or WebSocket.
 * @returns {FirstCommands}
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 *
 * assert.equal(firstCommands("ws://localhost:7000").watch, "theia watch -P 7000 -f /var/log/syslog");
 * ```
 */
export function firstCommands(address) {
  const { protocol, hostname, port: given } = new URL(address);
  const port = given || (USUAL_PORTS[protocol] ?? "");
  const isSecure = protocol === "https:" || protocol === "wss:";
  const options = [
    ...(hostname === USUAL.hostname ? [] : [`-H ${hostname.replace(/^\[|\]$/g, "")}`]),
    ...(port === USUAL.port ? [] : [`-P ${port}`]),
    ...(isSecure ? ["--secure"] : []),
  ];
  const url = `${isSecure ? "https:" : "http:"}//${hostname}:${port}/events`;
  return {
    watch: ["theia watch", ...options, "-f /var/log/syslog"].join(" "),
    send: [
      `curl ${url} -H 'content-type: application/json'`,
      `-d '{"source": "door", "content": "opened"}'`,
    ],
  };
}
