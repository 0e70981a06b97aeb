import { timingSafeEqual } from 'node:crypto';
import { LIMITS, type Limits } from '../protocol/limits.ts';
import { instanceKeyHash } from './hashing.ts';
import type { Identity } from './identity/identity.ts';

/** Who may create uploads here. Whoever has a link may join, always. */
export type CreateRule =
  | { by: 'anyone' }
  | { by: 'signed-in' }
  /** Whoever sits at this machine, has signed in, or has the key of this server. */
  | { by: 'key-holders'; keyHash: string };

export interface Rules {
  limits: Limits;
  create: CreateRule;
  /** Missing where nobody can sign in. */
  identity?: Identity;
  /** Whether people may have letters of what becomes of their uploads. */
  sendsMail?: boolean;
  /** The only page that may open sockets. Missing where whatever is in front has looked at that. */
  pageOrigin?: string | undefined;
}

export const OPEN_RULES: Rules = { limits: LIMITS, create: { by: 'anyone' } };

/**
 * Whether this comes from the machine itself: by its address, and by the name that it was called by. (A proxy on this
 * machine hands on what others call it by, and says in `X-Forwarded-For` who they are.)
 */
export function isFromHere(sourceIp: string, host: string): boolean {
  return LOOPBACK_ADDRESS.test(sourceIp) && LOOPBACK_HOST.test(host);
}

const LOOPBACK_ADDRESS = /^(127\.\d+\.\d+\.\d+|::1)$/;
const LOOPBACK_HOST = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i;

export function mayCreate(
  rule: CreateRule,
  from: { sourceIp: string; host: string; isSignedIn: boolean; key: string | undefined },
): boolean {
  if (rule.by === 'anyone' || from.isSignedIn) return true;
  if (rule.by === 'signed-in') return false;
  return isFromHere(from.sourceIp, from.host) || (from.key !== undefined && isKey(from.key, rule.keyHash));
}

/** Both are hashes of the same length: the comparison takes the same time whatever they are. */
function isKey(key: string, keyHash: string): boolean {
  const [given, known] = [Buffer.from(instanceKeyHash(key)), Buffer.from(keyHash)];
  return given.length === known.length && timingSafeEqual(given, known);
}
