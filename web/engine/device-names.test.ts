import { expect, test } from 'vitest';
import { numberedByName } from './device-names.ts';

test('devices of one name are told apart by a number, which those that left without a part do not use up', () => {
  const device = (name: string, online = true, doneParts = 0) => ({ name, online, doneParts });
  const devices = [
    device('Chrome on Mac'),
    device('Chrome on Mac', false),
    device('Safari on iPhone'),
    device('Chrome on Mac', false, 3),
    device('Chrome on Mac'),
  ];
  expect(numberedByName(devices).map(({ name }) => name)).toEqual([
    'Chrome on Mac',
    'Chrome on Mac',
    'Safari on iPhone',
    'Chrome on Mac 2',
    'Chrome on Mac 3',
  ]);
});
