import { expect, test } from 'vitest';
import { english } from '../words/english.ts';
import { german } from '../words/german.ts';
import { makeNumbers } from '../words/numbers.ts';
import { guessDeviceName } from './device-name.ts';

const en = english(makeNumbers('en'));
const de = german(makeNumbers('de'));
const MAC =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/130.0.0.0 Safari/537.36';

test('a guessed name is in the language of the page', () => {
  expect(guessDeviceName(MAC, en)).toBe('Chrome on Mac');
  expect(guessDeviceName(MAC, de)).toBe('Chrome auf Mac');
  expect(guessDeviceName('curl', de)).toBe('Ein Gerät');
});
