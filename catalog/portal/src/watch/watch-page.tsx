/** The page of one stream: the player, and what is known about the stream. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { HealthSection } from '../health/health-section';
import { EyeIcon } from '../page/icons';
import { announce } from '../page/announce';
import { Link } from '../page/navigation';
import { useTitle } from '../page/shell';
import { TimeOnAir } from '../page/time';
import { viewers } from '../page/words';
import { Details } from './details';
import { badgeFor, noticeFor } from './notice';
import { initial } from './playback';
import { Player } from './player';
import { WatchSession, type Watching } from './session';

export function WatchPage({ app, name }: { readonly app: string; readonly name: string }) {
  const video = useRef<HTMLVideoElement>(null);
  const [session, setSession] = useState<WatchSession>();
  const [watching, setWatching] = useState<Watching>({ playback: initial, stream: undefined });
  const { playback, stream } = watching;
  const title = stream?.title ?? name;
  const notice = noticeFor(watching);
  const badge = badgeFor(watching);
  useTitle(title);

  useEffect(() => {
    if (!video.current) {
      return undefined;
    }
    const opened = new WatchSession(video.current, app, name, setWatching);
    setSession(opened);
    return () => opened.close();
  }, [app, name]);

  const news = notice ? `${notice.title}. ${notice.text}` : 'Playing';
  useEffect(() => announce(news), [news]);

  const onAir = playback.said === 'live' || playback.said === 'starting' || playback.said === 'interrupted';
  // How it ended is asked for when it has.
  const known = playback.said !== undefined && playback.said !== 'unknown';
  return (
    <div class="watch-page">
      <p class="way-back"><Link href="/">← All live streams</Link></p>
      <Player video={video} session={session} watching={watching} notice={notice} title={title} />
      <div class="about">
        <h1 tabIndex={-1}>{title}</h1>
        <p class="about-line">
          <span class={`badge ${badge.look}`} id="state-badge">{badge.text}</span>
          {onAir && stream && <span class="about-item" id="viewers"><EyeIcon />{viewers(stream.viewers)}</span>}
          {onAir && stream?.startedAt !== undefined && (
            <span class="about-item" id="time-on-air"><span aria-hidden="true">on air</span><TimeOnAir since={stream.startedAt} /></span>
          )}
          <span class="about-item about-name">{app}/{name}</span>
        </p>
      </div>
      <Details video={video} session={session} stream={stream} />
      {known && <HealthSection app={app} name={name} />}
    </div>
  );
}
