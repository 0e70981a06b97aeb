import { PageConfig } from '../../protocol/page-config.ts';

/** On a line where even this takes longer, another try is no worse. */
const ASK_WITHIN_MS = 15_000;

/** Asks for `config.json` beside the page: once it has come, that answer is good for as long as the page lives. */
export function makePageConfig(pageUrl: string): () => Promise<PageConfig> {
  let known: Promise<PageConfig> | undefined;
  return () => {
    known ??= ask(new URL('config.json', pageUrl).href).catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };
}

async function ask(url: string): Promise<PageConfig> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(ASK_WITHIN_MS) });
  if (!answer.ok) throw new Error(`expected ${url}; got ${answer.status}`);
  return PageConfig.parse(await answer.json());
}

/** The WebSocket address: a page of `https:` speaks `wss:`. */
export function socketAddress({ socketUrl }: PageConfig, pageUrl: string): string {
  const url = new URL(socketUrl, pageUrl);
  if (url.protocol === 'https:') url.protocol = 'wss:';
  if (url.protocol === 'http:') url.protocol = 'ws:';
  url.hash = '';
  return url.href;
}
