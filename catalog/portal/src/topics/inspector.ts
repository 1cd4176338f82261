/** Looks into topics: one subscription over the WebSocket protocol (docs/websocket.md), as the administrator. */

import { visible } from './visible';

/** A message, a gap or a notice, in the order in which they came. */
export type Seen =
  | { readonly kind: 'message'; readonly key: number; readonly message: Message }
  | { readonly kind: 'gap'; readonly key: number; readonly reason: string };

/** How a payload is written for people. */
export type Form = 'json' | 'text' | 'base64';

/** All texts are {@link visible}. */
export interface Message {
  readonly topic: string;
  readonly time: number;
  readonly position: string | undefined;
  readonly id: string | undefined;
  readonly contentType: string | undefined;
  readonly headers: readonly (readonly [string, string])[];
  readonly form: Form;
  /** JSON is laid out; bytes that are no text are in Base64. The beginning, where it is long. */
  readonly payload: string;
  /** How many characters of it, as it was written, are left out. */
  readonly leftOut: number;
}

export type State = 'connecting' | 'live' | { readonly ended: string };

/** What is kept to be shown: so many, with so many characters together, and of each payload so many. */
export const MOST_SEEN = 200;
export const MOST_CHARACTERS = 1_000_000;
export const LONGEST_PAYLOAD = 64_000;

/** The newest first, no more than are kept. */
export function withNewest(seen: readonly Seen[], one: Seen): readonly Seen[] {
  const kept: Seen[] = [one];
  let characters = charactersOf(one);
  for (const older of seen) {
    characters += charactersOf(older);
    if (kept.length === MOST_SEEN || characters > MOST_CHARACTERS) {
      break;
    }
    kept.push(older);
  }
  return kept;
}

function charactersOf(one: Seen): number {
  return one.kind === 'gap' ? 0 : one.message.headers.reduce((sum, [name, value]) => sum + name.length + value.length, one.message.payload.length);
}

/** A frame of the server's; undefined for one that says nothing to this page. */
export function readFrame(text: string): { readonly type: string; readonly frame: Readonly<Record<string, unknown>> } | undefined {
  try {
    const frame: unknown = JSON.parse(text);
    if (typeof frame === 'object' && frame !== null && 'type' in frame && typeof frame.type === 'string') {
      return { type: frame.type, frame: frame as Readonly<Record<string, unknown>> };
    }
  } catch {
    // Not a frame.
  }
  return undefined;
}

/** The message in a frame. */
export function messageOf(frame: Readonly<Record<string, unknown>>): Message {
  const raw = (name: string) => (typeof frame[name] === 'string' ? frame[name] : undefined);
  const text = (name: string) => {
    const its = raw(name);
    return its === undefined ? undefined : visible(its);
  };
  const headers = frame['headers'];
  const [form, payload] = payloadOf(frame, raw);
  const shown = beginningOf(payload);
  return {
    topic: text('topic') ?? '',
    time: typeof frame['time'] === 'number' ? frame['time'] : 0,
    position: text('position'),
    id: text('id'),
    contentType: text('contentType'),
    headers: typeof headers === 'object' && headers !== null
      ? Object.entries(headers).map(([name, value]) => [visible(name), visible(String(value))] as const)
      : [],
    form,
    payload: visible(shown),
    leftOut: payload.length - shown.length,
  };
}

function payloadOf(frame: Readonly<Record<string, unknown>>, raw: (name: string) => string | undefined): readonly [Form, string] {
  if ('payload' in frame) {
    return ['json', JSON.stringify(frame['payload'], undefined, 2)];
  }
  const bytes = raw('base64');
  return bytes === undefined ? ['text', raw('text') ?? ''] : ['base64', bytes];
}

/** Cut before a character that would be halved. */
function beginningOf(payload: string): string {
  const cut = payload.slice(0, LONGEST_PAYLOAD);
  return payload.length > cut.length && /[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut;
}

/** Tails a filter, beginning with its last messages; returns what ends it. */
export function inspect(
  token: string,
  filter: string,
  where: string,
  onSeen: (one: Seen) => void,
  onState: (state: State) => void,
): () => void {
  const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`);
  let key = 0;
  let over = false;
  const end = (why: string) => {
    if (!over) {
      over = true;
      onState({ ended: why });
      socket.close();
    }
  };
  onState('connecting');
  socket.onopen = () => socket.send(JSON.stringify({ type: 'connect', id: 'connect', token }));
  socket.onmessage = (event) => {
    const read = typeof event.data === 'string' ? readFrame(event.data) : undefined;
    switch (over ? undefined : read?.type) {
      case 'connected':
        socket.send(JSON.stringify({
          type: 'subscribe', sub: 'inspector', filter, start: { last: 20 }, policy: 'drop-oldest',
          ...(where === '' ? {} : { where }),
        }));
        break;
      case 'subscribed':
        onState('live');
        break;
      case 'message':
        if (read) {
          onSeen({ kind: 'message', key: key++, message: messageOf(read.frame) });
        }
        break;
      case 'gap':
        onSeen({ kind: 'gap', key: key++, reason: String(read?.frame['reason']) });
        break;
      case 'error':
      case 'ended':
        end(String(read?.frame['message']));
        break;
    }
  };
  socket.onclose = (event) => end(event.reason === '' ? 'The connection is closed.' : event.reason);
  return () => {
    over = true;
    socket.close();
  };
}
