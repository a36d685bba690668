import { isIP, type LookupFunction, type Socket } from 'node:net';
import { buildConnector } from 'undici';
import type { AddressGuard } from './create-address-guard.ts';
import { OutboundError } from './outbound-error.ts';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}
/** All addresses of a host name. @throws when it cannot be resolved. */
export type Resolve = (hostname: string) => Promise<readonly ResolvedAddress[]>;

const refusal = 'The address is private, local or reserved; this farm calls public addresses only.';

/**
 * The `connect` of an undici dispatcher that reaches only what the guard allows, checked three times: a literal address
 * before it connects (Node never calls `lookup` for those), a name by all its addresses, and the peer once connected.
 */
export function connectGuarded(
  guard: AddressGuard,
  options: { readonly resolve: Resolve; readonly connectTimeoutMs: number },
): buildConnector.connector {
  const connect = buildConnector({
    timeout: options.connectTimeoutMs,
    lookup: guardedLookup(guard, options.resolve),
    // undici's types want a complete TCP or IPC address here; its connector adds host and port itself.
  } as buildConnector.BuildOptions);
  return (target, callback) => {
    const host = target.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !guard.mayReach(host)) return callback(new OutboundError('address_refused', refusal), null);
    return connect(target, (...[error, socket]: buildConnector.CallbackArgs) => {
      if (error) return callback(error, null);
      if (mayKeep(guard, socket)) return callback(null, socket);
      socket.destroy();
      return callback(new OutboundError('address_refused', refusal), null);
    });
  };
}

function mayKeep(guard: AddressGuard, socket: Socket): boolean {
  return socket.remoteAddress !== undefined && guard.mayReach(socket.remoteAddress);
}

/**
 * One bad address among the answers refuses them all: which one is tried first is not ours to choose. The checked answers go
 * straight to the socket, so a name that changes its mind between check and use (DNS rebinding) gains nothing.
 */
function guardedLookup(guard: AddressGuard, resolve: Resolve): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname).then(
      (addresses) => {
        const first = addresses[0];
        if (!first || !addresses.every(({ address }) => guard.mayReach(address))) {
          return callback(new OutboundError('address_refused', refusal), '', 0);
        }
        if (options.all) return callback(null, [...addresses]);
        return callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, '', 0),
    );
  };
}
