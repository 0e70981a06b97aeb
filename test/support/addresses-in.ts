/** E-mail addresses in a text that ought to hold none: a log, say. */
export function addressesIn(text: string): string[] {
  return text.match(/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g) ?? [];
}
