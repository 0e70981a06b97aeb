import { billFor, s3PutUsd } from '../../functions/metering/bill.ts';
import { UNITS, type Unit } from '../../functions/metering/usage.ts';
import { steady } from './capacity.ts';
import { makeRandom } from './random.ts';
import { device } from './scenarios.ts';
import { FINE } from './weather.ts';
import { runWorld } from './world.ts';

/** `npm run worked-bill`: the bill in docs/OPERATIONS.md, of 100 GB by three devices, as the meter counts it. */
const SIZE_BYTES = 100e9;
const MEGABITS = [40, 40, 20];
const SEED = 1;

const WORDS: Record<Unit, string> = {
  socketMessages: 'WebSocket messages, in and out',
  connectionMinutes: 'connection minutes',
  lambdaRequests: 'Lambda calls',
  lambdaGbSeconds: 'Lambda GB-seconds',
  writeUnits: 'DynamoDB write units',
  readUnits: 'DynamoDB read units',
  s3Puts: 'S3 PUT, POST, LIST',
  s3Gets: 'S3 GET, HEAD',
};

const random = makeRandom(SEED);
const { usage, parts, makespanMs } = await runWorld({
  scenario: 'worked example',
  seed: SEED,
  sizeBytes: SIZE_BYTES,
  devices: MEGABITS.map((rate, i) =>
    device(random, `device${i + 1}`, steady(rate), i === 0 ? { role: 'owner' } : {}),
  ),
  weather: FINE,
  limitMs: 24 * 3_600_000,
  afterMs: 0,
});
const { totalUsd, coordinationUsd, usdByUnit } = billFor(usage);
const rows = UNITS.map((unit) => {
  const count = Math.ceil(usage[unit]).toLocaleString('en');
  return `| ${WORDS[unit]} | ${count} | ${usdByUnit[unit].toFixed(4)} |`;
});
const partsUsd = s3PutUsd(parts);
console.log(
  [
    `100 GB from three devices with uplinks of ${MEGABITS.join(', ')} Mbit/s, ${parts.toLocaleString('en')} parts, ${(makespanMs / 3_600_000).toFixed(1)} hours:`,
    '',
    '| | count | USD |',
    '| --- | --- | --- |',
    ...rows,
    `| **together** | | **${totalUsd.toFixed(4)}** |`,
    '',
    `Of that, coordination is ${coordinationUsd.toFixed(4)} USD: ${((100 * coordinationUsd) / partsUsd).toFixed(0)} % of what S3 asks for the ${parts.toLocaleString('en')} PUTs alone.`,
  ].join('\n'),
);
