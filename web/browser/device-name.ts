const NAME_KEY = 'tributary.name';

/** How a guess is put in the language of the page. */
export interface GuessWords {
  browserOn: (browser: string, system: string) => string;
  aDevice: string;
}

/** What this device calls itself: the name that its person gave it, or a guess. */
export function deviceName(words: GuessWords): string {
  try {
    const given = localStorage.getItem(NAME_KEY);
    if (given) return given;
  } catch {
    // As below.
  }
  return guessDeviceName(navigator.userAgent, words);
}

export function keepDeviceName(name: string): void {
  try {
    localStorage.setItem(NAME_KEY, name);
  } catch {
    // Storage that is full or forbidden: the name holds until the page is closed.
  }
}

/** A name for this device that its owner will recognise, guessed from what the browser says of itself. */
export function guessDeviceName(userAgent: string, words: GuessWords): string {
  const system = SYSTEMS.find(([, pattern]) => pattern.test(userAgent))?.[0];
  const browser = BROWSERS.find(([, pattern]) => pattern.test(userAgent))?.[0];
  if (system && browser) return words.browserOn(browser, system);
  return browser ?? system ?? words.aDevice;
}

/** The order matters: an iPhone says "like Mac OS X", Android says "Linux". */
const SYSTEMS: ReadonlyArray<[string, RegExp]> = [
  ['iPhone', /iPhone/],
  ['iPad', /iPad/],
  ['Android', /Android/],
  ['Windows', /Windows/],
  ['Mac', /Mac OS X/],
  ['Chromebook', /CrOS/],
  ['Linux', /Linux/],
];

/** Chrome's name is in Edge's, Samsung's and Opera's; Safari's in all. */
const BROWSERS: ReadonlyArray<[string, RegExp]> = [
  ['Edge', /Edg/],
  ['Opera', /OPR\//],
  ['Samsung Internet', /SamsungBrowser/],
  ['Firefox', /Firefox|FxiOS/],
  ['Chrome', /Chrome|CriOS/],
  ['Safari', /Safari/],
];
