// `npm run trace`: everything that a fresh machine lacks, then the trace.
import { prepareWithBrowser, runTypeScript } from '../../infra/setup/prepare.mjs';

await prepareWithBrowser();
await runTypeScript(new URL('trace.ts', import.meta.url).href);
