import { createSignal, For, type JSX, Show } from 'solid-js';
import { partLength } from '../../protocol/board/geometry.ts';
import type { OpenUpload } from '../state/open-upload.ts';
import { numbers, words } from '../words/words.ts';
import { Dialog } from './dialog.tsx';

/** A screen reader goes through rows one by one: more at once only make the page slow. */
const PAGE = 100;

/** The grid for whoever would rather read it. Shows the moment in which it was opened or asked for more. */
export function PartsTable(props: {
  open: OpenUpload;
  nameOf: (device: number) => string;
  close: () => void;
}): JSX.Element {
  const [shown, setShown] = createSignal(PAGE);
  const rows = () => {
    const board = props.open.upload.board();
    const tickets = props.open.tickets();
    if (!board || !tickets) return [];
    return Array.from({ length: Math.min(shown(), tickets.parts) }, (_, index) => {
      const part = index + 1;
      const ticket = tickets.of(part) ?? { state: 'unknown' as const };
      const devices =
        ticket.state === 'leased' ? ticket.devices : ticket.state === 'done' ? [ticket.device] : [];
      const tookMs = tickets.tookMs(part);
      return {
        part,
        bytes: numbers.count(partLength(board.replica.geometry, part)),
        state:
          ticket.state === 'leased' && devices.length > 1 ? words.legend.hedged : words.legend[ticket.state],
        device: numbers.list(devices.map(props.nameOf)),
        took: tookMs === undefined ? '' : numbers.elapsed(tookMs),
      };
    });
  };
  const all = () => props.open.tickets()?.parts ?? 0;
  return (
    <Dialog title={words.partsTableTitle} close={props.close}>
      <section class="table-place" tabindex="0" aria-label={words.partsTableTitle}>
        <table>
          <thead>
            <tr>
              <th scope="col">{words.column.part}</th>
              <th scope="col">{words.column.bytes}</th>
              <th scope="col">{words.column.state}</th>
              <th scope="col">{words.column.device}</th>
              <th scope="col">{words.column.took}</th>
            </tr>
          </thead>
          <tbody>
            <For each={rows()}>
              {(row) => (
                <tr>
                  <th scope="row">{numbers.count(row.part)}</th>
                  <td>{row.bytes}</td>
                  <td>{row.state}</td>
                  <td>{row.device}</td>
                  <td>{row.took}</td>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </section>
      <div class="table-foot">
        <p class="small">{words.tableShown(Math.min(shown(), all()), all())}</p>
        <Show when={shown() < all()}>
          <button type="button" class="button" onClick={() => setShown(shown() + PAGE)}>
            {words.tableMore}
          </button>
        </Show>
      </div>
    </Dialog>
  );
}
