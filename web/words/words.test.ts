import { expect, test } from 'vitest';
import { english } from './english.ts';
import { german } from './german.ts';
import { makeNumbers } from './numbers.ts';
import { spanish } from './spanish.ts';
import { firstKnown, regionalTag } from './words.ts';

const catalogues = {
  en: english(makeNumbers('en')),
  de: german(makeNumbers('de')),
  es: spanish(makeNumbers('es')),
};

/** The plain sentences of a catalogue, by their path. */
function sentences(of: object, path = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(of)) {
    if (typeof value === 'string') found.set(`${path}${key}`, value);
    else if (typeof value === 'object')
      for (const inner of sentences(value, `${path}${key}.`)) found.set(...inner);
  }
  return found;
}

test.each(['de', 'es'] as const)('%s says every sentence, and says it in its own words', (language) => {
  const theirs = sentences(catalogues[language]);
  for (const [path, text] of sentences(catalogues.en)) {
    expect(theirs.get(path), path).toBeTruthy();
    // A word may be the same in two languages; a sentence is not.
    if (text.includes(' ')) expect(theirs.get(path), path).not.toBe(text);
  }
});

test.each(Object.entries(catalogues))('%s: an error says what was kept or what to do', (_, words) => {
  for (const text of Object.values(words.errors)) expect(text).toMatch(/[.;:] \S+/);
});

test('the browser chooses the language: the first of its own that the page knows', () => {
  expect(firstKnown(['fr-CH', 'de-AT', 'en'])).toBe('de');
  expect(firstKnown(['', 'es'])).toBe('es');
  expect(firstKnown(['ja', 'toString'])).toBe('en');
});

test('dates and numbers are those of the region that the browser names first for the language', () => {
  expect(regionalTag('en', ['de-AT', 'en-GB', 'en-US'])).toBe('en-GB');
  expect(regionalTag('de', ['en-GB', 'de-AT'])).toBe('de-AT');
  expect(regionalTag('es', ['en-GB'])).toBe('es');
  expect(regionalTag('en', ['en-US@posix', 'eng'])).toBe('en');
  const evening = Date.UTC(2026, 10, 26, 12);
  expect(makeNumbers(regionalTag('en', ['en-GB'])).dateTime(evening)).toMatch(/^26 Nov 2026/);
});
