package io.millrace.packager.live;

import io.millrace.media.LiveStream;
import io.millrace.media.StreamProfile;
import io.millrace.packager.PackagerConfig;
import io.millrace.packager.PackagerMetrics;
import io.millrace.packager.RungMaker;
import io.millrace.packager.StoredSegment;
import io.millrace.packager.cmaf.CmafFormat;
import io.millrace.packager.metadata.MetadataQueue;
import io.millrace.packager.segment.CutRules;
import io.millrace.packager.segment.CutSegment;
import io.millrace.packager.segment.PartOutput;
import io.millrace.packager.segment.SegmentFormat;
import io.millrace.packager.ts.TransportFormat;
import io.millrace.storage.ObjectStore;
import io.millrace.transcoding.Ladder;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all writers of a node share.
 *
 * @param config of the node; of one stream where {@link #of} has been
 * @param shelf where recordings go
 * @param stored hears of each segment that the store has confirmed
 * @param endLive ends a broadcast that another node has taken
 * @param rungs has what a ladder names made; empty where that cannot be, or nothing is wanted
 */
record WriterSetup(
    Vertx vertx,
    PackagerConfig config,
    ObjectStore store,
    Spool spool,
    UnstoredMemory unstored,
    Presentations presentations,
    PackagerMetrics metrics,
    InstantSource clock,
    RecordingShelf shelf,
    Consumer<StoredSegment> stored,
    Consumer<LiveStream> endLive,
    Optional<RungMaker> rungs) {
  private static final Logger LOGGER = LoggerFactory.getLogger(WriterSetup.class);

  /** That of one stream's broadcast. */
  WriterSetup of(LiveStream stream) {
    WriterSetup own = with(stream.profile());
    if (rungs.isEmpty() && !own.config.ladder().equals(Ladder.COPY)) {
      LOGGER
          .atWarn()
          .addKeyValue("stream", stream.broadcast().stream())
          .log("a ladder is wanted, and there is no transcoder here: the source is all there is");
    }
    return own;
  }

  /** That of one broadcast. */
  WriterSetup with(StreamProfile profile) {
    PackagerConfig own = config.with(profile);
    return new WriterSetup(
        vertx,
        own,
        store,
        spool,
        unstored,
        presentations,
        metrics,
        clock,
        shelf,
        stored,
        endLive,
        own.ladder().equals(Ladder.COPY) ? Optional.empty() : rungs);
  }

  /** How a broadcast that goes on, or a new one, is cut. */
  CutRules rules(Resumption from) {
    return new CutRules(
        config.segmentDuration(),
        config.targetDuration(),
        from.partTarget().orElse(config.partDuration()));
  }

  /**
   * Writes the segments of what is made of a broadcast: what is missing is a gap, beside a source
   * that has it.
   *
   * @param metadata what is to come with the samples, as in the source's files
   */
  SegmentFormat rungFormat(
      Resumption from, MetadataQueue metadata, Consumer<CutSegment> output, PartOutput parts) {
    return new CmafFormat(
        rules(from),
        false,
        Set.of(),
        metadata,
        output,
        from.partTarget().isPresent() ? parts : PartOutput.NONE);
  }

  /**
   * Writes one broadcast's segments.
   *
   * @param lines those that have a rendition already
   * @param metadata what is to come with the samples
   * @param parts hears of segments while they are open, where playlists list parts
   */
  SegmentFormat format(
      Resumption from,
      Set<String> lines,
      MetadataQueue metadata,
      Consumer<CutSegment> output,
      PartOutput parts) {
    boolean silence = config.missingSound() == PackagerConfig.MissingSound.SILENCE;
    return switch (from.container()) {
      case CMAF ->
          new CmafFormat(
              rules(from),
              silence,
              lines,
              metadata,
              output,
              from.partTarget().isPresent() ? parts : PartOutput.NONE);
      case TS -> new TransportFormat(silence, lines, metadata, output);
    };
  }
}
