import ipaddr from 'ipaddr.js';

/** Says which addresses the farm may call. What it does not understand it refuses. */
export interface AddressGuard {
  mayReach(address: string): boolean;
}

/** IPv4-compatible IPv6, deprecated: ipaddr.js 2.5 calls `::7f00:1` unicast and takes `::127.0.0.1` for the mapped address. */
const ipv4Compatible = ipaddr.parseCIDR('::/96');
const ipv4CompatibleText = /^::\d+\.\d+\.\d+\.\d+$/;

/**
 * Public unicast addresses, and those in `allowCidrs` (FARM_OUTBOUND_ALLOW_CIDRS) although they are private. An IPv4
 * address mapped into IPv6 counts as the IPv4 one; tunnelled ones (NAT64, 6to4, Teredo) are refused: they hide another address.
 * @throws RangeError when a CIDR cannot be read; check them with `cidrFaults` first.
 */
export function createAddressGuard(allowCidrs: readonly string[]): AddressGuard {
  const allowed = allowCidrs.map((cidr) => parseCidr(cidr));
  return {
    mayReach: (address) => {
      // A zone index (fe80::1%eth0) only makes sense on our own links.
      if (!ipaddr.isValid(address) || address.includes('%') || ipv4CompatibleText.test(address)) return false;
      const parsed = ipaddr.process(address);
      if (allowed.some((range) => range[0].kind() === parsed.kind() && parsed.match(range))) return true;
      if (parsed.kind() === 'ipv6' && parsed.match(ipv4Compatible)) return false;
      return parsed.range() === 'unicast';
    },
  };
}

/** What is wrong with a list of CIDRs, one sentence each; empty when it is fine. */
export function cidrFaults(cidrs: readonly string[]): readonly string[] {
  return cidrs.filter((cidr) => !isCidr(cidr)).map((cidr) => `expected a CIDR such as 10.0.0.0/8, got "${cidr}"`);
}

function isCidr(cidr: string): boolean {
  return ipaddr.IPv4.isValidCIDRFourPartDecimal(cidr) || ipaddr.IPv6.isValidCIDR(cidr);
}

function parseCidr(cidr: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  if (!isCidr(cidr)) throw new RangeError(`not a CIDR: ${cidr}`);
  return ipaddr.parseCIDR(cidr);
}
