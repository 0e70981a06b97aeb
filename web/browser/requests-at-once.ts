/** Over HTTP/1.1, which S3 speaks, browsers open no more connections than this to one host. */
const CONNECTIONS = 6;

/** One is left to the rest: another tab, or the page itself, may want something of that host while parts take their time. */
const FOR_PARTS = CONNECTIONS - 1;

/** How many requests a page begins with, and how many it may come to while more of them bring more. */
export function requestsAtOnce(userAgent: string): { atOnce: number; atMost: number; connections: number } {
  // A phone shares its radio and battery with what its person does: gently, and only on measured gain.
  const isPhone = /Mobi|Android|iPhone|iPad/.test(userAgent);
  return isPhone
    ? { atOnce: 2, atMost: 4, connections: FOR_PARTS }
    : { atOnce: 4, atMost: FOR_PARTS, connections: FOR_PARTS };
}
