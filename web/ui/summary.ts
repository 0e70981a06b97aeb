import { isPaused } from '../../protocol/messages/common.ts';
import type { InHand } from '../state/app.ts';
import { isAtWork } from '../state/turns.ts';
import { numbers, words } from '../words/words.ts';

/** One line on an upload in the list. The state picks the sign beside it. */
export interface Summary {
  state: 'waiting' | 'running' | 'paused' | 'problem' | 'finished' | 'ended';
  text: string;
  /** 0 to 1; undefined: not known. */
  share: number | undefined;
}

export function summaryOf(
  one: InHand,
  waitsForTurn: boolean,
  isUnreachable: boolean,
  isInOtherTab = false,
): Summary {
  const { summary } = words;
  if (one.state === 'queued') return { state: 'waiting', text: summary.waiting, share: undefined };
  const view = one.state === 'open' ? one.open.view() : undefined;
  if (view?.state === 'refused') return { state: 'ended', text: summary.refused, share: undefined };
  if (view?.state !== 'open') {
    const text = isUnreachable ? summary.offline : one.state === 'open' ? summary.opening : '';
    return { state: 'waiting', text, share: undefined };
  }
  const { share, rateBps, etaMs } = view.progress;
  switch (view.phase.state) {
    case 'finished':
      return { state: 'finished', text: summary.finished, share: 1 };
    case 'aborted':
      return { state: 'ended', text: summary.aborted, share };
    case 'finishing':
      return { state: 'running', text: summary.finishing, share };
  }
  if (isUnreachable) return { state: 'waiting', text: summary.offline, share };
  if (isPaused(view.phase)) return { state: 'paused', text: summary.pausedForAll(share), share };
  if (waitsForTurn) return { state: 'waiting', text: summary.waiting, share };
  if (view.carrier?.state === 'stopped') return { state: 'problem', text: summary.problem(share), share };
  if (isAtWork(view) || isInOtherTab) {
    if (view.isPaused) return { state: 'paused', text: summary.pausedHere(share), share };
    const speed = rateBps > 0 ? numbers.speed(rateBps) : '';
    const eta = etaMs === undefined ? '' : words.timeLeft(etaMs);
    return { state: 'running', text: summary.uploading(share, speed, eta), share };
  }
  if (rateBps > 0) return { state: 'running', text: summary.others(share), share };
  return { state: 'paused', text: summary.paused(share), share };
}
