/** What the viewer reads in place of the picture. */

import { codecNames } from '../page/words';
import type { Watching } from './session';

export interface Notice {
  readonly title: string;
  readonly text: string;
  /** Offers to try again by hand. */
  readonly retry: boolean;
  /** Something is under way. */
  readonly busy: boolean;
}

/** Undefined while the picture speaks for itself. */
export function noticeFor({ playback, stream }: Watching): Notice | undefined {
  const notice = (title: string, text: string, more: Partial<Notice> = {}): Notice => ({ title, text, retry: false, busy: false, ...more });
  switch (playback.phase) {
    case 'playing':
      return undefined;
    case 'offline':
      return playback.said === 'unknown'
        ? notice('Nothing here yet', 'No stream of this name has been on air. If one comes, it starts here by itself.')
        : notice('This stream is offline', 'It starts here by itself when it comes on air.');
    case 'starting':
      if (playback.said === 'starting') {
        return notice('Starting', 'The broadcaster is connected. The picture comes in a moment.', { busy: true });
      }
      return notice(playback.said === undefined ? 'Connecting' : 'Loading', 'The picture comes in a moment.', { busy: true });
    case 'interrupted':
      return playback.said === 'live'
        ? notice('Interrupted', 'The picture has stopped. Trying to go on…', { busy: true, retry: playback.failure !== undefined })
        : notice('Interrupted', 'The connection to the broadcaster was lost. The stream goes on here when it is back.', { busy: true });
    case 'ended':
      return notice('The broadcast has ended', 'The next one starts here by itself.');
    case 'refused':
      return notice('Playback was refused', 'This server does not let you watch this stream. You may need another link, or to sign in.', { retry: true });
    case 'unreachable':
      return playback.trouble === undefined
        ? notice('The stream can’t be loaded', 'The server has trouble delivering it. Trying again by itself.', { retry: true, busy: true })
        : notice('The server can’t be reached', 'Check your connection. Trying again by itself.', { busy: true });
    case 'unplayable': {
      const formats = stream && codecNames(stream.codecs).join(' and ');
      return notice('This browser can’t play the stream', `${formats ? `Its format (${formats})` : 'Its format'} is not supported here. Try another browser or device.`);
    }
  }
}

/** The badge beside the title. */
export function badgeFor({ playback }: Watching): { readonly text: string; readonly look: string } {
  const badges = {
    offline: ['Offline', 'offline'],
    starting: ['Starting', 'starting'],
    playing: ['Live', 'live'],
    interrupted: ['Interrupted', 'interrupted'],
    ended: ['Ended', 'offline'],
    refused: ['Refused', 'interrupted'],
    unreachable: ['No connection', 'interrupted'],
    unplayable: ['Not playable', 'interrupted'],
  } as const;
  const [text, look] = badges[playback.phase];
  return { text, look };
}
