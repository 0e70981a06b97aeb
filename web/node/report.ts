import type { ConnectionStatus } from '../engine/connection.ts';
import type { UploadView } from '../engine/upload.ts';
import { makeBar } from './bar.ts';
import type { Ending } from './exit-codes.ts';
import { makeLines } from './lines.ts';

/** A view and what goes with it, at one moment. */
export interface Moment {
  view: UploadView;
  status: ConnectionStatus;
  nowMs: number;
  /** Where the server is, for a person. */
  server?: string;
}

/** When the upload was begun whose links these are; a file of another size than before has one of its own. */
export type Beginning = 'before' | 'now' | 'now-for-another-size';

/** Who tells the person, or the program, how it goes. */
export interface Report {
  links(links: { help: string; watch: string }, begun: Beginning): void;
  moment(moment: Moment): void;
  /** Something that a person should know, and nothing stops for. */
  note(text: string): void;
  end(ending: Ending): void;
}

/** The two streams of a process, as far as a report needs them. */
export interface Output {
  stdout: { write(text: string): unknown };
  stderr: { write(text: string): unknown; isTTY?: boolean; columns?: number };
}

const BEGUN = {
  before: 'Going on with the upload that was begun here.\n',
  now: '',
  'now-for-another-size':
    'The file has another size than the one whose upload was begun here: this is a new one.\n',
} as const satisfies Record<Beginning, string>;

/** Links and the end go to standard output, progress to standard error: a bar where a person looks on. */
export function makeReport(output: Output, isJson: boolean): Report {
  if (isJson) return makeJsonReport(output);
  const progress = output.stderr.isTTY ? makeBar(output.stderr) : makeLines(output.stderr);
  return {
    links({ help, watch }, begun) {
      output.stdout.write(BEGUN[begun]);
      output.stdout.write(`Link for other devices: ${help}\nLink to watch only:     ${watch}\n`);
    },
    moment: (moment) => progress.moment(moment),
    note(text) {
      progress.end();
      output.stderr.write(`${text}\n`);
    },
    end({ code, text }) {
      progress.end();
      (code === 0 ? output.stdout : output.stderr).write(`${text}\n`);
    },
  };
}

/** A program reads no faster than it needs to. */
const JSON_EVERY_MS = 1_000;

function makeJsonReport({ stdout }: Output): Report {
  const say = (object: Record<string, unknown>) => stdout.write(`${JSON.stringify(object)}\n`);
  let saidMs = Number.NEGATIVE_INFINITY;
  let unsaid: Moment | undefined;
  const progress = ({ view, status, nowMs }: Moment) => {
    unsaid = undefined;
    if (view.state === 'opening') {
      const trouble = status.state === 'connecting' ? status.trouble : view.trouble;
      if (trouble) {
        saidMs = nowMs;
        say({ kind: 'opening', connection: status.state, trouble });
      }
    }
    if (view.state !== 'open') return;
    saidMs = nowMs;
    const { device, role, doneParts, partCount, progress, phase, carrier, devices } = view;
    const { shownBytes, sizeBytes, rateBps, etaMs } = progress;
    const self = devices.find(({ isSelf }) => isSelf);
    say({
      kind: 'progress',
      connection: status.state,
      phase: phase.state,
      carrier: carrier?.state ?? 'none',
      device,
      role,
      doneParts,
      ownParts: self?.doneParts ?? 0,
      partCount,
      shownBytes,
      sizeBytes,
      rateBps: Math.round(rateBps),
      ownRateBps: Math.round(self?.rateBps ?? 0),
      etaMs: etaMs === undefined ? null : Math.round(etaMs),
      devicesOnline: devices.filter(({ online }) => online).length,
    });
  };
  return {
    links: (links, begun) => say({ kind: 'links', ...links, isResumed: begun === 'before' }),
    moment(moment) {
      unsaid = moment;
      if (moment.nowMs - saidMs >= JSON_EVERY_MS) progress(moment);
    },
    note: (text) => say({ kind: 'note', text }),
    end({ code, text }) {
      if (unsaid) progress(unsaid);
      say({ kind: 'end', code, text });
    },
  };
}
