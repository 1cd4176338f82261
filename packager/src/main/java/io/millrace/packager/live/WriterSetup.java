package io.millrace.packager.live;

import io.millrace.media.LiveStream;
import io.millrace.packager.PackagerConfig;
import io.millrace.packager.PackagerMetrics;
import io.millrace.packager.segment.CutRules;
import io.millrace.storage.ObjectStore;
import java.time.InstantSource;
import java.util.function.Consumer;

/**
 * What all writers of a node share.
 *
 * @param endLive ends a broadcast that another node has taken
 */
record WriterSetup(
    PackagerConfig config,
    ObjectStore store,
    Spool spool,
    UnstoredMemory unstored,
    Presentations presentations,
    PackagerMetrics metrics,
    InstantSource clock,
    Consumer<LiveStream> endLive) {
  CutRules rules() {
    return new CutRules(config.segmentDuration(), config.targetDuration(), config.partDuration());
  }
}
