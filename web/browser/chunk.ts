import { CODE_AGAIN, waitAtLeastMs } from '../engine/backoff.ts';

/** How Chromium and Firefox, and Safari, say that code did not arrive. Its own errors, which no other try mends, read otherwise. */
const NOT_LOADED = /dynamically imported module|Importing a module script failed/i;

/**
 * A part of the page's code that comes when it is needed, once, however often it is asked for. While it does not come
 * (the server is away, the line is cut) it is asked for again and again.
 */
export function chunk<Module>(load: () => Promise<Module>): () => Promise<Module> {
  let loading: Promise<Module> | undefined;
  return () => {
    loading ??= untilLoaded(load);
    return loading;
  };
}

async function untilLoaded<Module>(load: () => Promise<Module>): Promise<Module> {
  let address: string | undefined;
  for (let failures = 1; ; failures++) {
    try {
      return await (address ? import(/* @vite-ignore */ `${address}?again=${failures}`) : load());
    } catch (error) {
      if (!(error instanceof TypeError && NOT_LOADED.test(error.message))) throw error;
      address ??= addressIn(error);
      const afterMs = waitAtLeastMs(CODE_AGAIN, failures, Math.random());
      await new Promise((resolve) => setTimeout(resolve, afterMs));
    }
  }
}

/** Browsers remember for good that an address did not load, and say which it was; by another one they try the same file. */
function addressIn({ message }: TypeError): string | undefined {
  return /https?:\/\/[^\s?#]+/.exec(message)?.[0];
}
