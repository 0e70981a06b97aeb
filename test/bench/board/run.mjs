// `npm run bench:board`: everything that a fresh machine lacks, then the benchmark.
import { prepareWithBrowser, runTypeScript } from '../../../infra/setup/prepare.mjs';

await prepareWithBrowser();
await runTypeScript(new URL('main.ts', import.meta.url).href);
