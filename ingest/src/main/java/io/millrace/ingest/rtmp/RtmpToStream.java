package io.millrace.ingest.rtmp;

import io.millrace.ingest.rtmp.FlvTag.Channels;
import io.millrace.ingest.rtmp.FlvTag.Frame;
import io.millrace.ingest.rtmp.FlvTag.Start;
import io.millrace.ingest.rtmp.FlvTag.Unknown;
import io.millrace.ingest.rtmp.TrackWait.Held;
import io.millrace.media.LanguageTag;
import io.millrace.media.MalformedMediaException;
import io.millrace.media.MediaEvent;
import io.millrace.media.MediaEvent.SampleReady;
import io.millrace.media.MediaEvent.TracksReady;
import io.millrace.media.Sample;
import io.millrace.media.Track;
import io.millrace.media.TrackId;
import io.millrace.media.TrackLabel;
import io.millrace.media.UnsupportedMediaException;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Maps one publisher's audio and video messages to media events: video is track 1, the audio track
 * with the multitrack id n is track 2 + n.
 *
 * <pre>
 *   message --FlvTagReader--> tags --RtmpVideoTrack, RtmpAudioTrack--> samples --TrackWait--> events
 * </pre>
 *
 * <p>The first events wait until the tracks are known. A track is announced anew, before the sample
 * that needs it, when its format has changed for a decoder, and a track that comes later is
 * announced with its first sample. What may be a change of picture and sound waits for a moment
 * ({@link ChangeWait}), since it is to be announced once. A message that is broken is skipped and
 * counted; only when nothing of a kind has been good for seconds the publisher is told to go. Times
 * go out as the encoder set them; the live stream repairs what is wrong with them.
 */
final class RtmpToStream {
  private static final int VIDEO = 1;
  private static final int FIRST_AUDIO = 2;
  private static final int MAX_AUDIO_TRACKS = 8;
  private static final int MAX_BROKEN_MILLIS = 5_000;

  private final long keyFrameWaitMillis;
  private final Consumer<MediaEvent> out;
  private final RtmpTimeline timeline = new RtmpTimeline();
  private final FlvTagReader tags = new FlvTagReader(this::tag);
  private final RtmpTrack.Output output = this::sample;
  private final TrackWait wait;
  private final ChangeWait change = new ChangeWait();
  private final BrokenMessages brokenVideo = new BrokenMessages("video");
  private final BrokenMessages brokenAudio = new BrokenMessages("audio");

  private @Nullable RtmpVideoTrack video;
  private final List<RtmpAudioTrack> audio = new ArrayList<>();

  /** What has been told to readers, in the order of ids; empty until the wait is over. */
  private final SortedMap<TrackId, Track> announced =
      new TreeMap<>(Comparator.comparingInt(TrackId::value));

  /** Of sound, by multitrack ids. */
  private final Map<Integer, LanguageTag> languages = new HashMap<>();

  private long unused;

  // The message that is being read.
  private long timestamp;
  private boolean useless;

  /**
   * @param trackWait how long further tracks are waited for
   * @param keyFrameWait how long the first key frame is waited for
   * @param out takes the events, in order
   */
  RtmpToStream(Duration trackWait, Duration keyFrameWait, Consumer<MediaEvent> out) {
    this.wait = new TrackWait(trackWait.toMillis());
    this.keyFrameWaitMillis = keyFrameWait.toMillis();
    this.out = out;
  }

  /**
   * What the publisher's metadata says will come: shortens the wait, and names the languages of
   * sound that has not been announced; a track keeps what it was announced with.
   */
  void expect(StreamMetadata metadata) {
    wait.expect(metadata);
    languages.putAll(metadata.languages());
    if (announced.isEmpty()) {
      audio.forEach(this::label);
    }
  }

  private void label(RtmpAudioTrack track) {
    LanguageTag language = languages.get(track.multitrackId());
    if (language != null) {
      track.label(TrackLabel.of(language));
    }
  }

  /**
   * Messages that brought nothing that could be used: broken ones, unknown ones, frames before
   * their configuration.
   */
  long skipped() {
    return unused + brokenVideo.count() + brokenAudio.count();
  }

  /**
   * Takes a video message.
   *
   * @param messageTimestamp RTMP's, unsigned 32 bits of milliseconds
   * @throws MalformedMediaException when messages have been broken for too long
   * @throws UnsupportedMediaException when it holds what cannot be carried
   */
  void video(long messageTimestamp, Buffer body) {
    timestamp = messageTimestamp;
    useless = false;
    try {
      tags.video(body);
    } catch (MalformedMediaException e) {
      brokenVideo.broken(messageTimestamp, MAX_BROKEN_MILLIS, words(e));
      return;
    }
    noteUse(brokenVideo);
  }

  /** Takes an audio message; as {@link #video}. */
  void audio(long messageTimestamp, Buffer body) {
    timestamp = messageTimestamp;
    useless = false;
    try {
      tags.audio(body);
    } catch (MalformedMediaException e) {
      brokenAudio.broken(messageTimestamp, MAX_BROKEN_MILLIS, words(e));
      return;
    }
    noteUse(brokenAudio);
  }

  private void noteUse(BrokenMessages broken) {
    if (useless) {
      broken.broken(
          timestamp, keyFrameWaitMillis, "it came before a sequence header or a key frame");
    }
  }

  private static String words(MalformedMediaException e) {
    return Objects.toString(e.getMessage(), "malformed");
  }

  /** The publisher is done: what still waited goes out. */
  void finish() {
    tellChange();
    tellFirst();
  }

  private void tellFirst() {
    List<Held> held = wait.release();
    if (held.isEmpty()) {
      return;
    }
    for (RtmpTrack track : tracks()) {
      Track known = track.track();
      if (known != null) {
        announced.put(known.id(), known);
      }
    }
    for (Held first : held.reversed()) {
      announced.put(first.track().id(), first.track());
    }
    announce();
    for (Held next : held) {
      tell(next.track(), next.sample());
    }
  }

  private void tag(FlvTag tag) {
    switch (tag) {
      case Start(FlvCodec codec, int id, Buffer record) -> trackOf(codec, id).start(codec, record);
      case Frame frame -> {
        RtmpTrack track = trackOf(frame.codec(), frame.track());
        if (!track.frame(timestamp, frame)) {
          useless = true;
        } else if (frame.codec().isVideo()) {
          brokenVideo.good();
        } else {
          brokenAudio.good();
        }
      }
      case Channels(FlvCodec codec, int id, int count) -> {
        if (trackOf(codec, id) instanceof RtmpAudioTrack track) {
          track.channels(count);
        }
      }
      case Unknown _ -> unused++;
    }
  }

  private RtmpTrack trackOf(FlvCodec codec, int id) {
    return codec.isVideo() ? videoTrack(codec, id) : audioTrack(codec, id);
  }

  private RtmpVideoTrack videoTrack(FlvCodec codec, int id) {
    RtmpVideoTrack track = video;
    if (track == null) {
      track =
          new RtmpVideoTrack(new TrackId(VIDEO), id, codec, keyFrameWaitMillis, timeline, output);
      video = track;
    } else if (track.multitrackId() != id) {
      throw new UnsupportedMediaException(
          "a second video track is not supported; set the encoder to send one video track");
    }
    return track;
  }

  private RtmpAudioTrack audioTrack(FlvCodec codec, int id) {
    int place = 0;
    while (place < audio.size() && audio.get(place).multitrackId() < id) {
      place++;
    }
    if (place < audio.size() && audio.get(place).multitrackId() == id) {
      return audio.get(place);
    }
    if (audio.size() == MAX_AUDIO_TRACKS) {
      throw new UnsupportedMediaException(
          "more than " + MAX_AUDIO_TRACKS + " audio tracks are not supported; send fewer");
    }
    TrackId number = new TrackId(FIRST_AUDIO + id);
    RtmpAudioTrack track = new RtmpAudioTrack(number, id, codec, timeline, output);
    label(track);
    audio.add(place, track);
    return track;
  }

  private void sample(RtmpTrack from, long millis, Sample sample) {
    Track track = Objects.requireNonNull(from.track());
    if (announced.isEmpty()) {
      wait.hold(millis, track, sample);
      if (wait.isOver(isKnown(video), knownAudio())) {
        tellFirst();
      }
    } else if (change.isOpen() || isAnotherPicture(track)) {
      change.hold(millis, track, sample);
      if (change.isOver() || hasSoundShownItself()) {
        tellChange();
      }
    } else {
      if (!track.equals(announced.get(track.id()))) {
        takeWhatElseHasChanged(from);
      }
      tell(track, sample);
    }
  }

  private boolean isAnotherPicture(Track track) {
    Track before = announced.get(track.id());
    return track.isVideo()
        && before != null
        && !track.equals(before)
        && !before.format().sameEncoding(track.format());
  }

  /** Whether it is known of all sound if it changes with the picture. */
  private boolean hasSoundShownItself() {
    for (RtmpAudioTrack track : audio) {
      Track known = track.track();
      Track before = known == null ? null : announced.get(known.id());
      if (before != null
          && before.equals(known)
          && track.hasBegun()
          && !track.hasReached(change.fromMillis())) {
        return false;
      }
    }
    return true;
  }

  /** Sound of before the change that came behind the picture goes out in front of it. */
  private void tellChange() {
    List<Held> behind = new ArrayList<>();
    for (Held next : change.release()) {
      if (isOfBefore(next.track())) {
        tell(next.track(), next.sample());
      } else {
        behind.add(next);
      }
    }
    if (!behind.isEmpty()) {
      takeWhatElseHasChanged(video);
    }
    for (Held next : behind) {
      tell(next.track(), next.sample());
    }
  }

  private boolean isOfBefore(Track track) {
    return track.equals(announced.get(track.id()))
        && audio.stream()
            .map(RtmpAudioTrack::track)
            .anyMatch(now -> now != null && now.id().equals(track.id()) && !now.equals(track));
  }

  private void tell(Track track, Sample sample) {
    if (!track.equals(announced.get(track.id()))) {
      announced.put(track.id(), track);
      announce();
    }
    out.accept(new SampleReady(sample));
  }

  /**
   * Whoever changes picture and sound sends both configurations, then samples: told one by one that
   * would be two breaks, and the second would take the key frame away from its pictures.
   */
  private void takeWhatElseHasChanged(@Nullable RtmpTrack but) {
    for (RtmpTrack other : tracks()) {
      Track known = other.track();
      if (other != but && known != null) {
        announced.computeIfPresent(known.id(), (id, before) -> known);
      }
    }
  }

  private void announce() {
    out.accept(new TracksReady(List.copyOf(announced.values())));
  }

  private List<RtmpTrack> tracks() {
    List<RtmpTrack> tracks = new ArrayList<>();
    if (video != null) {
      tracks.add(video);
    }
    tracks.addAll(audio);
    return tracks;
  }

  private static boolean isKnown(@Nullable RtmpTrack track) {
    return track != null && track.track() != null;
  }

  private Set<Integer> knownAudio() {
    Set<Integer> known = new HashSet<>();
    for (RtmpAudioTrack track : audio) {
      if (isKnown(track)) {
        known.add(track.multitrackId());
      }
    }
    return known;
  }
}
