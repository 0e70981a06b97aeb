// `npm test`: everything that a fresh machine lacks, then the tests. Arguments go to vitest.
import { spawnSync } from 'node:child_process';
import { prepareWithBrowser } from '../infra/setup/prepare.mjs';

await prepareWithBrowser();
const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/vitest.config.ts'];
const { status } = spawnSync(process.execPath, [...vitest, ...process.argv.slice(2)], { stdio: 'inherit' });
process.exit(status ?? 1);
