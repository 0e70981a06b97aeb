import type { Role } from '../../protocol/messages/common.ts';
import type { ShareInfo } from '../../protocol/messages/share.ts';

/** A link that was made here and is shown. */
export interface GivenLink {
  share: string;
  name: string;
  link: string;
}

/** The links as the server tells them, undefined until it has; what is good is always among them. */
type Known = readonly ShareInfo[] | undefined;

/** Whether the link of this role that was made with the upload is known to admit nobody any more. */
export function isFirstTakenBack(known: Known, role: Role, uploadCreatedAtMs: number | undefined): boolean {
  const isFirst = (one: ShareInfo) =>
    one.role === role && one.name === '' && one.createdAtMs === uploadCreatedAtMs;
  return known !== undefined && !known.some((one) => isFirst(one) && one.revokedAtMs === undefined);
}

/** Those of the links made here that still admit somebody; all of them while nobody knows. */
export function stillGood<Link extends { share: string }>(
  made: readonly Link[],
  known: Known,
  nowMs: number,
): readonly Link[] {
  const isGood = ({ share }: Link) =>
    known?.some((one) => one.share === share && one.revokedAtMs === undefined && one.expiresAtMs > nowMs);
  return known === undefined ? made : made.filter(isGood);
}

/**
 * Tells which links admit nobody any more, as the server says. One of which it says nothing may be among more than it
 * tells of, or newer than a list that comes late: who forgot that one could never show it again.
 */
export function overBy(known: Known, nowMs: number): (link: { share: string }) => boolean {
  const isOver = (one: ShareInfo) => one.revokedAtMs !== undefined || one.expiresAtMs <= nowMs;
  return ({ share }) => known?.some((one) => one.share === share && isOver(one)) ?? false;
}

/** The links of two lists, each once. */
export function withLinks<Link extends { share: string }>(
  some: readonly Link[],
  others: readonly Link[],
): readonly Link[] {
  return [...some, ...others.filter(({ share }) => !some.some((one) => one.share === share))];
}

/** Which of them was made last, by its role and name. */
export function newestOf(known: Known, role: Role, name: string): string | undefined {
  const alike = (known ?? []).filter((one) => one.role === role && one.name === name);
  return alike.toSorted((a, b) => b.createdAtMs - a.createdAtMs)[0]?.share;
}
