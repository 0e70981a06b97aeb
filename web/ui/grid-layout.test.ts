import { expect, test } from 'vitest';
import { cellOf, layoutGrid, partAt } from './grid-layout.ts';

const WIDTHS = [1, 288, 358, 700, 1_600];
const COUNTS = [1, 2, 12, 64, 205, 1_000, 9_999, 10_000];
const CASES = WIDTHS.flatMap((width) => COUNTS.map((parts) => [parts, width] as const));

test.each(CASES)('%d parts in %d px: every part has its own cell inside the grid', (parts, width) => {
  const layout = layoutGrid(parts, width);
  expect(layout.columns * layout.rows).toBeGreaterThanOrEqual(parts);
  for (const ratio of [1, 2.625]) {
    const seen = new Set<string>();
    for (let part = 1; part <= parts; part++) {
      const cell = cellOf(layout, part, ratio);
      seen.add(`${cell.x}/${cell.y}`);
      if (width > 1) expect(cell.x + cell.width).toBeLessThanOrEqual(Math.ceil(width * ratio));
      expect(cell.y + cell.height).toBeLessThanOrEqual(Math.ceil(layout.heightPx * ratio));
    }
    expect(seen.size).toBe(parts);
  }
});

test('the middle of a cell is that part', () => {
  const layout = layoutGrid(205, 700);
  for (let part = 1; part <= 205; part++) {
    const { x, y, width, height } = cellOf(layout, part, 1);
    expect(partAt(layout, x + width / 2, y + height / 2)).toBe(part);
  }
});

test('beside and behind the parts there is none', () => {
  const layout = layoutGrid(5, 700);
  expect(partAt(layout, -1, 0)).toBeUndefined();
  expect(partAt(layout, 700, 0)).toBeUndefined();
  expect(partAt(layout, 0, layout.heightPx + 1)).toBeUndefined();
});
