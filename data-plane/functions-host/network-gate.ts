import dgram from "node:dgram";
import dns from "node:dns";
import net from "node:net";
import { isInternalAddress } from "#lib/contract/internal-addresses.ts";
import type { FunctionsNetwork } from "./types.ts";

/** A handler wanted to go where FUNCTIONS_NETWORK does not let it. */
class NetworkRefused extends Error {
  override name = "NetworkRefused";
  readonly code = "ERR_FUNCTION_NETWORK";
}

type AnyFunction = (...args: never[]) => unknown;
type Connect = (this: net.Socket, options: object, listener?: () => void) => net.Socket;

/** Puts a value where nobody can put another one. */
export function fix(owner: object, name: string, value: unknown): void {
  if (name in owner) {
    Object.defineProperty(owner, name, { value, writable: false, configurable: false, enumerable: true });
  }
}

/**
 * Keeps the code of this thread off the network, or off everything but public addresses. Whatever Node.js offers to
 * connect with (fetch, WebSocket, http, https, http2, tls, net) comes by `net.Socket.prototype.connect`, and that is
 * where each address is judged. Resolved once: the connection goes to the addresses that were judged. Must run before
 * any handler is loaded.
 */
export function closeNetwork(network: FunctionsNetwork): void {
  if (network === "all") return;
  const message =
    network === "none"
      ? "Functions may not open network connections here (FUNCTIONS_NETWORK=none)."
      : "Functions may connect to public addresses only (FUNCTIONS_NETWORK=public).";
  const refusal = () => new NetworkRefused(message);
  const refuse: AnyFunction = () => {
    throw refusal();
  };

  const systemLookup = dns.lookup;
  const connect = net.Socket.prototype.connect as unknown as Connect;

  /** The system's answer, unless one of its addresses is inside. */
  const judgedLookup: net.LookupFunction = (hostname, options, callback) => {
    systemLookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, "", 0);
      const [first] = addresses;
      if (!first || addresses.some(({ address }) => isInternalAddress(address))) {
        return callback(refusal(), "", 0);
      }
      if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };

  /** The options of a call to connect in any of its forms; null when they lead anywhere but to a host. */
  function target(args: unknown[]): { options: Record<string, unknown>; listener: unknown } | null {
    const [first, second] = args;
    const listener = args.findLast((each) => typeof each === "function");
    if (Array.isArray(first)) return target(first); // net's own, normalised already
    if (typeof first === "object" && first !== null) {
      const options = { ...first } as Record<string, unknown>;
      return options.path ? null : { options, listener };
    }
    if (typeof first !== "number" && !/^\d+$/.test(String(first))) return null; // a local socket
    return { options: { port: first, host: typeof second === "string" ? second : undefined }, listener };
  }

  fix(net.Socket.prototype, "connect", function (this: net.Socket, ...args: unknown[]): net.Socket {
    const wanted = network === "public" ? target(args) : null;
    const host = String(wanted?.options.host ?? "localhost");
    if (!wanted || (net.isIP(host) !== 0 && isInternalAddress(host))) {
      process.nextTick(() => this.destroy(refusal()));
      return this;
    }
    const options = { ...wanted.options, host, lookup: judgedLookup };
    return connect.call(this, options, wanted.listener as () => void);
  });

  fix(net.Server.prototype, "listen", refuse);
  for (const name of ["_createServerHandle", "_setSimultaneousAccepts"]) fix(net, name, refuse);
  for (const name of ["bind", "connect", "send", "sendto"]) fix(dgram.Socket.prototype, name, refuse);
  for (const name of ["createSocket", "_createSocketHandle"]) fix(dgram, name, refuse);

  // Looking a name up is talking to the network too: with none, names are not looked up; otherwise not elsewhere.
  const closed = network === "none" ? /^(?:lookup|resolve|reverse|setServers)/ : /^setServers/;
  for (const owner of [
    dns,
    dns.promises,
    dns.Resolver.prototype,
    dns.promises.Resolver.prototype,
    Object.getPrototypeOf(dns.Resolver.prototype),
    Object.getPrototypeOf(dns.promises.Resolver.prototype),
  ]) {
    if (owner === Object.prototype) continue;
    for (const name of Object.getOwnPropertyNames(owner)) if (closed.test(name)) fix(owner, name, refuse);
  }
}
