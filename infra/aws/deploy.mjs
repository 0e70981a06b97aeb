// `npm run deploy -- -c stage=live`: makes the stacks, checks them, deploys them, and says where the page is.
import { readFileSync } from 'node:fs';
import { cdk, prepare } from './cdk.mjs';

const OUTPUTS = 'cdk.out/outputs.json';
const given = process.argv.slice(2);
/** `-c name=value` and `--context name=value` are for the making of the stacks, the rest for deploying them. */
const isContext = given.map(
  (arg, i) => /^(-c|--context)/.test(arg) || /^(-c|--context)$/.test(given[i - 1] ?? ''),
);
const context = given.filter((_, i) => isContext[i]);
const options = given.filter((_, i) => !isContext[i]);

prepare();
// What cdk-nag finds, and nobody has explained, ends it here. What is deployed is what was checked.
cdk('synth', '--quiet', ...context);
cdk('deploy', '--app', 'cdk.out', '--all', '--outputs-file', OUTPUTS, ...options);

const outputs = Object.values(JSON.parse(readFileSync(OUTPUTS, 'utf8')));
for (const { Address } of outputs) {
  if (Address) console.log(`\nTributary is at ${Address}`);
}
