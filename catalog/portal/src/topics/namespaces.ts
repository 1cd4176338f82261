/** What goes on in the namespaces of topics, and how fast. */

import { MalformedAnswer } from '../streams/stream';

/** Counts since the server's start, of all doors together; the last three are as of now. */
export interface Traffic {
  readonly published: number;
  readonly publishedBytes: number;
  readonly delivered: number;
  readonly deliveredBytes: number;
  readonly refused: number;
  readonly subscriptions: number;
  readonly paused: number;
  readonly lagBytes: number;
}

export interface Namespace {
  readonly name: string;
  readonly partitions: number;
  readonly durability: string;
  readonly retentionSeconds: number;
  readonly traffic: Traffic;
}

/** What happens in a second. */
export interface Rates {
  readonly published: number;
  readonly publishedBytes: number;
  readonly delivered: number;
  readonly deliveredBytes: number;
  readonly refused: number;
}

type Fields = Readonly<Record<string, unknown>>;

/** The answer of `GET /api/v1/namespaces?live=true`. */
export function parseNamespaces(answer: unknown): readonly Namespace[] {
  const items = fields(answer)['items'];
  if (!Array.isArray(items)) {
    throw new MalformedAnswer('no items');
  }
  return items.map((item) => namespace(fields(item)));
}

/**
 * The rates between two looks; none where the server has started anew between them, or they are one.
 *
 * `millis` is the time between them.
 */
export function ratesOf(before: Traffic, now: Traffic, millis: number): Rates | undefined {
  if (millis <= 0 || now.published < before.published || now.delivered < before.delivered) {
    return undefined;
  }
  const rate = (from: number, to: number) => Math.max(0, to - from) * 1000 / millis;
  return {
    published: rate(before.published, now.published),
    publishedBytes: rate(before.publishedBytes, now.publishedBytes),
    delivered: rate(before.delivered, now.delivered),
    deliveredBytes: rate(before.deliveredBytes, now.deliveredBytes),
    refused: rate(before.refused, now.refused),
  };
}

/** A number of things a second, short. */
export function perSecond(rate: number | undefined): string {
  if (rate === undefined) {
    return '–';
  }
  return rate === 0 ? '0' : rate < 10 ? rate.toFixed(1) : Math.round(rate).toLocaleString('en');
}

/** A number of bytes, short. */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = count;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** How long messages are kept, as it was set. */
export function kept(seconds: number): string {
  return seconds % 86_400 === 0 ? `${seconds / 86_400} d` : seconds % 3600 === 0 ? `${seconds / 3600} h` : `${seconds} s`;
}

function namespace(item: Fields): Namespace {
  const live = fields(item['live']);
  let traffic: Traffic = {
    published: 0, publishedBytes: 0, delivered: 0, deliveredBytes: 0, refused: 0, subscriptions: 0,
    paused: number(live, 'pausedSubscriptions'),
    lagBytes: number(live, 'fanoutLagBytes'),
  };
  for (const door of Object.values(fields(live['doors']))) {
    const its = fields(door);
    traffic = {
      ...traffic,
      published: traffic.published + number(its, 'publishedMessages'),
      publishedBytes: traffic.publishedBytes + number(its, 'publishedBytes'),
      delivered: traffic.delivered + number(its, 'deliveredMessages'),
      deliveredBytes: traffic.deliveredBytes + number(its, 'deliveredBytes'),
      refused: traffic.refused + Object.values(fields(its['refused'])).reduce<number>((sum, one) => sum + (typeof one === 'number' ? one : 0), 0),
      subscriptions: traffic.subscriptions + number(its, 'subscriptions'),
    };
  }
  return {
    name: text(item, 'name'),
    partitions: number(item, 'partitions'),
    durability: text(item, 'durability'),
    retentionSeconds: number(item, 'retentionSeconds'),
    traffic,
  };
}

function fields(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new MalformedAnswer('no object');
  }
  return value as Fields;
}

function number(of: Fields, name: string): number {
  const value = of[name];
  if (typeof value !== 'number') {
    throw new MalformedAnswer(`${name} is no number`);
  }
  return value;
}

function text(of: Fields, name: string): string {
  const value = of[name];
  if (typeof value !== 'string') {
    throw new MalformedAnswer(`${name} is no text`);
  }
  return value;
}
