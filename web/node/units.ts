/** What people write for sizes, speeds and times, as numbers. Undefined: not understood. Pure. */
const SIZE = /^(\d+(?:\.\d+)?)\s*(k|m|g|t)?(i)?(b|bytes?)?$/i;
const RATE = /^(\d+(?:\.\d+)?)\s*(k|m|g)?(i)?(bit|b)?\s*(?:\/\s*s|ps)?$/i;
const DURATION = /^(\d+(?:\.\d+)?)\s*(s|min|m|h|d)?$/i;

const POWERS = ['', 'k', 'm', 'g', 't'];
const SECONDS: Record<string, number> = { s: 1, m: 60, min: 60, h: 3_600, d: 86_400 };

/** `2GB`, `500 MB`, `1.5GiB`: decimal as data plans count, binary with an `i`. */
export function parseBytes(text: string): number | undefined {
  const found = SIZE.exec(text.trim());
  if (!found) return undefined;
  const [, number, prefix, binary] = found;
  return positive(Number(number) * scaleOf(prefix, binary));
}

/**
 * `20Mbit/s`, `20Mbps`, `2MB/s`, `500kB`: bytes a second. A small b is a bit, as lines are sold: taken for a byte it would
 * let eight times as much pass. A bare number is none: whoever writes 20 does not mean bytes.
 */
export function parseRate(text: string): number | undefined {
  const found = RATE.exec(text.trim());
  if (!found) return undefined;
  const [, number, prefix, binary, unit] = found;
  if (prefix === undefined && unit === undefined) return undefined;
  const perS = Number(number) * scaleOf(prefix, binary);
  const isBits = unit === 'b' || unit?.toLowerCase() === 'bit';
  return positive(isBits ? perS / 8 : perS);
}

/** `90s`, `10min`, `2h`; a bare number is seconds. */
export function parseDurationMs(text: string): number | undefined {
  const found = DURATION.exec(text.trim());
  if (!found) return undefined;
  return positive(Number(found[1]) * (SECONDS[found[2]?.toLowerCase() ?? 's'] ?? 1) * 1_000);
}

function scaleOf(prefix: string | undefined, binary: string | undefined): number {
  return (binary ? 1_024 : 1_000) ** POWERS.indexOf(prefix?.toLowerCase() ?? '');
}

function positive(value: number): number | undefined {
  return Number.isFinite(value) && value >= 1 ? Math.round(value) : undefined;
}
