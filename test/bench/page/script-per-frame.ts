import type { CDPSession } from 'playwright-core';

interface TraceEvent {
  name: string;
  ph: string;
  ts: number;
  dur?: number;
  pid: number;
  tid: number;
  args: { name?: string };
}

const SCRIPT = new Set([
  'FunctionCall',
  'FireAnimationFrame',
  'TimerFire',
  'RunMicrotasks',
  'EventDispatch',
  'EvaluateScript',
  'v8.callFunction',
  'V8.GC_SCAVENGER',
  'MinorGC',
  'MajorGC',
]);

export interface FrameFigures {
  frames: number;
  medianMs: number;
  p95Ms: number;
  maxMs: number;
}

/** How much script ran on the page's main thread for each frame that was drawn. */
export async function scriptPerFrame(cdp: CDPSession, forMs: number): Promise<FrameFigures> {
  const events: TraceEvent[] = [];
  cdp.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  const complete = new Promise((resolve) => cdp.once('Tracing.tracingComplete', resolve));
  await cdp.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['devtools.timeline', 'v8', '__metadata'] },
  });
  await new Promise((resolve) => setTimeout(resolve, forMs));
  await cdp.send('Tracing.end');
  await complete;
  return figuresOf(events);
}

function figuresOf(events: readonly TraceEvent[]): FrameFigures {
  const frameEvents = events.filter(
    ({ name }) => name === 'BeginMainThreadFrame' || name === 'FireAnimationFrame',
  );
  const main = mostOften(frameEvents.map(({ pid, tid }) => `${pid} ${tid}`));
  const onMain = events.filter(({ pid, tid }) => `${pid} ${tid}` === main).sort((a, b) => a.ts - b.ts);
  const starts = onMain.filter(({ name }) => name === 'FireAnimationFrame').map(({ ts }) => ts);
  const perFrame = new Array<number>(starts.length).fill(0);
  let endedAt = 0;
  let frame = 0;
  for (const { name, ph, ts, dur = 0 } of onMain) {
    if (ph !== 'X' || !SCRIPT.has(name)) continue;
    // What runs inside something counted is counted.
    if (ts + dur <= endedAt) continue;
    endedAt = ts + dur;
    // A frame is what ran since the one before it was begun, its own drawing included.
    while (frame + 1 < starts.length && (starts[frame + 1] ?? 0) <= ts) frame += 1;
    if (ts >= (starts[0] ?? 0)) perFrame[frame] = (perFrame[frame] ?? 0) + dur / 1_000;
  }
  const sorted = perFrame.slice(0, -1).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { frames: sorted.length, medianMs: at(0.5), p95Ms: at(0.95), maxMs: sorted.at(-1) ?? 0 };
}

function mostOften(keys: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '';
}
