/** The newest picture of a stream. */

import { useEffect, useRef, useState } from 'preact/hooks';

const RENEW_MILLIS = 10_000;

/** By its name. */
function isImage(address: string): boolean {
  return /\.jpg(\?|$)/.test(address);
}

/**
 * Shows a JPEG or, where the server makes none, a one-picture MP4, renewed while it is on the screen. The number in the address is the same for every viewer in
 * the same ten seconds, so that caches answer. A newer picture lies over the older one until it has loaded, so nothing flickers;
 * under both is a tile with the stream's initial.
 */
export function Still({ src, name }: { readonly src: string | undefined; readonly name: string }) {
  const box = useRef<HTMLDivElement>(null);
  const [turns, setTurns] = useState<readonly number[]>([]);

  useEffect(() => {
    if (!box.current || src === undefined) {
      return undefined;
    }
    let inView = false;
    const renew = () => {
      if (inView && !document.hidden) {
        const turn = Math.floor(Date.now() / RENEW_MILLIS);
        setTurns((shown) => (shown.includes(turn) ? shown : [...shown, turn].slice(-2)));
      }
    };
    const watcher = new IntersectionObserver(([entry]) => {
      inView = entry?.isIntersecting ?? false;
      renew();
    }, { rootMargin: '200px' });
    watcher.observe(box.current);
    const timer = setInterval(renew, RENEW_MILLIS);
    document.addEventListener('visibilitychange', renew);
    return () => {
      watcher.disconnect();
      clearInterval(timer);
      document.removeEventListener('visibilitychange', renew);
    };
  }, [src]);

  return (
    <div class="still" ref={box} aria-hidden="true">
      <span class="still-tile">{[...name][0]?.toUpperCase()}</span>
      {src !== undefined && turns.map((turn) => {
        const address = `${src}${src.includes('?') ? '&' : '?'}t=${turn}`;
        const failed = () => setTurns((shown) => shown.filter((other) => other !== turn));
        return isImage(src) ? (
          <img key={turn} src={address} alt="" decoding="async" onError={failed} />
        ) : (
          <video
            key={turn}
            // The fragment makes Safari on phones draw the picture without playing.
            src={`${address}#t=0.001`}
            muted playsInline preload="auto" tabIndex={-1} aria-hidden="true" disablePictureInPicture
            onError={failed}
          />
        );
      })}
    </div>
  );
}
