package io.millrace.packager.clip;

import io.millrace.media.MalformedMediaException;
import java.util.Arrays;
import java.util.List;

/**
 * Where a track's samples are and when (ISO/IEC 14496-12 8.6, 8.7).
 *
 * @param dts in the track's timescale, from 0
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared; a list of boxed numbers is too big.
record SampleTable(
    long[] offsets, int[] sizes, long[] dts, int[] compositionOffsets, boolean[] sync) {
  private static final int MAX_SAMPLES = 4_000_000;
  private static final int MAX_SAMPLE = 32 << 20;

  int count() {
    return sizes.length;
  }

  /**
   * Reads the boxes inside an {@code stbl}.
   *
   * @throws MalformedMediaException when they don't fit together
   */
  static SampleTable read(BoxReader stbl, List<BoxReader> boxes, long fileSize) {
    int[] sizes = sizes(stbl.only(boxes, "stsz"));
    long[] dts = decodingTimes(stbl.only(boxes, "stts"), sizes.length);
    int[] composition =
        BoxReader.find(boxes, "ctts")
            .map(box -> compositionOffsets(box, sizes.length))
            .orElseGet(() -> new int[sizes.length]);
    boolean[] sync =
        BoxReader.find(boxes, "stss")
            .map(box -> syncSamples(box, sizes.length))
            .orElseGet(
                () -> {
                  boolean[] all = new boolean[sizes.length];
                  Arrays.fill(all, true);
                  return all;
                });
    long[] chunks =
        BoxReader.find(boxes, "stco")
            .map(box -> chunks(box, false))
            .orElseGet(() -> chunks(stbl.only(boxes, "co64"), true));
    long[] offsets = offsets(stbl.only(boxes, "stsc"), chunks, sizes);
    for (int i = 0; i < offsets.length; i++) {
      if (offsets[i] + sizes[i] > fileSize) {
        throw stbl.malformed("sample " + (i + 1) + " lies behind the file's end");
      }
    }
    return new SampleTable(offsets, sizes, dts, composition, sync);
  }

  private static int[] sizes(BoxReader stsz) {
    stsz.skip(4);
    long uniform = stsz.u32();
    if (uniform != 0) {
      long count = stsz.u32();
      if (count > MAX_SAMPLES || uniform > MAX_SAMPLE) {
        throw stsz.malformed(count + " samples of " + uniform + " bytes");
      }
      int[] sizes = new int[(int) count];
      Arrays.fill(sizes, (int) uniform);
      return sizes;
    }
    int[] sizes = new int[checked(stsz, stsz.entries(4))];
    for (int i = 0; i < sizes.length; i++) {
      long size = stsz.u32();
      if (size > MAX_SAMPLE) {
        throw stsz.malformed("sample of " + size + " bytes");
      }
      sizes[i] = (int) size;
    }
    return sizes;
  }

  private static int checked(BoxReader box, int count) {
    if (count > MAX_SAMPLES) {
      throw box.malformed(count + " samples");
    }
    return count;
  }

  private static long[] decodingTimes(BoxReader stts, int samples) {
    stts.skip(4);
    int entries = stts.entries(8);
    long[] times = new long[samples];
    int at = 0;
    long time = 0;
    for (int i = 0; i < entries; i++) {
      long count = stts.u32();
      long delta = stts.u32();
      for (long j = 0; j < count && at < samples; j++) {
        times[at++] = time;
        time += delta;
      }
    }
    if (at < samples) {
      throw stts.malformed("has times for " + at + " of " + samples + " samples");
    }
    return times;
  }

  private static int[] compositionOffsets(BoxReader ctts, int samples) {
    ctts.skip(4);
    int entries = ctts.entries(8);
    int[] offsets = new int[samples];
    int at = 0;
    for (int i = 0; i < entries; i++) {
      long count = ctts.u32();
      int offset = ctts.i32();
      for (long j = 0; j < count && at < samples; j++) {
        offsets[at++] = offset;
      }
    }
    return offsets;
  }

  private static boolean[] syncSamples(BoxReader stss, int samples) {
    stss.skip(4);
    int entries = stss.entries(4);
    boolean[] sync = new boolean[samples];
    for (int i = 0; i < entries; i++) {
      long number = stss.u32();
      if (number < 1 || number > samples) {
        throw stss.malformed("sync sample " + number);
      }
      sync[(int) number - 1] = true;
    }
    return sync;
  }

  private static long[] chunks(BoxReader box, boolean wide) {
    box.skip(4);
    long[] chunks = new long[box.entries(wide ? 8 : 4)];
    for (int i = 0; i < chunks.length; i++) {
      chunks[i] = wide ? box.u63() : box.u32();
      if (chunks[i] > Long.MAX_VALUE / 4) {
        throw box.malformed("chunk at " + chunks[i]);
      }
    }
    return chunks;
  }

  private static long[] offsets(BoxReader stsc, long[] chunks, int[] sizes) {
    stsc.skip(4);
    int entries = stsc.entries(12);
    long[] firstChunk = new long[entries + 1];
    long[] perChunk = new long[entries];
    for (int i = 0; i < entries; i++) {
      firstChunk[i] = stsc.u32() - 1;
      perChunk[i] = stsc.u32();
      stsc.skip(4);
    }
    firstChunk[entries] = chunks.length;
    long[] offsets = new long[sizes.length];
    int sample = 0;
    for (int i = 0; i < entries; i++) {
      if (firstChunk[i] < 0
          || firstChunk[i] > firstChunk[i + 1]
          || firstChunk[i + 1] > chunks.length) {
        throw stsc.malformed("chunks are out of order");
      }
      for (long chunk = firstChunk[i]; chunk < firstChunk[i + 1]; chunk++) {
        long offset = chunks[(int) chunk];
        for (long j = 0; j < perChunk[i] && sample < sizes.length; j++) {
          offsets[sample] = offset;
          offset += sizes[sample];
          sample++;
        }
      }
    }
    if (sample < sizes.length) {
      throw stsc.malformed("has places for " + sample + " of " + sizes.length + " samples");
    }
    return offsets;
  }
}
