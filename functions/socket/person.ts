import type { Person } from '../identity/identity.ts';
import type { Caller } from '../ports.ts';
import { Refusal } from '../refusal.ts';
import type { MessageContext } from './context.ts';

/** Whom a token speaks of. Throws a Refusal if it is not of now, for us. */
export async function personOf({ ports, rules }: MessageContext, token: string): Promise<Person> {
  if (!rules.identity) throw new Refusal('not-allowed', 'Nobody can sign in to this server.');
  const person = await rules.identity.verify(token);
  if (person && person.untilMs > ports.clock.nowMs()) return person;
  throw new Refusal('bad-token', 'This sign-in is not valid here, or not any more. Sign in again.', {
    expected: 'an ID token of the issuer that this server names, for this page, and of now',
  });
}

/** Who has signed in here. Throws a Refusal if nobody has. */
export function subjectOf({ subject }: Caller, details: { minBackoffMs?: number } = {}): string {
  if (subject) return subject;
  throw new Refusal('sign-in-first', 'Sign in first.', { expected: 'sign-in', ...details });
}
