import { S3ServiceException } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { makeHealth } from './health.ts';
import { reasonOf } from './reason.ts';

const fails = (error: unknown) => () => Promise.reject(error);

describe('the health of a server', () => {
  test('is good when everything behind it answers', async () => {
    const health = makeHealth('1.2.3', { 'the table': async () => undefined, 'the store': async () => ({}) });
    expect(await health()).toEqual({ ok: true, version: '1.2.3' });
  });

  test('names what does not, and why', async () => {
    const health = makeHealth('1', {
      'the table': fails(new Error('no way')),
      'the mail': async () => 1,
      'the store': fails(new Error('gone')),
    });
    expect(await health()).toEqual({
      ok: false,
      version: '1',
      failing: ['the table: no way', 'the store: gone'],
    });
  });

  test('waits for nothing longer than it may', async () => {
    const health = makeHealth('1', { 'the store': () => new Promise(() => {}) }, 5);
    expect(await health()).toMatchObject({ ok: false, failing: ['the store: no answer within 5 ms'] });
  });

  test('is asked for anew each time', async () => {
    let isUp = false;
    const health = makeHealth('1', { 'the store': async () => isUp || Promise.reject(new Error('down')) });
    expect((await health()).ok).toBe(false);
    isUp = true;
    expect((await health()).ok).toBe(true);
  });
});

test('a reason is words, whatever was thrown', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });
  expect(reasonOf(refused)).toBe('connect ECONNREFUSED 127.0.0.1:1');
  expect(reasonOf(Object.assign(new AggregateError([refused]), { code: 'ECONNREFUSED' }))).toBe(
    'ECONNREFUSED',
  );
  expect(reasonOf(Object.assign(new Error('long story'), { code: 'ETIMEDOUT' }))).toBe('no answer in time');
  const $metadata = { httpStatusCode: 404 };
  expect(
    reasonOf(
      new S3ServiceException({ name: 'NotFound', $fault: 'client', $metadata, message: 'UnknownError' }),
    ),
  ).toBe('answered 404 (NotFound)');
  expect(reasonOf('a string')).toBe('a string');
  expect(reasonOf(new TypeError())).toBe('TypeError');
});
