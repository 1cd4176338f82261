/** Numbers as people read them. */

/** Time on air as a clock: `0:07`, `12:34`, `3:05:09`, and from a day on `2 d 03:05`. A clock set wrong never shows less than zero. */
export function clock(millis: number): string {
  const seconds = Math.max(0, Math.floor(millis / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60) % 60;
  const hours = Math.floor(seconds / 3600) % 24;
  const days = Math.floor(seconds / 86_400);
  if (days > 0) {
    return `${days} d ${two(hours)}:${two(minutes)}`;
  }
  const rest = two(seconds % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}

/** The same to be spoken, in whole minutes: `less than a minute`, `1 hour 5 minutes`, `2 days 3 hours`. */
export function spoken(millis: number): string {
  const minutes = Math.max(0, Math.floor(millis / 60_000));
  const many = (value: number, unit: string) => (value === 0 ? '' : `${value} ${unit}${value === 1 ? '' : 's'}`);
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor(minutes / 60) % 24;
  const parts = days > 0 ? [many(days, 'day'), many(hours, 'hour')] : [many(hours, 'hour'), many(minutes % 60, 'minute')];
  return parts.filter((part) => part !== '').join(' ') || 'less than a minute';
}

/** `no viewers`, `1 viewer`, `1,204 viewers`. */
export function viewers(count: number): string {
  return count === 0 ? 'no viewers' : `${count.toLocaleString('en')} viewer${count === 1 ? '' : 's'}`;
}

/** Bits per second as `850 kbit/s` or `4.2 Mbit/s`. */
export function bitrate(bitsPerSecond: number): string {
  return bitsPerSecond < 1e6 ? `${Math.round(bitsPerSecond / 1e3)} kbit/s` : `${(bitsPerSecond / 1e6).toFixed(1)} Mbit/s`;
}

/** The family name of a codec string: `avc1.64001f` is H.264. Unknown ones are shown as they are. */
export function codecName(codec: string): string {
  const families: Readonly<Record<string, string>> = {
    avc1: 'H.264', avc3: 'H.264', hvc1: 'H.265', hev1: 'H.265', av01: 'AV1', vp09: 'VP9', mp4a: 'AAC', opus: 'Opus',
    'ac-3': 'AC-3', 'ec-3': 'E-AC-3', flac: 'FLAC',
  };
  return families[codec.split('.')[0]?.toLowerCase() ?? ''] ?? codec;
}

/** Of all tracks; what several of them have is counted: `H.264, 2 × AAC`. */
export function codecNames(codecs: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const name of codecs.map(codecName)) {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => (count === 1 ? name : `${count} × ${name}`));
}
