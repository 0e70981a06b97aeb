// `npm run bench:page`: everything that a fresh machine lacks, then how quick the page is.
import { prepareWithBrowser, runTypeScript } from '../../../infra/setup/prepare.mjs';

await prepareWithBrowser();
await runTypeScript(new URL('main.ts', import.meta.url).href);
