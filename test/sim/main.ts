import { parseArgs } from 'node:util';
import { BILLS, billHead, billRow, runBill } from './bill.ts';
import { jsonOf, MOST_WASTED, tableHead, tableRow, targetOf } from './report.ts';
import { planOf, SCENARIOS } from './scenarios.ts';
import { type Outcome, runWorld } from './world.ts';

/** `npm run sim`: uploads in simulated time, by the real engine and the real handlers. */
const USAGE = `npm run sim -- [options]

  --scenario NAME   one of: ${Object.keys(SCENARIOS).join(', ')}
  --all             all of them
  --seed N          the world's seed, 1 if not given
  --json            one object a line in place of the table
  --bill            cost per 1,000 parts by number of devices, beside S3's own price for a PUT
  --verbose         how far it is, every ten simulated seconds

Exit code 1: an invariant was violated. 2: the options are not as they should be.`;

function optionsOf(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      scenario: { type: 'string', multiple: true },
      all: { type: 'boolean', default: false },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      bill: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(`--seed: expected a whole number from 0; got ${values.seed}`);
  }
  const names = values.all ? Object.keys(SCENARIOS) : (values.scenario ?? []);
  for (const name of names) planOf(name, seed);
  return { ...values, seed, names };
}

type Options = ReturnType<typeof optionsOf>;

async function runScenarios({ names, seed, json, verbose }: Options): Promise<number> {
  let isSound = true;
  if (!json) console.log(tableHead());
  for (const name of names) {
    const log = verbose ? (line: string) => console.error(`${name}: ${line}`) : undefined;
    const outcome = await runWorld(planOf(name, seed), log);
    console.log(json ? jsonOf(outcome) : tableRow(outcome));
    if (!json) for (const shortfall of shortfallsOf(outcome)) console.log(`  ! ${shortfall}`);
    isSound &&= outcome.violations.length === 0;
  }
  return isSound ? 0 : 1;
}

function shortfallsOf({ scenario, shareOfSummedRate, wastedRatio }: Outcome): string[] {
  const target = targetOf(scenario) ?? 0;
  return [
    ...(shareOfSummedRate < target ? [`below ${100 * target} % of the summed rate`] : []),
    ...(wastedRatio > MOST_WASTED ? [`more than ${100 * MOST_WASTED} % sent in vain`] : []),
  ];
}

async function runBills({ seed, json }: Options): Promise<number> {
  if (!json) console.log(billHead());
  for (const bill of BILLS) {
    const outcome = await runBill(bill, seed);
    console.log(json ? jsonOf(outcome) : billRow(bill, outcome));
  }
  return 0;
}

try {
  const options = optionsOf(process.argv.slice(2));
  if (options.help || (options.names.length === 0 && !options.bill)) {
    console.log(USAGE);
  } else {
    process.exitCode = options.bill ? await runBills(options) : await runScenarios(options);
  }
} catch (error) {
  if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
  console.error(`${error.message}\n\n${USAGE}`);
  process.exitCode = 2;
}
