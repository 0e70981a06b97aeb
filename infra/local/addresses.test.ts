import type { NetworkInterfaceInfo } from 'node:os';
import { describe, expect, test } from 'vitest';
import { lanOrigins } from './addresses.ts';

const of = (address: string, family: 'IPv4' | 'IPv6' = 'IPv4', internal = false) =>
  ({ address, family, internal }) as NetworkInterfaceInfo;

const INTERFACES = {
  lo: [of('127.0.0.1', 'IPv4', true), of('::1', 'IPv6', true)],
  wlan0: [of('192.0.2.7'), of('fe80::1', 'IPv6')],
  eth0: [of('198.51.100.9')],
};

describe('on all addresses', () => {
  test.each([undefined, '0.0.0.0', '::'])(
    '(%s) a device of the network has those that are not this machine’s own',
    (host) => {
      expect(lanOrigins(host, 8_080, INTERFACES)).toEqual([
        'http://192.0.2.7:8080',
        'http://198.51.100.9:8080',
      ]);
    },
  );

  test('of a machine without a network there are none', () => {
    expect(lanOrigins(undefined, 8_080, { lo: INTERFACES.lo })).toEqual([]);
  });
});

describe('on one address', () => {
  test.each(['localhost', '127.0.0.1', '127.8.8.8', '::1'])('%s has none for others', (host) => {
    expect(lanOrigins(host, 8_080, INTERFACES)).toEqual([]);
  });

  test.each([
    ['192.0.2.7', 'http://192.0.2.7:1'],
    ['my-machine', 'http://my-machine:1'],
    ['fd00::7', 'http://[fd00::7]:1'],
  ])('%s is the one for others', (host, origin) => {
    expect(lanOrigins(host, 1, INTERFACES)).toEqual([origin]);
  });
});
