/** Numbers as people read them. Pure. The words around them are English, so the numbers are too. */
const LOCALE = 'en';

const BYTE_UNITS = ['kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
const BYTES = new Intl.NumberFormat(LOCALE, { style: 'unit', unit: 'byte', unitDisplay: 'long' });
const UNITS = BYTE_UNITS.map(
  (unit) =>
    new Intl.NumberFormat(LOCALE, {
      style: 'unit',
      unit,
      unitDisplay: 'short',
      maximumSignificantDigits: 3,
    }),
);
const COUNT = new Intl.NumberFormat(LOCALE);
const ONE_DECIMAL = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const DATE_TIME = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle: 'short' });

/** Decimal units, as phones and shops count: 62.9 MB. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return BYTES.format(bytes);
  // 999.6 kB would be written "1,000 kB": the next unit says it better.
  const isShort = (index: number) => bytes / 1_000 ** (index + 1) < 999.5;
  const fitting = BYTE_UNITS.findIndex((_, index) => isShort(index));
  const index = fitting < 0 ? BYTE_UNITS.length - 1 : fitting;
  return UNITS[index]?.format(bytes / 1_000 ** (index + 1)) ?? '';
}

/** To the byte, for two sizes that look alike when rounded. */
export function formatExactBytes(bytes: number): string {
  return `${COUNT.format(bytes)} ${bytes === 1 ? 'byte' : 'bytes'}`;
}

/** Line speeds are sold in Mbit/s, so that is what people compare with. */
export function formatSpeed(bytesPerSecond: number): string {
  const mbits = (bytesPerSecond * 8) / 1_000_000;
  if (mbits <= 0) return '0 Mbit/s';
  if (mbits < 0.05) return 'under 0.1 Mbit/s';
  return `${mbits < 99.95 ? ONE_DECIMAL.format(mbits) : COUNT.format(Math.round(mbits))} Mbit/s`;
}

/** `share` from 0 to 1, one decimal, rounded down: 100 only for the whole. */
export function percentOf(share: number): number {
  if (share >= 1) return 100;
  // 0.29 * 1000 is a hair under 290 in binary.
  return Math.min(99.9, Math.max(0, Math.floor(share * 1_000 + 1e-9) / 10));
}

export function formatPercent(share: number): string {
  return share >= 1 ? '100 %' : `${ONE_DECIMAL.format(percentOf(share))} %`;
}

const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
const DAY_S = 24 * HOUR_S;

/** Roughly: an estimate to the second would only pretend, and flicker. */
export function formatDuration(ms: number): string {
  const seconds = ms / 1_000;
  if (seconds < 10) return 'a few seconds';
  if (seconds <= 55) return `about ${Math.ceil(seconds / 5) * 5} s`;
  const minutes = Math.ceil(seconds / MINUTE_S);
  if (minutes < 60) return `about ${minutes} min`;
  if (seconds < DAY_S) {
    const fives = Math.ceil(seconds / MINUTE_S / 5) * 5;
    const rest = fives % 60;
    const hours = Math.floor(fives / 60);
    return rest === 0 ? `about ${hours} h` : `about ${hours} h ${rest} min`;
  }
  const days = Math.round(seconds / DAY_S);
  return `about ${COUNT.format(days)} ${days === 1 ? 'day' : 'days'}`;
}

export function formatCount(count: number): string {
  return COUNT.format(count);
}

export function formatDateTime(epochMs: number): string {
  return DATE_TIME.format(epochMs);
}
