package io.millrace.packager.live;

import io.millrace.packager.PackagerConfig;
import io.millrace.packager.PackagerMetrics;
import io.millrace.packager.segment.CutRules;
import io.millrace.storage.ObjectStore;
import java.time.InstantSource;

/** What all writers of a node share. */
record WriterSetup(
    PackagerConfig config,
    ObjectStore store,
    Spool spool,
    Presentations presentations,
    PackagerMetrics metrics,
    InstantSource clock) {
  CutRules rules() {
    return new CutRules(config.segmentDuration(), config.targetDuration(), config.partDuration());
  }
}
