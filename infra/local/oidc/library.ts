import type Provider from 'oidc-provider';

/**
 * The library warns of Node 20 as it is loaded, and whoever starts a server would read that as its first line. What we
 * ask of it is pinned by the lock file and tested on that version. All else that it has to say is said.
 */
export async function loadProvider(): Promise<typeof Provider> {
  const { warn } = console;
  console.warn = (...words: unknown[]) => {
    if (!String(words[0]).includes('Unsupported runtime')) warn(...words);
  };
  try {
    return (await import('oidc-provider')).default;
  } finally {
    console.warn = warn;
  }
}
