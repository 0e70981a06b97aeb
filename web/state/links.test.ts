import { expect, test } from 'vitest';
import { linkOf, secretInHash } from './links.ts';

const SECRET = 'abcdefghijklmnopqrst-_';

test('a link carries its secret in the fragment, which is never sent, and it is read from there', () => {
  const link = new URL(linkOf('https://tributary.test/up?lang=en', SECRET));
  expect(link.href).toBe(`https://tributary.test/up?lang=en#${SECRET}`);
  expect(secretInHash(link.hash)).toBe(SECRET);
});

test('a link made on an open upload has its own secret in place of the one of the page', () => {
  expect(linkOf(`https://tributary.test/#${SECRET}`, 'z'.repeat(22))).toBe(
    `https://tributary.test/#${'z'.repeat(22)}`,
  );
});

test.for(['', '#', '#about', `#${SECRET}/x`, `#${SECRET.slice(1)}`, `#${'a'.repeat(44)}`])(
  '%j names no upload',
  (hash) => {
    expect(secretInHash(hash)).toBeUndefined();
  },
);
