// What `cdk` runs (see cdk.json): what it is told is looked at, the page is built if its sources have changed, then the
// stacks are made.
import { fileURLToPath } from 'node:url';
import { ensurePage } from '../setup/page.mjs';
import { runTypeScript } from '../setup/prepare.mjs';

await runTypeScript(new URL('check-settings.ts', import.meta.url).href);
await ensurePage(fileURLToPath(new URL('../..', import.meta.url)));
await runTypeScript(new URL('app.ts', import.meta.url).href);
