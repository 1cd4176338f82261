import { expect, test, vi } from 'vitest';
import { hlsEngine } from '../src/watch/hls-engine';

const players: { audioTrack: number }[] = [];

vi.mock('hls.js', () => ({
  default: class {
    static readonly isSupported = () => true;
    readonly audioTracks = [{ name: 'Audio' }, { name: 'Audio 2' }];
    audioTrack = 0;
    constructor() {
      players.push(this);
    }
    on() {}
    loadSource() {}
    attachMedia() {}
    destroy() {}
  },
  ErrorDetails: {}, ErrorTypes: {}, Events: {},
}));

test('a viewer chooses among the sounds of what is loaded', () => {
  const engine = hlsEngine(new EventTarget() as HTMLVideoElement, 'live/one', () => {})!;
  expect(engine.sounds()).toBeUndefined();

  engine.attach('/play/live/one/index.m3u8');
  expect(engine.sounds()).toEqual({ names: ['Audio', 'Audio 2'], chosen: 0 });
  engine.hear(1);
  expect(players[0]!.audioTrack).toBe(1);
  expect(engine.sounds()?.chosen).toBe(1);

  engine.detach();
  expect(engine.sounds()).toBeUndefined();
});
