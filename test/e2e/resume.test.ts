import { afterEach, expect, test } from 'vitest';
import { type FaultScene, makeFaultScene } from '../support/fault-scene.ts';

const FILE_MIB = 60;
const MIB_PER_S = 12;

let scene: FaultScene;
afterEach(() => scene.dispose());

test('a page that is reloaded goes on by itself, and sends again only what was on its way', async () => {
  scene = await makeFaultScene(FILE_MIB, MIB_PER_S);
  await scene.begin(3);
  await scene.page().reload();
  const onItsWay = scene.unfinished();
  await scene.finish(60_000);
  const { missing, sentAgain, storedAgain } = scene.counts();
  expect(missing).toEqual([]);
  expect(onItsWay).toEqual(expect.arrayContaining(sentAgain));
  expect(onItsWay).toEqual(expect.arrayContaining(storedAgain));
});

test('a browser that is killed goes on by itself when it is started again', async () => {
  scene = await makeFaultScene(FILE_MIB, MIB_PER_S);
  await scene.begin(3);
  await scene.killBrowser();
  const onItsWay = scene.unfinished();
  await scene.restartBrowser();
  await scene.finish(90_000);
  const { missing, sentAgain, storedAgain } = scene.counts();
  expect(missing).toEqual([]);
  expect(onItsWay).toEqual(expect.arrayContaining(sentAgain));
  expect(onItsWay).toEqual(expect.arrayContaining(storedAgain));
});

test('a store that refuses a third of the parts and breaks off a tenth gets each of them, and none twice', async () => {
  scene = await makeFaultScene(FILE_MIB, MIB_PER_S);
  // Every third is refused and every tenth of the rest cut, counted over all that is sent.
  let sent = 0;
  scene.line.fate = () => {
    sent += 1;
    if (sent % 3 === 0) return 'slow-down';
    return sent % 10 === 1 ? 'cut' : 'pass';
  };
  await scene.begin(1);
  await scene.finish(120_000);
  const { missing, storedAgain } = scene.counts();
  expect({ missing, storedAgain }).toEqual({ missing: [], storedAgain: [] });
  for (const [part, { begun, slowedDown, cut }] of scene.line.parts) {
    expect(begun, `part ${part} was sent once, and once more for each time that it met a fault`).toBe(
      1 + slowedDown + cut,
    );
  }
});
