import { createSignal } from 'solid-js';
import { english, type Words } from './english.ts';
import { makeNumbers, type Numbers } from './numbers.ts';

/** The languages of the page, each by its own name. */
export const LANGUAGES = { en: 'English', de: 'Deutsch', es: 'Español' } as const;
export type Language = keyof typeof LANGUAGES;

interface Spoken {
  language: Language;
  numbers: Numbers;
  words: Words;
}

const LANGUAGE_KEY = 'tributary.language';

const CATALOGUES: Record<Language, () => Promise<(numbers: Numbers) => Words>> = {
  en: async () => english,
  // A chunk of its own each: nobody loads a language that they do not read.
  de: async () => (await import('./german.ts')).german,
  es: async () => (await import('./spanish.ts')).spanish,
};

const englishNumbers = numbersOf('en');
const [spoken, setSpoken] = createSignal<Spoken>({
  language: 'en',
  numbers: englishNumbers,
  words: english(englishNumbers),
});

/** The words of the language in use: whatever reads one of them follows when the language is changed. */
export const words: Words = following((current) => current.words);
export const numbers: Numbers = following((current) => current.numbers);
export const language = (): Language => spoken().language;

/** Speaks this language from now on. */
export async function speak(next: Language): Promise<void> {
  if (next === spoken().language) return;
  const catalogue = await CATALOGUES[next]();
  const ofNext = numbersOf(next);
  setSpoken({ language: next, numbers: ofNext, words: catalogue(ofNext) });
}

/** Speaks it here from now on, after a reload as well. */
export async function chooseLanguage(next: Language): Promise<void> {
  try {
    localStorage.setItem(LANGUAGE_KEY, next);
  } catch {
    // Storage that is full or forbidden: the choice holds until the page is closed.
  }
  await speak(next);
}

/** What was chosen here, or else the first of the browser's languages that the page knows. */
export function preferredLanguage(): Language {
  let chosen: string | null = null;
  try {
    chosen = localStorage.getItem(LANGUAGE_KEY);
  } catch {
    // As above.
  }
  return firstKnown([chosen ?? '', ...navigator.languages]);
}

function numbersOf(language: Language): Numbers {
  return makeNumbers(regionalTag(language, globalThis.navigator?.languages ?? []));
}

/** The language as the person's own region writes dates and numbers, where the browser says which. Pure. */
export function regionalTag(language: Language, tags: readonly string[]): string {
  for (const tag of tags) {
    // Some systems hand on names of their own ("en-US@posix"), which `Intl` refuses.
    if (/^[a-z]+(-[a-z0-9]+)*$/i.test(tag) && tag.toLowerCase().split('-')[0] === language) return tag;
  }
  return language;
}

/** Pure. */
export function firstKnown(tags: readonly string[]): Language {
  for (const tag of tags) {
    const code = tag.toLowerCase().split('-')[0] ?? '';
    if (Object.hasOwn(LANGUAGES, code)) return code as Language;
  }
  return 'en';
}

function following<Thing extends object>(pick: (current: Spoken) => Thing): Thing {
  return new Proxy({} as Thing, { get: (_, key) => Reflect.get(pick(spoken()), key) });
}
