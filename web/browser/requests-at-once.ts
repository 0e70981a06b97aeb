/** Over HTTP/1.1, which S3 speaks, browsers open no more connections than this to one host. */
const CONNECTIONS = 6;

/** How many requests a page begins with, and how many it may come to while more of them bring more. */
export function requestsAtOnce(userAgent: string): { atOnce: number; atMost: number } {
  // A phone shares its radio and battery with what its person does: gently, and only on measured gain.
  if (/Mobi|Android|iPhone|iPad/.test(userAgent)) return { atOnce: 2, atMost: 4 };
  return { atOnce: 4, atMost: CONNECTIONS };
}
