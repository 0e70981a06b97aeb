import { afterEach, expect, test } from 'vitest';
import { tallied } from '../support/fault-line.ts';
import { type FaultScene, makeFaultScene, say } from '../support/fault-scene.ts';

/** The other faults take minutes: `npm run test:faults`. */
const FILE_MIB = 60;
const MIB_PER_S = 12;

let scene: FaultScene;
afterEach(() => scene.dispose());

test('a page that is reloaded goes on by itself, and sends again only what was on its way', async () => {
  scene = await makeFaultScene(FILE_MIB, MIB_PER_S);
  await scene.begin(3);
  await scene.page().reload();
  await scene.finish(60_000);
  scene.expectOnlySentAgain(scene.line.unfinishedAtSocket.at(-1) ?? []);
});

test('a browser that is killed goes on by itself when it is started again, under the number and with the leases it had', async () => {
  scene = await makeFaultScene(FILE_MIB, MIB_PER_S);
  await scene.begin(3);
  await scene.killBrowser();
  await scene.restartBrowser();
  await scene.finish(90_000);
  scene.expectOnlySentAgain(scene.line.unfinishedAtSocket.at(-1) ?? []);
  expect(await scene.page().getByTestId('grid').getAttribute('data-done-by')).toBe(
    `{"1":${scene.partCount}}`,
  );
});

test('a store that refuses a third of the parts and breaks off a tenth gets each of them once, and is sent none without need', async () => {
  scene = await makeFaultScene(FILE_MIB, MIB_PER_S);
  const { line, partCount } = scene;
  let sent = 0;
  line.fate = () => {
    sent += 1;
    if (sent % 3 === 0) return 'slow-down';
    return sent % 10 === 1 ? 'cut' : 'pass';
  };
  await scene.begin(1);
  const progress = await scene.watchProgress();
  await scene.finish(120_000);
  // Parts that are sent again take nothing back, and the whole is shown once S3 has the whole.
  const shown = [...new Set(await progress())];
  expect(shown).toEqual([...shown].sort((a, b) => a - b));
  expect(shown.at(-1)).toBe(100);
  expect(shown.length).toBeGreaterThan(5);
  const { missing, sentAgain, storedAgain } = tallied(line.parts, partCount);
  const faults = [...line.parts.values()].reduce((sum, { slowedDown, cut }) => sum + slowedDown + cut, 0);
  say({ parts: partCount, faults, sentAgain: sentAgain.length, storedAgain: storedAgain.length });
  expect({ missing, storedAgain }).toEqual({ missing: [], storedAgain: [] });
  for (const [part, { begun, slowedDown, cut }] of line.parts) {
    expect(begun, `part ${part}: once, and once more for each fault that it met`).toBe(1 + slowedDown + cut);
  }
});
