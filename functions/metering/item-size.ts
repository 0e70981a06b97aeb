import { utf8Length } from '../../protocol/codec.ts';

const WRITE_UNIT_BYTES = 1_024;
const READ_UNIT_BYTES = 4_096;
/** A list or map has 3 bytes of its own and 1 for each entry. */
const CONTAINER_BYTES = 3;
const ENTRY_BYTES = 1;

/**
 * The bytes that DynamoDB counts for an item: names and values.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemBytes(item: Readonly<Record<string, unknown>>): number {
  let sum = 0;
  for (const name in item) {
    const value = item[name];
    if (value !== undefined) sum += utf8Length(name) + valueBytes(value);
  }
  return sum;
}

/** What a put, update or delete costs: the larger of before and after, per started KB; 1 where nothing is. */
export function writeUnits(beforeBytes: number, afterBytes: number): number {
  return Math.max(1, Math.ceil(Math.max(beforeBytes, afterBytes) / WRITE_UNIT_BYTES));
}

/** What a consistent read costs, per started 4 KB of the item, or of all items of a query together; 1 for nothing. */
export function readUnits(sizeBytes: number): number {
  return Math.max(1, Math.ceil(sizeBytes / READ_UNIT_BYTES));
}

function valueBytes(value: unknown): number {
  if (typeof value === 'string') return utf8Length(value);
  if (typeof value === 'number' || typeof value === 'bigint') return numberBytes(String(value));
  if (value === null || typeof value === 'boolean') return 1;
  if (value instanceof Uint8Array) return value.length;
  if (value instanceof Set) return sumOf(value, valueBytes);
  if (Array.isArray(value)) return CONTAINER_BYTES + sumOf(value, (entry) => ENTRY_BYTES + valueBytes(entry));
  if (typeof value === 'object') {
    const entries = Object.keys(value).length * ENTRY_BYTES;
    return CONTAINER_BYTES + entries + itemBytes(value as Record<string, unknown>);
  }
  throw new TypeError(`expected what DynamoDB can hold; got ${typeof value}`);
}

/**
 * A byte for every two digits, counted in the pairs of their hundreds, and one for the exponent; another for a minus.
 * DynamoDB's documentation says "approximately"; this is what engines that report consumed capacity agree on.
 */
function numberBytes(decimal: string): number {
  const [mantissa = '', power = '0'] = decimal.toLowerCase().replace('-', '').split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = whole + fraction;
  const leading = digits.length - digits.replace(/^0+/, '').length;
  const significant = digits.replace(/^0+/, '').replace(/0+$/, '').length;
  if (significant === 0) return 1;
  const exponent = whole.length - leading - 1 + Number(power);
  const straddles = significant % 2 === 0 && exponent % 2 === 0;
  return 1 + Math.ceil(significant / 2) + (straddles ? 1 : 0) + (decimal.startsWith('-') ? 1 : 0);
}

function sumOf<Value>(values: Iterable<Value>, bytesOf: (value: Value) => number): number {
  let sum = 0;
  for (const value of values) sum += bytesOf(value);
  return sum;
}
