package io.millrace.validator.ts;

import io.millrace.validator.Rule;
import io.millrace.validator.codec.Aac;
import io.millrace.validator.codec.Ac3;
import io.millrace.validator.codec.Avc;
import io.millrace.validator.codec.Hevc;
import io.millrace.validator.codec.NalUnits;
import io.millrace.validator.media.Access;
import io.millrace.validator.media.Flaws;
import io.millrace.validator.media.MalformedFileException;
import io.millrace.validator.media.MediaSample;
import io.millrace.validator.media.TrackFormat;
import io.millrace.validator.media.TrackMedia;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One elementary stream of one segment: PES packets (2.4.3.6) and the access units in them. A
 * picture is expected to fill one PES packet; sound frames may go on in the next.
 */
final class TsTrack {
  static final int AVC = 0x1B;
  static final int HEVC = 0x24;
  static final int ADTS = 0x0F;
  static final int AC3 = 0x81;
  static final int EAC3 = 0x87;

  private static final long TIMESCALE = 90_000;
  private static final int PCR_TICKS = 300;
  private static final int PES_HEADER = 9;

  private final int pid;
  private final int type;
  private final WrappingClock clock;
  private final Flaws flaws;
  private final long usualDuration;
  private final List<MediaSample> samples = new ArrayList<>();
  private final ByteArrayOutputStream pes = new ByteArrayOutputStream();
  private TrackFormat format;
  private boolean started;
  private int pesOffset;
  private long pcrAtStart = -1;
  private byte[] rest = new byte[0];
  private long nextFrame;
  private boolean parameterSets;

  /**
   * @param type the stream type of the PMT
   * @param clock of the PID, over all segments
   * @param before the format that it had in the segment before
   * @param usualDuration how long an access unit lasts where the segment has only one; 0 when that
   *     is not known
   */
  TsTrack(
      int pid,
      int type,
      WrappingClock clock,
      Optional<TrackFormat> before,
      long usualDuration,
      Flaws flaws) {
    this.usualDuration = usualDuration;
    this.pid = pid;
    this.type = type;
    this.clock = clock;
    this.flaws = flaws;
    this.format = before.orElseGet(() -> TrackFormat.other("stream type 0x%02x".formatted(type)));
  }

  /**
   * @param pcr the last one before this packet, in 27 MHz ticks; negative when there was none
   */
  void accept(TsPacket packet, byte[] bytes, long pcr) {
    if (packet.unitStart()) {
      finishPes();
      started = true;
      pesOffset = packet.offset();
      pcrAtStart = pcr;
    } else if (!started) {
      flaws.add(Rule.F7, "byte " + packet.offset(), "PID " + pid + " starts within a PES packet");
      started = true;
      pesOffset = packet.offset();
    }
    pes.write(bytes, packet.payload(), packet.end() - packet.payload());
  }

  TrackMedia finish() {
    finishPes();
    if (rest.length > 0) {
      flaws.add(Rule.F9, path(), "PID " + pid + " ends within a frame");
    }
    List<MediaSample> timed = new ArrayList<>();
    long duration = usualDuration;
    for (int i = 0; i < samples.size(); i++) {
      MediaSample sample = samples.get(i);
      if (i + 1 < samples.size()) {
        duration = samples.get(i + 1).dts() - sample.dts();
      } else if (sample.duration() > 0) {
        duration = sample.duration();
      }
      timed.add(
          new MediaSample(
              sample.dts(), sample.pts(), duration, sample.size(), sample.sync(), sample.access()));
    }
    return new TrackMedia(pid, format, TIMESCALE, false, timed);
  }

  private void finishPes() {
    byte[] bytes = pes.toByteArray();
    pes.reset();
    if (!started || bytes.length == 0) {
      return;
    }
    if (bytes.length < PES_HEADER || bytes[0] != 0 || bytes[1] != 0 || bytes[2] != 1) {
      flaws.add(Rule.F7, path(), "PID " + pid + ": no PES header");
      return;
    }
    int length = (bytes[4] & 0xFF) << 8 | (bytes[5] & 0xFF);
    int end = length == 0 ? bytes.length : 6 + length;
    if (end > bytes.length) {
      flaws.add(Rule.F7, path(), "the PES packet is cut by " + (end - bytes.length) + " bytes");
      end = bytes.length;
    } else if (end < bytes.length) {
      flaws.add(Rule.F7, path(), (bytes.length - end) + " bytes behind the PES packet");
    }
    int flags = bytes[7] >> 6 & 3;
    int payload = PES_HEADER + (bytes[8] & 0xFF);
    if (payload > end || payload < PES_HEADER + (flags == 3 ? 10 : flags == 2 ? 5 : 0)) {
      flaws.add(Rule.F7, path(), "the PES header doesn't fit");
      return;
    }
    Long pts = flags >= 2 ? Long.valueOf(timestamp(bytes, 9, flags)) : null;
    Long dts = flags == 3 ? Long.valueOf(timestamp(bytes, 14, 1)) : pts;
    units(bytes, payload, end, pts, dts);
  }

  private void units(byte[] bytes, int from, int to, @Nullable Long pts, @Nullable Long dts) {
    try {
      switch (type) {
        case AVC, HEVC -> picture(bytes, from, to, pts, dts);
        case ADTS, AC3, EAC3 -> sound(bytes, from, to, pts);
        default -> {}
      }
    } catch (MalformedFileException e) {
      flaws.add(type == AVC || type == HEVC ? Rule.F8 : Rule.F9, path(), e.words());
      rest = new byte[0];
    }
  }

  private void picture(byte[] bytes, int from, int to, @Nullable Long pts, @Nullable Long dts) {
    if (pts == null || dts == null) {
      flaws.add(Rule.F7, path(), "a picture without PTS");
      return;
    }
    List<byte[]> nals = NalUnits.byteStream(bytes, from, to);
    boolean avc = type == AVC;
    if (nals.isEmpty() || type(nals.getFirst()) != (avc ? Avc.AUD : Hevc.AUD)) {
      flaws.add(Rule.F8, path(), "no access unit delimiter first");
    }
    Access access = avc ? Avc.access(nals) : Hevc.access(nals);
    boolean sets = true;
    for (int wanted :
        avc ? new int[] {Avc.SPS, Avc.PPS} : new int[] {Hevc.VPS, Hevc.SPS, Hevc.PPS}) {
      boolean there = nals.stream().anyMatch(nal -> type(nal) == wanted);
      sets &= there;
      if (!there && access == Access.KEY) {
        flaws.add(Rule.F8, path(), "a key frame without NAL unit type " + wanted);
      }
    }
    if (sets) {
      parameterSets = true;
    } else if (!parameterSets && samples.isEmpty()) {
      flaws.add(Rule.F8, path(), "the first picture has no parameter sets");
    }
    for (byte[] nal : nals) {
      if (type(nal) == (avc ? Avc.SPS : Hevc.SPS)) {
        format = avc ? Avc.format(nal) : Hevc.format(nal);
      }
    }
    long decode = clock.advance(dts);
    long shown = clock.near(pts);
    if (shown < decode) {
      flaws.add(Rule.F7, path(), "PTS is " + (decode - shown) + " before DTS");
    }
    order(decode);
    samples.add(new MediaSample(decode, shown, 0, to - from, access != Access.NONE, access));
  }

  private int type(byte[] nal) {
    return type == AVC ? Avc.type(nal) : Hevc.type(nal);
  }

  private void sound(byte[] bytes, int from, int to, @Nullable Long pts) {
    byte[] data = new byte[rest.length + to - from];
    System.arraycopy(rest, 0, data, 0, rest.length);
    System.arraycopy(bytes, from, data, rest.length, to - from);
    int fresh = rest.length;
    int at = 0;
    boolean stamped = false;
    while (at < data.length) {
      if (data.length - at < 7) {
        break;
      }
      long samplesInFrame;
      int length;
      TrackFormat found;
      if (type == ADTS) {
        Aac.Adts frame = Aac.adts(data, at, data.length);
        length = frame.length();
        found = frame.format();
        samplesInFrame = Aac.SAMPLES_A_FRAME;
      } else {
        Ac3.Frame frame = Ac3.frame(data, at, data.length);
        length = frame.length();
        found = frame.format();
        samplesInFrame = frame.samples();
      }
      if (at + length > data.length) {
        break;
      }
      if (at >= fresh && !stamped) {
        stamped = true;
        if (pts != null) {
          nextFrame = clock.advance(pts);
          order(nextFrame);
        } else if (samples.isEmpty()) {
          flaws.add(Rule.F7, path(), "sound without PTS");
        }
      }
      format = found;
      long duration = samplesInFrame * TIMESCALE / Math.max(1, found.sampleRate());
      samples.add(new MediaSample(nextFrame, nextFrame, duration, length, true, Access.KEY));
      nextFrame += duration;
      at += length;
    }
    rest = java.util.Arrays.copyOfRange(data, at, data.length);
  }

  /** F7: decode times rise, and are not before the clock. */
  private void order(long dts) {
    if (!samples.isEmpty() && dts <= samples.getLast().dts()) {
      flaws.add(
          Rule.F7,
          path(),
          "PID %d: DTS %d comes after %d".formatted(pid, dts, samples.getLast().dts()));
    }
    if (pcrAtStart >= 0) {
      long clockTicks = Math.floorMod(pcrAtStart, WrappingClock.PCR) / PCR_TICKS;
      long ahead = Math.floorMod(dts - clockTicks, WrappingClock.PES);
      if (ahead > WrappingClock.PES / 2) {
        flaws.add(
            Rule.F7,
            path(),
            "PID %d: DTS is %d ticks before the PCR".formatted(pid, WrappingClock.PES - ahead));
      }
    }
  }

  private long timestamp(byte[] bytes, int at, int prefix) {
    if ((bytes[at] >> 4 & 0xF) != prefix
        || (bytes[at] & 1) == 0
        || (bytes[at + 2] & 1) == 0
        || (bytes[at + 4] & 1) == 0) {
      flaws.add(Rule.F7, path(), "a timestamp's marker bits are wrong");
    }
    return (bytes[at] & 0xEL) << 29
        | (bytes[at + 1] & 0xFFL) << 22
        | (bytes[at + 2] & 0xFEL) << 14
        | (bytes[at + 3] & 0xFFL) << 7
        | (bytes[at + 4] & 0xFEL) >> 1;
  }

  private String path() {
    return "byte " + pesOffset;
  }
}
