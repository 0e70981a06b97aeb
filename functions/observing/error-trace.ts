const MAX_FRAMES = 8;

/** What a log says of an error. */
export type ErrorTrace = {
  /** Its name: of a service's refusal, the service's own word for it (`ThrottlingException`). */
  error: string;
  /** What the service answered by HTTP. */
  status?: number;
  /** The system's word where nothing answered (`ECONNREFUSED`). */
  code?: string;
  /** Where it was thrown, from there outwards. */
  at: string[];
};

/**
 * What may be logged of an error that others have worded: what it is and where, never its message. `JSON.parse` and
 * validators quote their input, which can hold a link's secret; SES quotes the address that it refuses.
 */
export function errorTrace(error: unknown): ErrorTrace {
  if (!(error instanceof Error)) return { error: typeof error, at: [] };
  const { $metadata, code } = error as { $metadata?: { httpStatusCode?: number }; code?: unknown };
  const status = $metadata?.httpStatusCode;
  return {
    error: error.name,
    ...(status === undefined ? {} : { status }),
    ...(typeof code === 'string' && /^[A-Z0-9_]+$/.test(code) ? { code } : {}),
    at: framesOf(error),
  };
}

/** The same error for whoever logs all that it is given, as Lambda's runtime does with what a function throws. */
export function withoutMessage(error: unknown): Error {
  const trace = errorTrace(error);
  const { error: name, status = '', code = '' } = trace;
  const bare = new Error(['its message is not logged', status, code].filter(Boolean).join(', '));
  bare.name = name;
  bare.stack = [`${name}: ${bare.message}`, ...trace.at.map((line) => `    ${line}`)].join('\n');
  return bare;
}

/** Behind the message, which may have lines of its own. */
function framesOf({ message, stack = '' }: Error): string[] {
  const head = message === '' ? -1 : stack.indexOf(message);
  const frames = (head < 0 ? stack : stack.slice(head + message.length))
    .split('\n')
    .filter((line) => /^\s+at /.test(line));
  return frames.slice(0, MAX_FRAMES).map((line) => line.trim());
}
