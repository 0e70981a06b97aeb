// `npm run lighthouse`: Lighthouse's judgement of the page on this machine. It is fetched when it is wanted (185 MB), and
// is no dependency: its newest versions need Node 22.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareWithBrowser } from '../../../infra/setup/prepare.mjs';

const LIGHTHOUSE = 'lighthouse@12.8.2';
const WANTED = { performance: 0.95, accessibility: 1, 'best-practices': 1 };

await prepareWithBrowser();
const { register } = await import('tsx/esm/api');
register();
const { startServerProcess } = await import('../../support/started-server.ts');
const server = await startServerProcess();
const folder = mkdtempSync(join(tmpdir(), 'tributary-lighthouse-'));
const report = join(folder, 'report.json');
try {
  const flags = ['--headless=new', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])].join(' ');
  const { status } = spawnSync(
    'npx',
    [
      '--yes',
      LIGHTHOUSE,
      server.origin,
      '--quiet',
      `--chrome-flags=${flags}`,
      '--output=json',
      `--output-path=${report}`,
      `--only-categories=${Object.keys(WANTED).join(',')}`,
    ],
    { stdio: 'inherit' },
  );
  if (status !== 0 || !existsSync(report)) {
    throw new Error(
      `${LIGHTHOUSE} did not run. npx fetches it from the npm registry: look at what it said above, or fetch it where there is a network, by: npm cache add ${LIGHTHOUSE}`,
    );
  }
  const { categories, audits } = JSON.parse(readFileSync(report, 'utf8'));
  for (const [name, wanted] of Object.entries(WANTED)) {
    const { score, auditRefs } = categories[name];
    console.log(`${name}: ${Math.round(score * 100)}, ${wanted * 100} wanted`);
    for (const { id, weight } of auditRefs) {
      const { score: of, title, displayValue = '' } = audits[id];
      if (weight > 0 && of !== null && of < 0.9) console.log(`  ${title} ${displayValue}`);
    }
    if (score < wanted) process.exitCode = 1;
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await server.dispose();
  rmSync(folder, { recursive: true, force: true });
}
