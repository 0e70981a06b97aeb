import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { tallied } from '../support/fault-line.ts';
import { type FaultScene, makeFaultScene, say } from '../support/fault-scene.ts';

const FILE_MIB = 100;
const MIB_PER_S = 8;

let scene: FaultScene;
afterEach(() => scene.dispose());

test('a tab that is killed goes on by itself when its page is opened again', async () => {
  scene = await makeFaultScene(FILE_MIB, MIB_PER_S);
  await scene.begin(4);
  await scene.killTab();
  await scene.openAgain();
  await scene.finish(120_000);
  scene.expectOnlySentAgain(scene.line.unfinishedAtSocket.at(-1) ?? []);
});

test('a line that is gone for a minute is waited for, and costs what was on its way', async () => {
  scene = await makeFaultScene(FILE_MIB, MIB_PER_S);
  await scene.begin(4);
  await scene.line.goOffline();
  const onItsWay = scene.line.unfinished();
  await sleep(60_000);
  await scene.line.goOnline();
  await scene.finish(120_000);
  scene.expectOnlySentAgain(onItsWay);
});

test('a line that says nothing for a minute is given up for a new one, and costs what was on its way', async () => {
  scene = await makeFaultScene(FILE_MIB, MIB_PER_S);
  await scene.begin(4);
  scene.line.freeze();
  const onItsWay = new Set(scene.line.unfinished());
  await sleep(60_000);
  // What was tried meanwhile went the same way.
  for (const part of scene.line.unfinished()) onItsWay.add(part);
  scene.line.thaw();
  await scene.finish(180_000);
  const { missing, sentAgain } = tallied(scene.line.parts, scene.partCount);
  say({ parts: scene.partCount, onItsWay: onItsWay.size, sentAgain: sentAgain.length });
  expect(missing).toEqual([]);
  expect([...onItsWay]).toEqual(expect.arrayContaining(sentAgain));
});

test('a server that is killed and started again three times costs what was on its way each time', async () => {
  scene = await makeFaultScene(FILE_MIB, MIB_PER_S);
  await scene.begin(2);
  const onItsWay: number[] = [];
  for (const done of [5, 9, 13]) {
    await scene.untilDone(done);
    await scene.server.kill();
    onItsWay.push(...scene.line.unfinished());
    await scene.server.restart();
  }
  await scene.finish(180_000);
  scene.expectOnlySentAgain(onItsWay);
});

test('a socket that is cut every five seconds costs nothing that is on its way', async () => {
  scene = await makeFaultScene(FILE_MIB, MIB_PER_S / 2);
  await scene.begin(1);
  const cutting = setInterval(() => scene.line.cutSockets(), 5_000);
  await scene.finish(180_000).finally(() => clearInterval(cutting));
  expect(scene.line.unfinishedAtSocket.length).toBeGreaterThan(3);
  scene.expectOnlySentAgain([]);
});

test('a tab that dies while another of its browser looks on is followed by that one, with locks and without', async () => {
  for (const hasLocks of [true, false]) {
    scene = await makeFaultScene(FILE_MIB, MIB_PER_S);
    if (!hasLocks) {
      // As on plain http.
      await scene
        .page()
        .context()
        .addInitScript(() => void Reflect.deleteProperty(Navigator.prototype, 'locks'));
    }
    await scene.begin(4);
    const first = scene.page();
    await scene.openAgain();
    await scene.page().getByText('Another tab of this browser is uploading this').waitFor();
    const session = await first.context().newCDPSession(first);
    const crashed = first.waitForEvent('crash');
    void session.send('Page.crash').catch(() => {});
    await crashed;
    // The other tab has had its socket all along, and has first to read the file and show that it is the same.
    const onItsWay = scene.line.unfinished();
    await scene.finish(120_000);
    scene.expectOnlySentAgain(onItsWay);
    if (hasLocks) await scene.dispose();
  }
});
