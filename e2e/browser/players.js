// In the page: plays a stream with one player, and says twice a second what it has seen so far.
/* global Hls, shaka */

const TICK_MILLIS = 50;
const TELL_MILLIS = 500;

/** Below this a picture that stands still is one late frame or two. */
const STANDSTILL_MILLIS = 250;

/** Before it has played so much, a player moves to where it wants to begin. */
const PLAYED_SECONDS = 0.1;

const ENGINES = {
  'hls.js': {
    load(video, address, seen) {
      const hls = new Hls();
      hls.on(Hls.Events.ERROR, (_, data) => {
        const words = `${data.type} ${data.details} ${data.error?.message ?? data.reason ?? ''}`.trim();
        (data.fatal ? seen.problems : seen.errors).push(words);
      });
      // As the browser's own menu does.
      hls.on(Hls.Events.FRAG_BUFFERED, () => {
        const text = [...video.textTracks].find((track) => track.kind === 'subtitles');
        if (text && text.mode !== 'showing') text.mode = 'showing';
      });
      hls.loadSource(address);
      hls.attachMedia(video);
      return {
        date: () => hls.playingDate?.getTime(),
        tallest: () => Math.max(...hls.levels.map(({ height }) => height)),
        toLive: () => {
          video.currentTime = hls.liveSyncPosition;
        },
        stayWith: (lines) => {
          const hold = () => {
            const level = hls.levels.findIndex(({ height }) => height === lines);
            if (level >= 0) hls.currentLevel = level;
          };
          hls.on(Hls.Events.MANIFEST_PARSED, hold);
          hold();
        },
      };
    },
  },
  shaka: {
    load(video, address, seen, settings) {
      shaka.polyfill.installAll();
      const player = new shaka.Player();
      if (address.includes('low-latency.mpd')) player.configure('streaming.lowLatencyMode', true);
      player.configure(settings);
      const { SEGMENT_MISSING, BAD_HTTP_STATUS, HTTP_ERROR, TIMEOUT } = shaka.util.Error.Code;
      const RETRIED = [BAD_HTTP_STATUS, HTTP_ERROR, TIMEOUT];
      const failed = (error) => {
        const words = `${error.code} ${error.data?.map(String).join(' ') ?? error}`;
        // It tells of an error before its callback is asked, so what that gets over is critical still.
        const goesOn = error.code === SEGMENT_MISSING || (player.isLive() && RETRIED.includes(error.code));
        const fatal = error.severity === shaka.util.Error.Severity.CRITICAL && !goesOn;
        (fatal ? seen.problems : seen.errors).push(words);
      };
      // By itself Shaka gives up a live stream whose newest segment is a gap; a page has to tell it to go on.
      // The rest is what its own callback does in a live stream: a hinted part that turns out to be a gap is a 404.
      player.configure('streaming.failureCallback', (error) => {
        if (error.code === SEGMENT_MISSING) player.retryStreaming(1);
        if (player.isLive() && RETRIED.includes(error.code)) {
          error.severity = shaka.util.Error.Severity.RECOVERABLE;
          player.retryStreaming();
        }
      });
      player.addEventListener('error', (event) => failed(event.detail));
      player
        .attach(video)
        .then(() => player.load(address))
        .then(() => {
          const captions = player.getTextTracks().find((track) => track.mimeType === 'application/cea-708');
          if (captions) player.selectTextTrack(captions);
        })
        .catch(failed);
      return {
        date: () => player.getPlayheadTimeAsDate()?.getTime(),
        tallest: () => Math.max(...player.getVariantTracks().map(({ height }) => height)),
        toLive: () => player.goToLive(),
        stayWith: (lines) => player.configure({ abr: { restrictions: { minHeight: lines, maxHeight: lines } } }),
      };
    },
  },
};

/**
 * Plays until the end of the page. `tell` gets the player's name, the stream and what was seen so far. `settings` are Shaka Player's.
 *
 * @returns the element, what was seen (it changes), and what can be done
 */
window.play = (engine, stream, address, settings = {}) => {
  const video = document.createElement('video');
  video.muted = true;
  video.autoplay = true;
  document.body.append(video);
  const seen = {
    player: engine,
    stream,
    // Seconds of the player's timeline; the encoder's wall clock in milliseconds.
    time: 0,
    date: 0,
    // Milliseconds between that and this machine's clock.
    behind: 0,
    // Every picture size, in order, with the time at which it was first seen.
    sizes: [],
    // Stretches without progress between the first picture and the end.
    standstills: [],
    // Where the time went ahead by more than has passed.
    jumps: [],
    // Holes between buffered stretches that the player has passed.
    holes: [],
    ended: false,
    frames: 0,
    dropped: 0,
    // Cues of the text that the player shows: of hls.js the first text, of Shaka what it reads out of the picture itself.
    cues: [],
    // What ends a player, and what it got over by itself.
    problems: [],
    errors: [],
  };
  const control = ENGINES[engine].load(video, address, seen, settings);
  let last = { time: 0, at: performance.now(), hasPicture: false };
  let played = 0;
  setInterval(() => {
    const at = performance.now();
    const time = video.currentTime;
    const advanced = time - last.time;
    if (video.ended || advanced > 0) {
      const still = at - last.at;
      if (played > 0 && still > STANDSTILL_MILLIS && !seen.ended) {
        seen.standstills.push({ time: last.time, millis: Math.round(still) });
      }
      const jumped = advanced > still / 1000 + 0.3;
      if (jumped && played >= PLAYED_SECONDS) {
        seen.jumps.push({ from: last.time, to: time });
      }
      // Not as `video.played` has it: Chromium goes to the start of what can be sought (Shaka sets that) before there is a picture,
      // and counts what it has leapt over as played.
      if (!jumped && last.hasPicture) played += advanced;
      last = { time, at, hasPicture: video.readyState >= video.HAVE_CURRENT_DATA };
      seen.time = time;
    }
    seen.date = control.date() || 0;
    seen.behind = seen.date === 0 ? 0 : Date.now() - seen.date;
    seen.ended = video.ended;
    const size = seen.sizes.at(-1);
    if (video.videoWidth > 0 && (size?.width !== video.videoWidth || size?.height !== video.videoHeight)) {
      seen.sizes.push({ width: video.videoWidth, height: video.videoHeight, time });
    }
    for (let i = 1; i < video.buffered.length; i++) {
      const hole = { from: video.buffered.end(i - 1), to: video.buffered.start(i) };
      if (hole.to <= time && !seen.holes.some((known) => Math.abs(known.from - hole.from) < 0.1)) {
        seen.holes.push(hole);
      }
    }
    for (const track of video.textTracks) {
      for (const { startTime, endTime, text } of (track.mode === 'showing' && track.cues) || []) {
        if (!seen.cues.some((cue) => cue.from === startTime && cue.to === endTime && cue.text === text)) {
          seen.cues.push({ from: startTime, to: endTime, text });
        }
      }
    }
    const quality = video.getVideoPlaybackQuality();
    seen.frames = quality.totalVideoFrames;
    seen.dropped = quality.droppedVideoFrames;
    if (video.error && !seen.problems.includes(video.error.message)) {
      seen.problems.push(video.error.message);
    }
  }, TICK_MILLIS);
  setInterval(() => window.tell(JSON.stringify(seen)), TELL_MILLIS);
  return {
    video,
    seen,
    control: {
      ...control,
      canGoBack: (seconds) => video.seekable.length > 0 && video.currentTime - video.seekable.start(0) > seconds,
      goBack: (seconds) => {
        video.currentTime -= seconds;
      },
    },
  };
};
