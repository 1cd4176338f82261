/** The addresses of the portal's pages. */

import { isRecordingId } from '../recordings/recording';
import { isStreamName } from '../streams/stream';

export type Route =
  | { readonly page: 'list' }
  | { readonly page: 'watch'; readonly app: string; readonly name: string }
  | { readonly page: 'recording'; readonly id: string }
  | { readonly page: 'topics' }
  | { readonly page: 'nowhere' };

/** Which page a path names. `/watch/{app}/{stream}` only with names that a stream can have. */
export function routeOf(path: string): Route {
  if (path === '/' || path === '/index.html') {
    return { page: 'list' };
  }
  if (path === '/topics' || path === '/topics/') {
    return { page: 'topics' };
  }
  const [, id] = /^\/recordings\/([^/]+)\/?$/.exec(path) ?? [];
  if (id !== undefined && isRecordingId(id)) {
    return { page: 'recording', id };
  }
  const [, app, name] = /^\/watch\/([^/]+)\/([^/]+)\/?$/.exec(path) ?? [];
  if (app === undefined || name === undefined) {
    return { page: 'nowhere' };
  }
  const decoded = decode(name);
  return decoded !== undefined && isStreamName(app, decoded)
    ? { page: 'watch', app, name: decoded }
    : { page: 'nowhere' };
}

/** The path of a stream's page. */
export function watchPath(stream: { readonly app: string; readonly name: string }): string {
  return `/watch/${stream.app}/${stream.name}`;
}

/** The path of a recording's page. */
export function recordingPath(id: string): string {
  return `/recordings/${id}`;
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
