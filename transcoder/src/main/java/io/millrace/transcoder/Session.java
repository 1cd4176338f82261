package io.millrace.transcoder;

import io.millrace.transcoding.protocol.Frame;
import io.millrace.transcoding.protocol.RungWish;
import io.millrace.transcoding.protocol.WireSample;
import io.millrace.transcoding.protocol.WireTrack;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One stream: takes the server's frames in their order, decodes in the thread that brings them, and
 * says after each sample that it is done with it. Where the rungs are slow, the thread waits for
 * them, and so does what is in the connection.
 */
final class Session {
  /** So many access units with a key frame among them, and no picture: there will be none. */
  private static final int HOPELESS = 120;

  private final ServerLink link;
  private final List<EncoderKind> working;

  private Frame.@Nullable Open open;
  private @Nullable Stills stills;
  private @Nullable PicturePath pictures;
  private @Nullable WireTrack pictureTrack;
  private List<RungWish> pictureRungs = List.of();
  private final Map<Integer, SoundPath> sounds = new HashMap<>();
  private Set<Integer> made = Set.of();
  private boolean refused;

  private long taken;
  private long skipped;
  private long pictureSamples;
  private boolean sawKey;

  Session(ServerLink link, List<EncoderKind> working) {
    this.link = link;
    this.working = working;
  }

  /** The next frame. */
  void accept(Frame frame) {
    switch (frame) {
      case Frame.Hello hello -> greet(hello);
      case Frame.Open opened -> {
        open = opened;
        stills = new Stills(opened.stills(), link);
      }
      case Frame.Tracks(var next, var rungs) -> tracks(opened(), next, rungs);
      case Frame.SourceSample(var sample, boolean startsSegment) -> sample(sample, startsSegment);
      case Frame.Break(long mediaNanos) -> breakAt(mediaNanos);
      case Frame.KeyFrame key -> link.send(SinglePicture.of(key));
      case Frame.Tile tile -> link.send(SheetTile.of(tile));
      case Frame.Sheet sheet -> link.send(SheetTile.joined(sheet));
      case Frame.OpenFile(String path) -> FileRun.read(Path.of(path), link::send);
      case Frame.End() -> {
        stop();
        link.send(new Frame.Ended());
      }
      case Frame.Taken _,
          Frame.RungTracks _,
          Frame.RungSample _,
          Frame.RungBreak _,
          Frame.Still _,
          Frame.Refused _,
          Frame.Ended _,
          Frame.FileTracks _,
          Frame.FileSample _ ->
          throw new NativeFailure("the server says what only a transcoder does");
    }
  }

  private static void greet(Frame.Hello hello) {
    if (hello.version() != Frame.VERSION) {
      throw new NativeFailure(
          "the server speaks version " + hello.version() + ", this program " + Frame.VERSION);
    }
  }

  private Frame.Open opened() {
    if (open == null) {
      throw new NativeFailure("tracks before the opening");
    }
    return open;
  }

  private void tracks(Frame.Open how, List<WireTrack> next, List<RungWish> rungs) {
    refused = false;
    try {
      pictures(how, next, rungs.stream().filter(rung -> !rung.isAudio()).toList());
      sounds(how, next, rungs.stream().filter(RungWish::isAudio).toList());
      Set<Integer> now = rungs.stream().map(RungWish::number).collect(Collectors.toSet());
      made.stream()
          .filter(number -> !now.contains(number))
          .forEach(number -> link.send(new Frame.RungTracks(number, "", List.of())));
      made = now;
    } catch (NativeFailure e) {
      refuse(String.valueOf(e.getMessage()));
    }
  }

  private void refuse(String reason) {
    refused = true;
    stop();
    link.send(new Frame.Refused(reason));
  }

  private void pictures(Frame.Open how, List<WireTrack> next, List<RungWish> rungs) {
    WireTrack track = next.stream().filter(one -> one.codec().isVideo()).findFirst().orElse(null);
    boolean wanted = track != null && !rungs.isEmpty();
    boolean goesOn =
        track != null
            && wanted
            && pictures != null
            && pictureTrack != null
            && rungs.equals(pictureRungs)
            && track.timescale() == pictureTrack.timescale()
            && track.id() == pictureTrack.id();
    if (pictures != null && !goesOn) {
      pictures.stop();
      pictures = null;
    }
    if (track != null && wanted) {
      if (pictures == null) {
        Stills made = stills == null ? new Stills(List.of(), link) : stills;
        var common = new RungEncoder.Common(track, encoders(how), how.latency(), link);
        pictures = new PicturePath(common, rungs, how.segmentNanos(), made);
      } else if (!track.equals(pictureTrack)) {
        pictures.reopen(track);
      }
      pictureSamples = 0;
      sawKey = false;
    }
    pictureTrack = track;
    pictureRungs = rungs;
  }

  private List<EncoderKind> encoders(Frame.Open how) {
    List<EncoderKind> wanted = new ArrayList<>();
    for (String word : how.encoders()) {
      EncoderKind.of(word).filter(working::contains).ifPresent(wanted::add);
    }
    if (wanted.isEmpty()) {
      throw new NativeFailure(
          "none of the encoders that are configured works here: "
              + String.join(", ", how.encoders()));
    }
    return wanted;
  }

  private void sounds(Frame.Open how, List<WireTrack> next, List<RungWish> rungs) {
    Map<Integer, SoundPath> kept = new HashMap<>();
    for (WireTrack track : next) {
      if (!track.codec().isVideo() && !rungs.isEmpty()) {
        SoundPath known = sounds.remove(track.id());
        if (known != null && known.track().timescale() == track.timescale()) {
          if (!known.track().equals(track)) {
            known.reopen(track);
          }
          kept.put(track.id(), known);
        } else {
          if (known != null) {
            known.stop();
          }
          kept.put(track.id(), new SoundPath(track, rungs.getFirst(), how.loudness(), link));
        }
      }
    }
    sounds.values().forEach(SoundPath::stop);
    sounds.clear();
    sounds.putAll(kept);
  }

  private void sample(WireSample sample, boolean startsSegment) {
    if (!refused && !decoded(sample, startsSegment)) {
      skipped++;
    }
    taken++;
    link.send(new Frame.Taken(taken, skipped));
  }

  private boolean decoded(WireSample sample, boolean startsSegment) {
    if (pictures != null && pictureTrack != null && sample.track() == pictureTrack.id()) {
      boolean good = pictures.sample(sample, startsSegment);
      pictureSamples++;
      sawKey |= sample.sync();
      if (pictureSamples == HOPELESS && sawKey && pictures.pictures() == 0) {
        refuse(
            "%d access units of %s, key frames among them, and no picture could be decoded"
                .formatted(HOPELESS, pictureTrack.codec()));
      }
      return good;
    }
    SoundPath sound = sounds.get(sample.track());
    return sound == null || sound.sample(sample);
  }

  private void breakAt(long mediaNanos) {
    if (pictures != null) {
      pictures.breakAt(mediaNanos);
    }
    if (!sounds.isEmpty()) {
      sounds.values().forEach(SoundPath::breakOff);
      link.send(new Frame.RungBreak(soundRung(), mediaNanos));
    }
  }

  private int soundRung() {
    return sounds.values().iterator().next().rung();
  }

  private void stop() {
    if (pictures != null) {
      pictures.stop();
      pictures = null;
    }
    sounds.values().forEach(SoundPath::stop);
    sounds.clear();
  }
}
