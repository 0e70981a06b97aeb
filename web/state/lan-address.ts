/** Nobody waits longer for an address that only might be better. */
const ANSWER_WITHIN_MS = 3_000;

export function isLoopback(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/** The same link at another origin. */
export function atOrigin(link: string, origin: string): string {
  const { pathname, search, hash } = new URL(link);
  return `${origin}${pathname}${search}${hash}`;
}

/** Where others of its network find a server that is at this machine's own address. Any failure means only that the link stays as it is: not every server knows its network. */
export async function lanOriginOf(pageUrl: string): Promise<string | undefined> {
  if (!isLoopback(new URL(pageUrl).hostname)) return undefined;
  try {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const answer: unknown = await (await fetch(new URL('address', pageUrl), { signal })).json();
    if (typeof answer !== 'object' || !answer || !('lan' in answer) || !Array.isArray(answer.lan))
      return undefined;
    const first: unknown = answer.lan[0];
    const { origin, protocol } = new URL(String(first));
    return protocol === 'http:' || protocol === 'https:' ? origin : undefined;
  } catch {
    return undefined;
  }
}
