import { z } from 'zod';
import { billFor, s3PutUsd } from '../../../functions/metering/bill.ts';
import { USD_PER_MILLION } from '../../../functions/metering/prices.ts';
import { NO_USAGE, UNITS, type Unit } from '../../../functions/metering/usage.ts';

const Usage = z.object(
  Object.fromEntries(Object.keys(NO_USAGE).map((unit) => [unit, z.number()])) as Record<Unit, z.ZodNumber>,
);

/** The log's line of an upload that has ended. */
const BillLine = z.object({
  kind: z.literal('bill'),
  atMs: z.number(),
  upload: z.string(),
  end: z.string(),
  parts: z.number().optional(),
  usage: Usage,
});
type BillLine = z.infer<typeof BillLine>;

const UNIT_WORDS: Record<Unit, string> = {
  socketMessages: 'WebSocket messages',
  connectionMinutes: 'connection minutes',
  lambdaRequests: 'Lambda calls',
  lambdaGbSeconds: 'Lambda GB-seconds',
  writeUnits: 'DynamoDB write units',
  readUnits: 'DynamoDB read units',
  s3Puts: 'S3 PUT, POST, LIST',
  s3Gets: 'S3 GET, HEAD',
};

/** What the uploads in these log lines would have cost on AWS, for a person. Lines of anything else are passed over. */
export function statementOf(lines: Iterable<string>): string {
  const bills = [...lines].flatMap(billOf);
  if (bills.length === 0) return 'No upload has ended here yet: there is nothing to bill.';
  return bills.map(sectionOf).join('\n\n');
}

function billOf(line: string): BillLine[] {
  // Most lines are others, and the last one may have been cut short by a kill.
  if (!line.includes('"bill"')) return [];
  try {
    const parsed = BillLine.safeParse(JSON.parse(line));
    return parsed.success ? [parsed.data] : [];
  } catch {
    return [];
  }
}

function sectionOf({ upload, end, parts, usage, atMs }: BillLine): string {
  const { usdByUnit, totalUsd, coordinationUsd } = billFor(usage);
  const rows = UNITS.filter((unit) => usage[unit] > 0).map(
    (unit) =>
      `  ${UNIT_WORDS[unit].padEnd(22)}${count(usage[unit]).padStart(12)}  at $${USD_PER_MILLION[unit].toFixed(4)} a million  ${usd(usdByUnit[unit])}`,
  );
  const size = parts === undefined ? '' : `, ${parts} ${parts === 1 ? 'part' : 'parts'}`;
  const head = `${upload}  ${end} ${new Date(atMs).toISOString()}${size}`;
  const share =
    parts === undefined
      ? ''
      : `; coordination ${usd(coordinationUsd).trim()}, ${((100 * coordinationUsd) / s3PutUsd(parts)).toFixed(0)} % of what S3 takes for the PUTs`;
  return [head, ...rows, `  in all ${usd(totalUsd).trim()}${share}`].join('\n');
}

function count(units: number): string {
  return Number.isInteger(units) ? String(units) : units.toFixed(2);
}

function usd(amount: number): string {
  return `$${amount.toFixed(6)}`.padStart(12);
}
