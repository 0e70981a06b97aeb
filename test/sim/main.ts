import { parseArgs } from 'node:util';
import { BILLS, type Bill, billHead, billRow, runBill, slopeHead, slopeRow, slopesOf } from './bill.ts';
import { worldOf } from './chaos.ts';
import { writeScheduling } from './document.ts';
import { jsonOf, MOST_WASTED, tableHead, tableRow, targetOf } from './report.ts';
import { planOf, SCENARIOS } from './scenarios.ts';
import { type Outcome, runWorld } from './world.ts';

/** `npm run sim`: uploads in simulated time, by the real engine and the real handlers. */
const USAGE = `npm run sim -- [options]

  --scenario NAME   one of: ${Object.keys(SCENARIOS).join(', ')}
  --all             all of them
  --seed N          the world's seed, 1 if not given
  --json            one object a line in place of the table
  --chaos N         N random worlds in which much goes wrong, the first with the seed given
  --docs            all scenarios and the bill, into docs/SCHEDULING.md and its charts
  --bill            cost per 1,000 parts by number of devices, beside S3's own price for a PUT
  --verbose         how far it is, every ten simulated seconds

Exit code 1: an invariant was violated. 2: the options are not as they should be.`;

/** Worlds are told apart by 32 bits. */
const MOST = 2 ** 32 - 1;

function wholeOf(option: string, text: string, least: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > MOST) {
    throw new RangeError(`${option}: expected a whole number from ${least} to ${MOST}; got "${text}"`);
  }
  return value;
}

function optionsOf(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      scenario: { type: 'string', multiple: true },
      all: { type: 'boolean', default: false },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      bill: { type: 'boolean', default: false },
      docs: { type: 'boolean', default: false },
      chaos: { type: 'string' },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const seed = wholeOf('--seed', values.seed, 0);
  const worlds = values.chaos === undefined ? 0 : wholeOf('--chaos', values.chaos, 1);
  const names = values.all ? Object.keys(SCENARIOS) : (values.scenario ?? []);
  for (const name of names) planOf(name, seed);
  return { ...values, seed, names, worlds };
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
  const bills: Array<readonly [Bill, Outcome]> = [];
  for (const bill of BILLS) {
    const outcome = await runBill(bill, seed);
    bills.push([bill, outcome]);
    console.log(json ? jsonOf(outcome) : billRow(bill, outcome));
    if (!json) for (const violation of outcome.violations) console.log(`  ! ${violation}`);
  }
  if (!json) console.log([slopeHead(), ...slopesOf(bills).map(slopeRow)].join('\n'));
  return bills.every(([, { violations }]) => violations.length === 0) ? 0 : 1;
}

/** Says of each world that went wrong what, and of all how many there were. */
async function runChaos({ seed, worlds, json }: Options): Promise<number> {
  let wrong = 0;
  for (let world = seed; world < seed + worlds; world++) {
    const outcome = await runWorld(worldOf(world));
    if (outcome.violations.length > 0) wrong++;
    if (json) console.log(jsonOf(outcome));
    else for (const violation of outcome.violations) console.log(`seed ${world}: ${violation}`);
  }
  if (!json) console.log(`${worlds} worlds, ${wrong} of them wrong`);
  return wrong > 0 ? 1 : 0;
}

async function writeDocs({ seed }: Options): Promise<number> {
  const outcomes: Outcome[] = [];
  for (const name of Object.keys(SCENARIOS)) outcomes.push(await runWorld(planOf(name, seed)));
  const bills: Array<readonly [Bill, Outcome]> = [];
  for (const bill of BILLS) bills.push([bill, await runBill(bill, seed)]);
  writeScheduling(outcomes, bills);
  return outcomes.some(({ violations }) => violations.length > 0) ? 1 : 0;
}

async function run(options: Options): Promise<number> {
  if (options.docs) return writeDocs(options);
  if (options.worlds > 0) return runChaos(options);
  if (options.bill) return runBills(options);
  if (options.names.length > 0) return runScenarios(options);
  console.log(USAGE);
  return 0;
}

/** Undefined, and said why, when they are not as they should be. */
function optionsOrUsage(args: string[]): Options | undefined {
  try {
    return optionsOf(args);
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    console.error(`${error.message}\n\n${USAGE}`);
    return undefined;
  }
}

const options = optionsOrUsage(process.argv.slice(2));
if (!options) process.exitCode = 2;
else if (options.help) console.log(USAGE);
else process.exitCode = await run(options);
