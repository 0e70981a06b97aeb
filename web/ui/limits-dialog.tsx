import { createSignal, type JSX, Show } from 'solid-js';
import type { Budget } from '../engine/budget.ts';
import { numbers, words } from '../words/words.ts';
import { Dialog } from './dialog.tsx';

/** As lines are sold and as data plans count. */
const BPS_PER_MBIT = 125_000;
const BYTES_PER_GB = 1_000_000_000;

/** How fast this device may send, and how much in all. */
export function LimitsDialog(props: { budget: Budget; close: () => void }): JSX.Element {
  const { rateBps, allowanceBytes } = props.budget.limits();
  const [mbit, setMbit] = createSignal(textOf(rateBps, BPS_PER_MBIT));
  const [gb, setGb] = createSignal(textOf(allowanceBytes, BYTES_PER_GB));
  const save = (event: SubmitEvent) => {
    event.preventDefault();
    props.budget.setLimits({
      rateBps: limitOf(mbit(), BPS_PER_MBIT),
      allowanceBytes: limitOf(gb(), BYTES_PER_GB),
    });
    props.close();
  };
  return (
    <Dialog title={words.limits} close={props.close}>
      <form class="limits" onSubmit={save}>
        <p class="small">{words.limitsHint}</p>
        <Field label={words.limitSpeed} value={mbit()} set={setMbit} />
        <Field label={words.limitData} value={gb()} set={setGb} />
        <Show when={allowanceBytes !== undefined}>
          <p class="small">{words.limitSpent(numbers.bytes(props.budget.spentBytes()))}</p>
        </Show>
        <div class="dialog-actions">
          <button type="submit" class="button solid">
            {words.save}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Field(props: { label: string; value: string; set: (text: string) => void }): JSX.Element {
  return (
    <label class="limits-field">
      <span>{props.label}</span>
      <input
        class="field"
        type="number"
        min="0"
        step="any"
        inputmode="decimal"
        placeholder={words.limitNone}
        value={props.value}
        onInput={({ currentTarget }) => props.set(currentTarget.value)}
      />
    </label>
  );
}

function textOf(value: number | undefined, unit: number): string {
  return value === undefined ? '' : String(value / unit);
}

/** Nothing, or nothing at all to send, is no limit: whoever wants to send nothing pauses. */
function limitOf(text: string, unit: number): number | undefined {
  const value = Math.round(Number(text) * unit);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}
