/** What the catalogue says about streams: `GET /api/v1/live` and `GET /api/v1/live/{app}/{stream}`. */

/** Where a stream stands. `starting`: a publisher is there, nothing is playable yet. `interrupted`: the publisher was lost and may come back. */
export type StreamState = 'offline' | 'starting' | 'live' | 'interrupted';

export interface Stream {
  readonly app: string;
  readonly name: string;
  /** What people call it; the name where nobody gave it a title. */
  readonly title: string;
  readonly state: StreamState;
  /** When this broadcast began, milliseconds since 1970; it also tells one broadcast from the next. */
  readonly startedAt: number | undefined;
  readonly viewers: number;
  /** Size of the picture, undefined until it is known. */
  readonly picture: { readonly width: number; readonly height: number } | undefined;
  /** As RFC 6381 spells them. */
  readonly codecs: readonly string[];
  /** Address of the HLS playlist, absolute or from the server's root. */
  readonly playlist: string;
  /** Address of an MP4 file with one picture. */
  readonly still: string | undefined;
}

/** The server answered with something that is not what the API promises. */
export class MalformedAnswer extends Error {
  override readonly name = 'MalformedAnswer';
}

const APP = /^[a-z0-9-]{1,63}$/;
const NAME = /^[A-Za-z0-9._~-]{1,128}$/;
const STATES: readonly StreamState[] = ['offline', 'starting', 'live', 'interrupted'];
const MAX_TITLE = 200;
const MAX_CODECS = 16;

/** True for names that the server would take: anything else can't be a stream. */
export function isStreamName(app: string, name: string): boolean {
  return APP.test(app) && NAME.test(name) && name !== '.' && name !== '..';
}

/** `app/name`: what a stream is known by everywhere. */
export function keyOf(stream: { readonly app: string; readonly name: string }): string {
  return `${stream.app}/${stream.name}`;
}

/** Reads the list. An entry that makes no sense is left out, so that it doesn't hide the others. Throws {@link MalformedAnswer}. */
export function parseLive(answer: unknown): Stream[] {
  const entries = asObject(answer)?.['streams'];
  if (!Array.isArray(entries)) {
    throw new MalformedAnswer("the list of live streams has no 'streams'");
  }
  return entries.map(read).filter((stream) => stream !== undefined);
}

/** Reads one stream. Throws {@link MalformedAnswer}. */
export function parseStream(answer: unknown): Stream {
  const stream = read(answer);
  if (stream === undefined) {
    throw new MalformedAnswer('the answer does not describe a stream');
  }
  return stream;
}

function read(entry: unknown): Stream | undefined {
  const fields = asObject(entry);
  const app = fields?.['app'];
  const name = fields?.['stream'];
  const state = STATES.find((known) => known === fields?.['state']);
  if (!fields || typeof app !== 'string' || typeof name !== 'string' || !isStreamName(app, name) || !state) {
    return undefined;
  }
  const title = typeof fields['title'] === 'string' ? fields['title'].trim().slice(0, MAX_TITLE) : '';
  const startedAt = typeof fields['startedAt'] === 'string' ? Date.parse(fields['startedAt']) : NaN;
  const width = count(fields['width']);
  const height = count(fields['height']);
  const codecs = Array.isArray(fields['codecs']) ? fields['codecs'] : [];
  return {
    app,
    name,
    title: title || name,
    state,
    startedAt: Number.isNaN(startedAt) ? undefined : startedAt,
    viewers: count(fields['viewers']),
    picture: width > 0 && height > 0 ? { width, height } : undefined,
    codecs: codecs.filter((codec) => typeof codec === 'string').slice(0, MAX_CODECS),
    playlist: address(fields['playlist']) ?? `/play/${app}/${name}/index.m3u8`,
    still: address(fields['still']),
  };
}

/** Only what a browser fetches as HTTP: no `javascript:`, no `data:`. */
function address(value: unknown): string | undefined {
  return typeof value === 'string' && value.length <= 2048 && /^(\/(?!\/)|https?:\/\/)/.test(value) ? value : undefined;
}

function count(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.floor(value) : 0;
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}
