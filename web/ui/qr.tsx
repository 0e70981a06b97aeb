import { createMemo, type JSX } from 'solid-js';
import { encode } from 'uqr';

/** Modules of white that a reader needs around the code (ISO/IEC 18004). */
const QUIET = 4;

/** A QR code, dark on white in either theme: many readers fail on inverted ones. */
export function Qr(props: { text: string; name: string }): JSX.Element {
  const code = createMemo(() => encode(props.text, { ecc: 'M', border: 0 }));
  const side = () => code().size + 2 * QUIET;
  return (
    <svg
      class="qr"
      role="img"
      aria-label={props.name}
      viewBox={`${-QUIET} ${-QUIET} ${side()} ${side()}`}
      shape-rendering="crispEdges"
    >
      <rect x={-QUIET} y={-QUIET} width={side()} height={side()} fill="#fff" />
      <path d={pathOf(code().data)} fill="#000" />
    </svg>
  );
}

/** One stroke for each run of dark modules in a row. */
function pathOf(rows: readonly (readonly boolean[])[]): string {
  let path = '';
  rows.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      if (!row[x]) continue;
      const start = x;
      while (row[x + 1]) x++;
      const run = x - start + 1;
      path += `M${start} ${y}h${run}v1h${-run}z`;
    }
  });
  return path;
}
