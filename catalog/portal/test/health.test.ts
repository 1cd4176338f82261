import { afterEach, describe, expect, test, vi } from 'vitest';
import { arrivalFigures, eventFigures, trackFigures, trackTitle, verdictOf } from '../src/health/figures';
import { parseHealth } from '../src/health/stream-health';
import { signIn, signOut, token } from '../src/page/account';
import { MalformedAnswer } from '../src/streams/stream';

const farApart = {
  code: 'key-frames-far-apart', severity: 'warning', what: 'Key frames come every 10 s.', effect: 'Latency can’t go below that.',
  advice: 'Set a key frame interval of 2 s in your encoder.', since: '2026-11-21T20:00:00Z',
};
const answer = {
  tracks: [
    { kind: 'video', codecs: 'avc1.64001e', width: 854, height: 480, bitsPerSecond: 849_600, framesPerSecond: 29.97, steadyFrameRate: true, keyFrameSeconds: 10, openGop: false, bFrames: true },
    { kind: 'audio', codecs: 'mp4a.40.2', sampleRate: 44_100, channels: 2, bitsPerSecond: 128_000 },
  ],
  pace: 0.998, longestStallSeconds: 0.12, driftPpm: -80.5, audioAheadSeconds: -0.45,
  repairs: { order: 3, outlier: 1 }, discontinuities: 2, reconnects: 1, skippedMessages: 0, droppedSamples: 0, findings: [farApart],
};
const values = (figures: readonly { value: string }[]) => figures.map((figure) => figure.value);

describe('a stream’s health', () => {
  test('has figures with units', () => {
    const health = parseHealth(answer);
    expect(values(trackFigures(health.tracks[0]!))).toEqual(['H.264', '854×480', '850 kbit/s', '29.97 a second', 'every 10 s', 'closed, with B‑frames']);
    expect(values(trackFigures(health.tracks[1]!))).toEqual(['AAC', '44.1 kHz', 'stereo', '128 kbit/s']);
    expect(values(arrivalFigures(health))).toEqual(['100 % of real time', '0.1 s', '0.5 s behind the picture', '290 ms an hour slow']);
    expect(values(eventFigures(health))).toEqual(['1', '2', '4', '0', '0']);
  });

  test('names the longest distance of irregular key frames, and speakers as people do', () => {
    const health = parseHealth({ tracks: [{ kind: 'video', keyFrameSeconds: 2, longestKeyFrameSeconds: 10.4 }, { kind: 'audio', channels: 6 }], findings: [] });
    expect(values(trackFigures(health.tracks[0]!))).toContain('up to 10.4 s apart');
    expect(values(trackFigures(health.tracks[1]!))).toContain('5.1');
  });

  test('that is not measured yet says so', () => {
    const health = parseHealth({ tracks: [{ kind: 'video' }], findings: [], pace: null, driftPpm: null });
    expect(values(trackFigures(health.tracks[0]!))).toEqual(['', '–', '–', '–', '–', 'closed']);
    expect(values(arrivalFigures(health))).toEqual(['measuring', '0 s', '–', 'measuring']);
  });

  test('is summed up by the worst that is found', () => {
    const sum = (...severities: string[]) => verdictOf(parseHealth({ ...answer, findings: severities.map((severity) => ({ ...farApart, severity })) }));
    expect(sum()).toEqual({ look: 'good', text: 'This stream is in good health' });
    expect(sum('info')).toEqual({ look: 'good', text: 'This stream is in good health' });
    expect(sum('info', 'warning')).toEqual({ look: 'warning', text: 'One thing could be better' });
    expect(sum('problem', 'problem', 'warning')).toEqual({ look: 'problem', text: 'Viewers have 2 problems' });
    expect(verdictOf(parseHealth({ tracks: [], findings: [] })).look).toBe('info');
  });

  test('of a broadcast that has ended says so, and keeps its worst finding’s look', () => {
    const ended = { ...answer, state: 'ended', endedAt: '2026-11-21T20:10:00Z' };
    expect(parseHealth(answer).endedAt).toBeUndefined();
    expect(parseHealth(ended).endedAt).toBe(Date.UTC(2026, 10, 21, 20, 10));
    expect(verdictOf(parseHealth(ended))).toEqual({ look: 'warning', text: 'The broadcast has ended' });
    expect(verdictOf(parseHealth({ ...ended, findings: [] })).look).toBe('info');
  });

  test('whose encoder is away is not good, whatever else is found', () => {
    const since = '2026-11-21T20:10:00Z';
    const away = { ...answer, state: 'interrupted', findings: [{ ...farApart, code: 'encoder-away', severity: 'problem', since }] };
    expect(verdictOf(parseHealth(away))).toEqual({ look: 'problem', text: `The encoder is away since ${new Date(since).toLocaleTimeString('en')}` });
    expect(verdictOf(parseHealth({ ...away, findings: [] }))).toEqual({ look: 'info', text: 'The encoder is away' });
    expect(verdictOf(parseHealth({ ...answer, state: 'live', findings: [] })).look).toBe('good');
  });

  test('names each of several sounds', () => {
    const { tracks } = parseHealth({ tracks: [{ kind: 'video' }, { kind: 'audio', name: 'Sound' }, { kind: 'audio', name: 'Sound 2' }, { kind: 'audio' }], findings: [] });
    expect(tracks.map(trackTitle)).toEqual(['Picture', 'Sound', 'Sound 2', 'Sound']);
  });

  test('of a later server is read as far as it is understood', () => {
    const health = parseHealth({ ...answer, tracks: [{ kind: 'smell' }, ...answer.tracks], findings: [null, { code: 'x' }, { ...farApart, severity: 'doom' }] });
    expect(health.tracks).toHaveLength(2);
    expect(health.findings.map((finding) => finding.severity)).toEqual(['info']);
  });

  test.each([null, [], {}, { tracks: [] }, { tracks: {}, findings: [] }])('that makes no sense is refused: %j', (wrong) => {
    expect(() => parseHealth(wrong)).toThrow(MalformedAnswer);
  });
});

describe('signing in', () => {
  const kept = new Map<string, string>();
  const asked: RequestInit[] = [];
  const server = (respond: () => Response) => {
    vi.stubGlobal('window', new EventTarget());
    vi.stubGlobal('sessionStorage', { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => kept.set(key, value), removeItem: (key: string) => kept.delete(key) });
    vi.stubGlobal('fetch', async (_: string, init: RequestInit) => {
      asked.push(init);
      return respond();
    });
  };

  afterEach(() => {
    kept.clear();
    asked.length = 0;
    vi.unstubAllGlobals();
  });

  test('keeps a token and never the password', async () => {
    server(() => Response.json({ token: 'mt_secret' }, { status: 201 }));
    expect(await signIn('ädmin', 'pässword')).toBe('signedIn');
    expect(token()).toBe('mt_secret');
    expect([...kept.values()].join()).not.toContain('pässword');
    const sent = new Headers(asked[0]?.headers).get('Authorization') ?? '';
    expect(new TextDecoder().decode(Uint8Array.from(atob(sent.slice(6)), (byte) => byte.charCodeAt(0)))).toBe('ädmin:pässword');
    expect(asked[0]?.credentials).toBe('omit');
    signOut();
    expect(token()).toBeUndefined();
  });

  test.each([[401, 'wrong'], [429, 'tooMany'], [503, 'unreachable']] as const)('that fails with %i is %s', async (status, outcome) => {
    server(() => new Response('{}', { status }));
    expect(await signIn('a', 'b')).toBe(outcome);
    expect(token()).toBeUndefined();
  });

  test('at a server that can’t be reached says so', async () => {
    server(() => {
      throw new TypeError('no network');
    });
    expect(await signIn('a', 'b')).toBe('unreachable');
  });
});
