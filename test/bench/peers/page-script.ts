import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** A peer's page script with all that it imports, as one piece of code to evaluate in a page. */
export async function pageScript(name: 'uppy' | 'tus' | 'lib-storage'): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      write: false,
      lib: {
        entry: fileURLToPath(new URL(`${name}.ts`, import.meta.url)),
        formats: ['iife'],
        name: 'peer',
      },
    },
  });
  const [first] = [built].flat();
  const chunk = first && 'output' in first ? first.output.find((one) => one.type === 'chunk') : undefined;
  if (!chunk) throw new Error(`${name} did not build`);
  return chunk.code;
}
