import { expect, test } from 'vitest';
import { signInPage } from './sign-in-page.ts';
import { signInWords } from './sign-in-words.ts';

test('the sign-in speaks the first language of those wanted that it knows, and English else', () => {
  const languageOf = (locales: unknown) => signInWords(locales).language;
  expect(languageOf('fr de-AT es')).toBe('de');
  expect(languageOf('ES')).toBe('es');
  for (const none of ['', 'fr', undefined, ['de']]) expect(languageOf(none)).toBe('en');
});

test('the sign-in page says what language it is in, and what went wrong in it', () => {
  const form = { action: '/x', name: '', asksForKey: true };
  const page = signInPage({ ...form, problem: 'no-match', words: signInWords('de') });
  expect(page).toContain('<html lang="de">');
  expect(page).toContain('role="alert">Dieser Name und diese Passphrase gehören nicht zusammen.<');
});
