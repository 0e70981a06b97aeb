import { expect, test } from 'vitest';
import { PageConfig } from '../../protocol/page-config.ts';
import { socketAddress } from './page-config.ts';

test.each([
  ['ws', 'http://localhost:8080/#secret', 'ws://localhost:8080/ws'],
  ['ws', 'https://example.org/here/#secret', 'wss://example.org/here/ws'],
  [
    'wss://abc.execute-api.eu-central-1.amazonaws.com/live',
    'https://d1.cloudfront.net/#s',
    'wss://abc.execute-api.eu-central-1.amazonaws.com/live',
  ],
])('a socket at %s of the page %s is at %s', (socketUrl, pageUrl, address) => {
  expect(socketAddress({ socketUrl }, pageUrl)).toBe(address);
});

test('a page that is told nothing about signing in offers none', () => {
  expect(PageConfig.parse({ socketUrl: 'ws', more: 1 })).toEqual({ socketUrl: 'ws' });
  expect(PageConfig.safeParse({}).success).toBe(false);
});
