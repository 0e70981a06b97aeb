/** Numbers as people of a language read them. Pure: no table of our own, only `Intl`. */
export interface Numbers {
  /** Decimal units, as phones and shops count: 62.9 MB. */
  bytes(bytes: number): string;
  /** To the byte, for two sizes that look alike when rounded. */
  exactBytes(bytes: number): string;
  /** Line speeds are sold in Mbit/s, so that is what people compare with. */
  speed(bytesPerSecond: number): string;
  /** `share` from 0 to 1, one decimal, rounded down: 100 only for the whole. */
  percent(share: number): string;
  /** The same without decimals. */
  wholePercent(share: number): string;
  count(count: number): string;
  /** Rounded up to what an estimate is worth: 15 sec, 3 min, 1 hr 20 min. */
  roughly(ms: number): string;
  /** What something took: 3 min 12 sec. */
  elapsed(ms: number): string;
  dateTime(epochMs: number): string;
  list(things: readonly string[]): string;
}

const BYTE_UNITS = ['kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
const DAY_S = 24 * HOUR_S;

/** Formats are made when they are first needed, and once: making one takes longer than using it a hundred times. */
export function makeNumbers(language: string): Numbers {
  const number = (options: Intl.NumberFormatOptions = {}) =>
    later(() => new Intl.NumberFormat(language, options));
  const unit = (name: string, unitDisplay: 'short' | 'long', more: Intl.NumberFormatOptions = {}) =>
    number({ style: 'unit', unit: name, unitDisplay, ...more });
  const byte = unit('byte', 'long');
  const byteUnits = BYTE_UNITS.map((name) => unit(name, 'short', { maximumSignificantDigits: 3 }));
  const plain = number();
  const oneDecimal = number({ minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const percent = number({ style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const wholePercent = number({ style: 'percent' });
  const second = unit('second', 'short');
  const minute = unit('minute', 'short');
  const hour = unit('hour', 'short');
  const day = unit('day', 'long');
  const dateTime = later(
    () => new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }),
  );
  const list = later(() => new Intl.ListFormat(language));
  const twoUnits = (big: string, rest: number, small: () => Intl.NumberFormat) =>
    rest === 0 ? big : `${big} ${small().format(rest)}`;

  return {
    bytes(bytes) {
      if (bytes < 1_000) return byte().format(bytes);
      // 999.6 kB would be written "1,000 kB": the next unit says it better.
      const fitting = BYTE_UNITS.findIndex((_, index) => bytes / 1_000 ** (index + 1) < 999.5);
      const index = fitting < 0 ? BYTE_UNITS.length - 1 : fitting;
      return byteUnits[index]?.().format(bytes / 1_000 ** (index + 1)) ?? '';
    },
    exactBytes: (bytes) => byte().format(bytes),
    speed(bytesPerSecond) {
      const mbits = (bytesPerSecond * 8) / 1_000_000;
      if (mbits <= 0) return `${plain().format(0)} Mbit/s`;
      if (mbits < 0.05) return `< ${plain().format(0.1)} Mbit/s`;
      return `${mbits < 99.95 ? oneDecimal().format(mbits) : plain().format(Math.round(mbits))} Mbit/s`;
    },
    percent: (share) => (share >= 1 ? wholePercent().format(1) : percent().format(percentOf(share) / 100)),
    wholePercent: (share) => wholePercent().format(Math.floor(percentOf(share)) / 100),
    count: (count) => plain().format(count),
    roughly(ms) {
      const seconds = ms / 1_000;
      if (seconds <= 55) return second().format(Math.max(5, Math.ceil(seconds / 5) * 5));
      const minutes = Math.ceil(seconds / MINUTE_S);
      if (minutes < 60) return minute().format(minutes);
      if (seconds < DAY_S) {
        const fives = Math.ceil(seconds / MINUTE_S / 5) * 5;
        return twoUnits(hour().format(Math.floor(fives / 60)), fives % 60, minute);
      }
      return day().format(Math.round(seconds / DAY_S));
    },
    elapsed(ms) {
      const seconds = Math.max(1, Math.round(ms / 1_000));
      if (seconds < MINUTE_S) return second().format(seconds);
      if (seconds < HOUR_S)
        return twoUnits(minute().format(Math.floor(seconds / MINUTE_S)), seconds % MINUTE_S, second);
      const minutes = Math.round(seconds / MINUTE_S);
      return twoUnits(hour().format(Math.floor(minutes / 60)), minutes % 60, minute);
    },
    dateTime: (epochMs) => dateTime().format(epochMs),
    list: (things) => list().format(things),
  };
}

/** `share` from 0 to 1 as a percentage of one decimal, rounded down: 100 only for the whole. */
export function percentOf(share: number): number {
  if (share >= 1) return 100;
  // 0.29 * 1000 is a hair under 290 in binary.
  return Math.min(99.9, Math.max(0, Math.floor(share * 1_000 + 1e-9) / 10));
}

function later<Thing>(make: () => Thing): () => Thing {
  let made: Thing | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
