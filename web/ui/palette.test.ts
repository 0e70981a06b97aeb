import { expect, test } from 'vitest';
import { colourOf, gridTheme, patternOf } from './palette.ts';

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

const DEVICES = Array.from({ length: 66 }, (_, i) => i + 1);

test('the colour of every device stands out from the light and from the dark page', () => {
  for (const device of [0, ...DEVICES]) {
    expect(contrast(colourOf(device), '#ffffff'), String(device)).toBeGreaterThanOrEqual(3);
    expect(contrast(colourOf(device), '#1a1e25'), String(device)).toBeGreaterThanOrEqual(3);
  }
});

test('sixty-six devices look different, and neighbours differ without any colour', () => {
  expect(new Set(DEVICES.map((device) => colourOf(device) + patternOf(device))).size).toBe(66);
  for (const device of DEVICES) expect(patternOf(device)).not.toBe(patternOf(device + 1));
});

test('a part that waits is told apart from one that is not checked yet, on the light and on the dark page', () => {
  for (const { free, unknown } of [gridTheme(false), gridTheme(true)]) {
    expect(contrast(free, unknown)).toBeGreaterThanOrEqual(1.5);
  }
});
