/** What the catalogue says about recordings: `GET /api/v1/assets` and `GET /api/v1/assets/{id}`. */

import { isStreamName, MalformedAnswer } from '../streams/stream';

export interface Recording {
  readonly id: string;
  readonly app: string;
  readonly name: string;
  /** What people call the stream; its name where nobody gave it a title. */
  readonly title: string;
  /** When the broadcast began, milliseconds since 1970. */
  readonly startedAt: number;
  readonly millis: number;
  readonly picture: { readonly width: number; readonly height: number } | undefined;
}

const ID = /^[0-9A-HJKMNP-TV-Z]{26}$/;
const MAX_TITLE = 200;

/** True for what a recording's id can be. */
export function isRecordingId(id: string): boolean {
  return ID.test(id);
}

/** Where its playlist is. */
export function playlistOf(id: string): string {
  return `/play/vod/${id}/index.m3u8`;
}

/** Reads a page of the list. An entry that makes no sense is left out. Throws {@link MalformedAnswer}. */
export function parseRecordings(answer: unknown): Recording[] {
  const entries = (answer as { items?: unknown } | null)?.items;
  if (!Array.isArray(entries)) {
    throw new MalformedAnswer("the list of recordings has no 'items'");
  }
  return entries.map(read).filter((recording) => recording !== undefined);
}

/** Reads one. Throws {@link MalformedAnswer}. */
export function parseRecording(answer: unknown): Recording {
  const recording = read(answer);
  if (recording === undefined) {
    throw new MalformedAnswer('the answer does not describe a recording');
  }
  return recording;
}

function read(entry: unknown): Recording | undefined {
  if (typeof entry !== 'object' || entry === null) {
    return undefined;
  }
  const { id, app, stream, title, startedAt, durationSeconds, width, height } = entry as Readonly<Record<string, unknown>>;
  const began = typeof startedAt === 'string' ? Date.parse(startedAt) : NaN;
  if (typeof id !== 'string' || !isRecordingId(id) || typeof app !== 'string' || typeof stream !== 'string'
    || !isStreamName(app, stream) || Number.isNaN(began)) {
    return undefined;
  }
  const words = typeof title === 'string' ? title.trim().slice(0, MAX_TITLE) : '';
  return {
    id, app, name: stream,
    title: words || stream,
    startedAt: began,
    millis: count(durationSeconds) * 1000,
    picture: count(width) > 0 && count(height) > 0 ? { width: count(width), height: count(height) } : undefined,
  };
}

function count(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;
}
