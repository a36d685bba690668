import { describe, expect, it } from 'vitest';
import { cidrFaults, createAddressGuard } from './create-address-guard.ts';

/** Re-typed from the tables of svix's webhook client and request-filtering-agent, plus RFC 6890. */
const refused = [
  ['this network', '0.0.0.0'],
  ['this network', '0.1.2.3'],
  ['private 10/8', '10.0.0.1'],
  ['private 10/8', '10.255.255.255'],
  ['carrier-grade NAT', '100.64.0.1'],
  ['loopback', '127.0.0.1'],
  ['loopback', '127.255.255.254'],
  ['link-local, cloud metadata', '169.254.169.254'],
  ['private 172.16/12', '172.16.0.1'],
  ['private 172.16/12', '172.31.255.255'],
  ['IETF protocol', '192.0.0.1'],
  ['documentation 1', '192.0.2.1'],
  ['6to4 relay', '192.88.99.1'],
  ['private 192.168/16', '192.168.1.1'],
  ['benchmark', '198.18.0.1'],
  ['documentation 2', '198.51.100.1'],
  ['documentation 3', '203.0.113.1'],
  ['multicast', '224.0.0.1'],
  ['reserved', '240.0.0.1'],
  ['broadcast', '255.255.255.255'],
  ['unspecified', '::'],
  ['loopback', '::1'],
  ['IPv4-compatible, called unicast by ipaddr.js', '::127.0.0.1'],
  ['IPv4-compatible in hex', '::7f00:1'],
  ['IPv4-compatible public', '::8.8.8.8'],
  ['IPv4-compatible public in hex', '::808:808'],
  ['mapped loopback', '::ffff:127.0.0.1'],
  ['mapped loopback in hex', '::ffff:7f00:1'],
  ['mapped private', '::ffff:10.0.0.1'],
  ['translated (RFC 6145)', '::ffff:0:127.0.0.1'],
  ['NAT64 of loopback', '64:ff9b::7f00:1'],
  ['NAT64 of a private address', '64:ff9b::10.0.0.1'],
  ['local NAT64', '64:ff9b:1::1'],
  ['discard', '100::1'],
  ['Teredo', '2001::1'],
  ['ORCHID', '2001:20::1'],
  ['benchmark', '2001:2::1'],
  ['documentation', '2001:db8::1'],
  ['6to4 of loopback', '2002:7f00:1::'],
  ['documentation (RFC 9637)', '3fff::1'],
  ['segment routing', '5f00::1'],
  ['unique local', 'fc00::1'],
  ['unique local', 'fd12:3456:789a::1'],
  ['link-local', 'fe80::1'],
  ['link-local with a zone', 'fe80::1%eth0'],
  ['site-local', 'fec0::1'],
  ['multicast', 'ff02::1'],
  ['no address', 'example.com'],
  ['nothing', ''],
] as const;

const reachable = [
  '1.1.1.1',
  '8.8.8.8',
  '93.184.216.34',
  '172.15.0.1',
  '172.32.0.1',
  '2606:4700:4700::1111',
  '2a00:1450::1',
];

describe('createAddressGuard', () => {
  const guard = createAddressGuard([]);

  it.each(refused)('refuses %s: %s', (_why, address) => {
    expect(guard.mayReach(address)).toBe(false);
  });

  it.each(reachable)('lets public %s through', (address) => {
    expect(guard.mayReach(address)).toBe(true);
  });

  it('folds a mapped public address to IPv4', () => {
    expect(guard.mayReach('::ffff:8.8.8.8')).toBe(true);
  });

  it('opens exactly the ranges an operator allows', () => {
    const lan = createAddressGuard(['10.1.0.0/16', '::1/128']);
    const answers = ['10.1.2.3', '::ffff:10.1.2.3', '::1', '10.2.0.1', '::2', '127.0.0.1'].map((address) =>
      lan.mayReach(address),
    );
    expect(answers).toEqual([true, true, true, false, false, false]);
  });

  it('names every CIDR that cannot be read', () => {
    expect(cidrFaults(['10.0.0.0/8', 'fd00::/8'])).toEqual([]);
    expect(cidrFaults(['10.0.0.0', '10.0.0.0/33', 'lan'])).toHaveLength(3);
    expect(() => createAddressGuard(['10.0.0.0/33'])).toThrow(RangeError);
  });
});
