import { join } from 'node:path';
import { type BenchDevice, startDevice } from './device.ts';
import type { Link } from './links.ts';
import { capacityBytes, type Presence, possibleShare, type Scenario } from './scenarios.ts';

export interface Figure {
  scenario: string;
  mbit: readonly number[];
  seconds: number;
  /** Of what the lines could carry while their devices were there, every bit of them counted as payload. */
  share: number;
  /** What it would be if whole parts had been handed out perfectly, from the first moment to the last. */
  possible: number;
  /** What the lines did carry of that: headers, and what was sent twice or for nothing, included. */
  filled: number;
  /** A perfect line of the fastest device's speed, alone. */
  bestSingleSeconds: number;
  parts: readonly number[];
}

/** Runs one scenario to its end. From the moment the upload is open until its owner knows that the object is there. */
export async function measure(
  scenario: Scenario,
  links: readonly Link[],
  file: { path: string; sizeBytes: number },
  folder: string,
  { key, payloadShare }: { key: string; payloadShare: number },
): Promise<Figure> {
  const devices = new Map<number, BenchDevice>();
  const died = new Map<number, number>();
  const sentBefore = links.map((link) => link.sentBytes());
  const start = (index: number, what: readonly string[]) => {
    const link = links[index];
    if (!link) throw new Error(`scenario ${scenario.name} has no line ${index}`);
    const device = startDevice(link, what, join(folder, scenario.name), `device-${index + 1}`);
    devices.set(index, device);
    return device;
  };

  const owner = start(0, ['create', file.path, '--new', '--server', `${links[0]?.origin}/#key=${key}`]);
  const help = await Promise.race([owner.help, failed(owner)]);
  const late = new Set((scenario.joins ?? []).map(({ device }) => device));
  for (let i = 1; i < links.length; i++) if (!late.has(i)) start(i, ['join', help, file.path]);
  owner.onProgress(({ doneParts, partCount }) => {
    const share = doneParts / partCount;
    for (const { device, atShare } of scenario.joins ?? []) {
      if (share >= atShare && !devices.has(device)) start(device, ['join', help, file.path]);
    }
    for (const { device, atShare } of scenario.dies ?? []) {
      if (share < atShare || died.has(device)) continue;
      died.set(device, performance.now());
      devices.get(device)?.kill();
    }
  });

  const { code, atMs } = await owner.ended;
  if (code !== 0) throw new Error(`scenario ${scenario.name}: the owner ended with ${code}`);
  const startedMs = await owner.opened;
  const presences: Presence[] = [];
  for (const [index, device] of devices) {
    const toMs = died.get(index) ?? atMs;
    const fromMs = Math.min(await device.opened, toMs);
    presences.push({ mbit: device.link.mbit, fromMs, toMs });
    await device.ended;
  }
  const couldBytes = capacityBytes(presences);
  const sentBytes = links.reduce((sum, link, i) => sum + link.sentBytes() - (sentBefore[i] ?? 0), 0);
  return {
    scenario: scenario.name,
    mbit: scenario.mbit,
    seconds: (atMs - startedMs) / 1_000,
    share: file.sizeBytes / couldBytes,
    possible: possibleShare(presences, file.sizeBytes, payloadShare),
    filled: sentBytes / couldBytes,
    bestSingleSeconds: file.sizeBytes / (Math.max(...scenario.mbit) * 125_000),
    parts: links.map((_, i) => devices.get(i)?.ownParts() ?? 0),
  };
}

async function failed(device: BenchDevice): Promise<never> {
  const { code } = await device.ended;
  throw new Error(`the owner ended with ${code} before its upload was open`);
}
