/** The figures of a stream's health, as people read them. */

import { bitrate, codecName } from '../page/words';
import type { Severity, StreamHealth, TrackHealth } from './stream-health';

export interface Figure {
  readonly name: string;
  readonly value: string;
}

/** One sentence that sums up. */
export interface Verdict {
  readonly look: Severity | 'good';
  readonly text: string;
}

export function verdictOf(health: StreamHealth): Verdict {
  const of = (severity: Severity) => health.findings.filter((finding) => finding.severity === severity).length;
  const problems = of('problem');
  const warnings = of('warning');
  if (health.endedAt !== undefined) {
    return { look: problems > 0 ? 'problem' : warnings > 0 ? 'warning' : 'info', text: 'The broadcast has ended' };
  }
  if (health.away) {
    const since = health.findings.find((finding) => finding.code === 'encoder-away')?.since;
    const look = problems > 0 ? 'problem' : warnings > 0 ? 'warning' : 'info';
    return { look, text: since === undefined ? 'The encoder is away' : `The encoder is away since ${new Date(since).toLocaleTimeString('en')}` };
  }
  if (problems > 0) {
    return { look: 'problem', text: problems === 1 ? 'Viewers have a problem' : `Viewers have ${problems} problems` };
  }
  if (warnings > 0) {
    return { look: 'warning', text: warnings === 1 ? 'One thing could be better' : `${warnings} things could be better` };
  }
  return health.tracks.length === 0 ? { look: 'info', text: 'Nothing has arrived yet' } : { look: 'good', text: 'This stream is in good health' };
}

/** What stands over a track's figures. */
export function trackTitle(track: TrackHealth): string {
  return track.name || (track.kind === 'video' ? 'Picture' : 'Sound');
}

/** What is known of a track, most important first. */
export function trackFigures(track: TrackHealth): Figure[] {
  return track.kind === 'video' ? pictureFigures(track) : soundFigures(track);
}

function pictureFigures(track: TrackHealth): Figure[] {
  const rate = track.framesPerSecond > 0 ? `${rounded(track.framesPerSecond, 2)} a second${track.steadyFrameRate ? '' : ', unsteady'}` : '–';
  return [
    { name: 'Format', value: codecName(track.codecs) },
    { name: 'Size', value: track.width > 0 ? `${track.width}×${track.height}` : '–' },
    { name: 'Bit rate', value: rateOf(track) },
    { name: 'Frames', value: rate },
    { name: 'Key frames', value: keyFrames(track) },
    { name: 'Groups', value: `${track.openGop ? 'open' : 'closed'}${track.bFrames ? ', with B‑frames' : ''}` },
  ];
}

function keyFrames({ keyFrameSeconds: last, longestKeyFrameSeconds: longest }: TrackHealth): string {
  if (!last) {
    return '–';
  }
  return longest > last * 1.25 ? `up to ${rounded(longest, 1)} s apart` : `every ${rounded(last, 1)} s`;
}

function soundFigures(track: TrackHealth): Figure[] {
  return [
    { name: 'Format', value: codecName(track.codecs) },
    { name: 'Sampling', value: track.sampleRate > 0 ? `${rounded(track.sampleRate / 1000, 2)} kHz` : '–' },
    { name: 'Channels', value: channels(track.channels) },
    { name: 'Bit rate', value: rateOf(track) },
  ];
}

/** How it arrives. */
export function arrivalFigures(health: StreamHealth): Figure[] {
  return [
    { name: 'Pace', value: health.pace === undefined ? 'measuring' : `${Math.round(health.pace * 100)} % of real time` },
    { name: 'Longest pause', value: `${rounded(health.longestStallSeconds, 1)} s` },
    { name: 'Sound', value: besidePicture(health.audioAheadSeconds) },
    { name: 'Encoder’s clock', value: drift(health.driftPpm) },
  ];
}

/** What happened in this broadcast. */
export function eventFigures(health: StreamHealth): Figure[] {
  const many = (value: number) => value.toLocaleString('en');
  return [
    { name: 'Reconnects', value: many(health.reconnects) },
    { name: 'Breaks', value: many(health.discontinuities) },
    { name: 'Repaired timestamps', value: many(health.repairs) },
    { name: 'Skipped messages', value: many(health.skippedMessages) },
    { name: 'Dropped by the server', value: many(health.droppedSamples) },
  ];
}

function rateOf(track: TrackHealth): string {
  return track.bitsPerSecond > 0 ? bitrate(track.bitsPerSecond) : '–';
}

function channels(count: number): string {
  return ['–', 'mono', 'stereo', '2.1', '4.0', '5.0', '5.1', '6.1', '7.1'][count] ?? String(count);
}

function besidePicture(ahead: number | undefined): string {
  if (ahead === undefined) {
    return '–';
  }
  const apart = Math.abs(ahead);
  return apart < 0.1 ? 'in step with the picture' : `${rounded(apart, 1)} s ${ahead > 0 ? 'ahead of' : 'behind'} the picture`;
}

function drift(ppm: number | undefined): string {
  if (ppm === undefined) {
    return 'measuring';
  }
  const millis = Math.round(Math.abs(ppm) * 3.6);
  return millis < 100 ? 'exact' : `${millis.toLocaleString('en')} ms an hour ${ppm > 0 ? 'fast' : 'slow'}`;
}

/** At most so many decimals, and none that are zero. */
function rounded(value: number, decimals: number): string {
  return String(Number(value.toFixed(decimals)));
}
