import { expect, test } from 'vitest';
import { atOrigin, isLoopback } from './lan-address.ts';

test.each(['localhost', 'a.localhost', '127.0.0.1', '127.8.8.8', '[::1]'])(
  '%s is this machine only',
  (host) => {
    expect(isLoopback(host)).toBe(true);
  },
);

test.each(['192.168.1.20', 'localhost.example.org', 'example.org', '[fe80::1]', '127.example.org'])(
  '%s can be reached by others',
  (host) => {
    expect(isLoopback(host)).toBe(false);
  },
);

test('a link moves to another origin with its path and its secret', () => {
  expect(atOrigin('http://localhost:8080/a/?b=1#secret', 'http://192.168.1.20:8080')).toBe(
    'http://192.168.1.20:8080/a/?b=1#secret',
  );
});
