import { createMemo, For, type JSX, Show } from 'solid-js';
import type { OpenUpload } from '../state/open-upload.ts';
import { numbers, words } from '../words/words.ts';
import { stackedChart } from './chart-paths.ts';
import { colourOf } from './palette.ts';
import type { OpenView } from './status.ts';

const BOX = { width: 600, height: 120 };

/** What all lines together carried over time, one device stacked on the other. */
export function ThroughputChart(props: { open: OpenUpload; view: OpenView }): JSX.Element {
  const chart = createMemo(() =>
    stackedChart(
      props.open.history.samples(),
      props.view.devices.map(({ number }) => number),
      BOX,
    ),
  );
  /** Nothing until something was carried: a speed that could not be measured yet is no speed of 0. */
  const summary = () =>
    chart().averageBps > 0 &&
    words.chartSummary(
      numbers.elapsed(chart().spanMs),
      numbers.speed(chart().peakBps),
      numbers.speed(chart().averageBps),
    );
  return (
    <section class="card chart">
      <h2>{words.chart}</h2>
      <div class="chart-field">
        <svg
          role="img"
          aria-label={[words.chart, summary()].filter(Boolean).join('. ')}
          viewBox={`0 0 ${BOX.width} ${BOX.height}`}
          preserveAspectRatio="none"
          data-testid="chart"
          data-bands={chart()
            .bands.map(({ device }) => device)
            .join(',')}
        >
          <For each={chart().bands}>{(band) => <path d={band.path} fill={colourOf(band.device)} />}</For>
        </svg>
        <Show when={chart().peakBps > 0}>
          <span class="chart-top small" aria-hidden="true">
            {numbers.speed(chart().topBps)}
          </span>
        </Show>
      </div>
      <p class="small">{summary()}</p>
    </section>
  );
}
