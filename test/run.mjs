// `npm test`: everything that a fresh machine lacks, then the tests; `--faults`: those that take minutes. Other arguments
// go to vitest.
import { spawnSync } from 'node:child_process';
import { prepareWithBrowser } from '../infra/setup/prepare.mjs';

await prepareWithBrowser();
const isFaults = process.argv[2] === '--faults';
const config = isFaults ? 'test/faults/vitest.config.ts' : 'test/vitest.config.ts';
const rest = process.argv.slice(isFaults ? 3 : 2);
const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--config', config];
const { status } = spawnSync(process.execPath, [...vitest, ...rest], { stdio: 'inherit' });
process.exit(status ?? 1);
