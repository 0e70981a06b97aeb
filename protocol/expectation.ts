import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** What was expected in place of what zod complains of, as a specification says it: `a number from 1 up`. */
export function expectationOf(issue: Issue | undefined): string {
  switch (issue?.code) {
    case 'invalid_type':
      return KINDS[issue.expected] ?? issue.expected;
    case 'too_small':
      return bounded(issue.origin, Number(issue.minimum), issue.inclusive === false ? 'above' : 'least');
    case 'too_big':
      return bounded(issue.origin, Number(issue.maximum), issue.inclusive === false ? 'below' : 'most');
    case 'invalid_format':
      return issue.pattern
        ? `a string that matches ${issue.pattern.replace(/^\/|\/$/g, '')}`
        : `a string in ${issue.format}`;
    case 'invalid_value':
      return issue.values.map((value) => JSON.stringify(value)).join(' or ');
    default:
      return 'a message as docs/PROTOCOL.md has it';
  }
}

const KINDS: Record<string, string> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'an object',
  string: 'a string',
  tuple: 'a list',
};

/** Of what is counted, the units. */
const UNITS: Record<string, string> = { string: 'characters', array: 'entries' };

function bounded(origin: string, bound: number, which: 'least' | 'most' | 'above' | 'below'): string {
  const kind = KINDS[origin] ?? origin;
  const unit = UNITS[origin];
  if (unit)
    return `${kind} of at ${which === 'least' || which === 'above' ? 'least' : 'most'} ${bound} ${unit}`;
  switch (which) {
    case 'least':
      return `${kind} from ${bound} up`;
    case 'most':
      return `${kind} of at most ${bound}`;
    default:
      return `${kind} ${which} ${bound}`;
  }
}
