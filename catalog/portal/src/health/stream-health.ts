/** What the server says about a publisher: `GET /api/v1/live/{app}/{stream}/health`. */

import { MalformedAnswer } from '../streams/stream';

/** `info`: good to know. `warning`: some viewers may notice. `problem`: viewers suffer. */
export type Severity = 'info' | 'warning' | 'problem';

export interface Finding {
  readonly code: string;
  readonly severity: Severity;
  readonly what: string;
  readonly effect: string;
  readonly advice: string;
  /** Milliseconds since 1970. */
  readonly since: number | undefined;
}

export interface TrackHealth {
  /** What people call it, `Sound 2`; empty from a server that does not say. */
  readonly name: string;
  readonly kind: 'video' | 'audio';
  readonly codecs: string;
  readonly bitsPerSecond: number;
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  readonly steadyFrameRate: boolean;
  /** Undefined before the second key frame. */
  readonly keyFrameSeconds: number | undefined;
  readonly longestKeyFrameSeconds: number;
  readonly openGop: boolean;
  readonly bFrames: boolean;
  readonly sampleRate: number;
  readonly channels: number;
}

export interface StreamHealth {
  /** Whether the encoder is gone and may come back. */
  readonly away: boolean;
  /** When the broadcast ended, milliseconds since 1970; the figures are of its last second then. */
  readonly endedAt: number | undefined;
  readonly tracks: readonly TrackHealth[];
  /** Seconds of media that come in a second. */
  readonly pace: number | undefined;
  readonly longestStallSeconds: number;
  /** How much faster the encoder's clock is than the server's, in millionths. */
  readonly driftPpm: number | undefined;
  /** How far sound is ahead of the picture when it arrives. */
  readonly audioAheadSeconds: number | undefined;
  /** Timestamps that were put right, of any kind. */
  readonly repairs: number;
  readonly discontinuities: number;
  readonly reconnects: number;
  readonly skippedMessages: number;
  readonly droppedSamples: number;
  readonly findings: readonly Finding[];
}

const SEVERITIES: readonly Severity[] = ['info', 'warning', 'problem'];
const MOST = 50;
const LONGEST_TEXT = 500;

type Fields = Readonly<Record<string, unknown>>;

/** Throws {@link MalformedAnswer}. What is missing is taken as unknown; a finding without words is left out. */
export function parseHealth(answer: unknown): StreamHealth {
  const fields = asFields(answer);
  if (!fields || !Array.isArray(fields['tracks']) || !Array.isArray(fields['findings'])) {
    throw new MalformedAnswer('the answer does not describe a stream’s health');
  }
  return {
    away: fields['state'] === 'interrupted',
    endedAt: time(fields['endedAt']),
    tracks: list(fields['tracks'], track),
    pace: figure(fields['pace']),
    longestStallSeconds: count(fields['longestStallSeconds']),
    driftPpm: figure(fields['driftPpm']),
    audioAheadSeconds: figure(fields['audioAheadSeconds']),
    repairs: Object.values(asFields(fields['repairs']) ?? {}).reduce<number>((sum, value) => sum + count(value), 0),
    discontinuities: count(fields['discontinuities']),
    reconnects: count(fields['reconnects']),
    skippedMessages: count(fields['skippedMessages']),
    droppedSamples: count(fields['droppedSamples']),
    findings: list(fields['findings'], finding),
  };
}

function track(fields: Fields): TrackHealth | undefined {
  const kind = fields['kind'];
  if (kind !== 'video' && kind !== 'audio') {
    return undefined;
  }
  return {
    name: text(fields['name']),
    kind,
    codecs: text(fields['codecs']),
    bitsPerSecond: count(fields['bitsPerSecond']),
    width: count(fields['width']),
    height: count(fields['height']),
    framesPerSecond: count(fields['framesPerSecond']),
    steadyFrameRate: fields['steadyFrameRate'] !== false,
    keyFrameSeconds: figure(fields['keyFrameSeconds']),
    longestKeyFrameSeconds: count(fields['longestKeyFrameSeconds']),
    openGop: fields['openGop'] === true,
    bFrames: fields['bFrames'] === true,
    sampleRate: count(fields['sampleRate']),
    channels: count(fields['channels']),
  };
}

function finding(fields: Fields): Finding | undefined {
  const what = text(fields['what']);
  if (what === '') {
    return undefined;
  }
  return {
    code: text(fields['code']),
    // A severity of a later server is at least good to know.
    severity: SEVERITIES.find((known) => known === fields['severity']) ?? 'info',
    what,
    effect: text(fields['effect']),
    advice: text(fields['advice']),
    since: time(fields['since']),
  };
}

function list<T>(entries: readonly unknown[], read: (fields: Fields) => T | undefined): T[] {
  return entries.slice(0, MOST).map((entry) => read(asFields(entry) ?? {})).filter((entry) => entry !== undefined);
}

function figure(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function count(value: unknown): number {
  return Math.max(0, figure(value) ?? 0);
}

function time(value: unknown): number | undefined {
  return figure(Date.parse(text(value)));
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, LONGEST_TEXT) : '';
}

function asFields(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null ? (value as Fields) : undefined;
}
