const MAX_FRAMES = 8;

/**
 * What may be logged of an error that a handler threw: its name and where, never its message. `JSON.parse`
 * and validators quote their input, and a body can hold a share's secret.
 */
export function errorTrace(error: unknown): { error: string; at: string[] } {
  if (!(error instanceof Error)) return { error: typeof error, at: [] };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { error: error.name, at: frames.slice(0, MAX_FRAMES).map((line) => line.trim()) };
}
