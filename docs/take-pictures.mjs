// `npm run pictures`: everything that a fresh machine lacks, then the README's pictures.
import { prepareWithBrowser, runTypeScript } from '../infra/setup/prepare.mjs';

await prepareWithBrowser();
await runTypeScript(new URL('pictures.ts', import.meta.url).href);
