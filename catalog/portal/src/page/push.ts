/** How to push a stream to this server, as broadcasters' programs want it. */

export interface PushRecipe {
  /** OBS: Settings, Stream, Custom. */
  readonly obsServer: string;
  readonly obsKey: string;
  readonly ffmpeg: string;
  readonly address: string;
}

/** `host` is the host name the page was loaded from; RTMP is on its standard port. */
export function pushRecipe(host: string): PushRecipe {
  const server = `rtmp://${host}/live`;
  const key = 'demo?key=YOUR_KEY';
  return {
    obsServer: server,
    obsKey: key,
    address: `${server}/${key}`,
    ffmpeg: `ffmpeg -re -i video.mp4 -c:v libx264 -preset veryfast -g 60 -c:a aac -f flv "${server}/${key}"`,
  };
}
