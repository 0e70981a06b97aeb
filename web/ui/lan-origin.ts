import { type Accessor, createSignal } from 'solid-js';

/** Where other devices of the same network find this page, when it is open at an address that only this one knows. */
export function createLanOrigin(pageUrl: string): Accessor<string | undefined> {
  const [origin, setOrigin] = createSignal<string>();
  if (isLoopback(new URL(pageUrl).hostname)) {
    void ask(new URL('address', pageUrl).href).then(setOrigin);
  }
  return origin;
}

export function isLoopback(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/** The same link at another origin. */
export function atOrigin(link: string, origin: string): string {
  const { pathname, search, hash } = new URL(link);
  return `${origin}${pathname}${search}${hash}`;
}

/** Any failure means only that the link stays as it is: not every server knows its network. */
async function ask(url: string): Promise<string | undefined> {
  try {
    const answer: unknown = await (await fetch(url)).json();
    if (typeof answer !== 'object' || !answer || !('lan' in answer) || !Array.isArray(answer.lan))
      return undefined;
    const first: unknown = answer.lan[0];
    const { origin, protocol } = new URL(String(first));
    return protocol === 'http:' || protocol === 'https:' ? origin : undefined;
  } catch {
    return undefined;
  }
}
