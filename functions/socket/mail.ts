import type { MailMe, SignedIn } from '../../protocol/messages/sign-in.ts';
import type { Person } from '../identity/identity.ts';
import type { Caller } from '../ports.ts';
import { Refusal } from '../refusal.ts';
import type { Answer, MessageContext } from './context.ts';
import { personOf, subjectOf } from './person.ts';

/** After the last sign-in. Whoever is gone is not written to, and their address goes. */
const KEPT_MS = 365 * 86_400_000;

/** What somebody can have of letters here. Undefined: none. Keeps up with an address that has become another. */
export async function mailOf(
  { ports, rules }: MessageContext,
  { subject, email }: Person,
): Promise<SignedIn['mail']> {
  if (!rules.sendsMail || email === undefined) return undefined;
  const nowMs = ports.clock.nowMs();
  const box = await ports.people.letterbox(subject);
  if (!box || box.untilMs <= nowMs) return { address: email, isWanted: false };
  if (box.address !== email || box.untilMs - nowMs < KEPT_MS / 2) {
    await ports.people.setLetterbox(subject, { ...box, address: email, untilMs: nowMs + KEPT_MS });
  }
  return { address: email, isWanted: true };
}

export async function mailMe(context: MessageContext, caller: Caller, message: MailMe): Promise<Answer> {
  const { ports, rules } = context;
  const { subject, email } = await personOf(context, message.token);
  if (subject !== subjectOf(caller)) {
    throw new Refusal('bad-token', 'Somebody else has signed in here meanwhile. Sign in again.', {
      expected: 'a token of whoever has signed in on this connection',
    });
  }
  if (!message.isWanted) {
    await ports.people.setLetterbox(subject, undefined);
  } else {
    if (!rules.sendsMail || email === undefined) {
      throw new Refusal('not-allowed', 'This server cannot send you e-mail. Nothing was changed.', {
        expected: 'a server that sends e-mail, and an address that the issuer vouches for',
      });
    }
    const untilMs = ports.clock.nowMs() + KEPT_MS;
    await ports.people.setLetterbox(subject, { address: email, language: message.language, untilMs });
  }
  ports.log({ kind: 'mail-wanted', isWanted: message.isWanted });
  return { type: 'ok', re: message.id };
}
