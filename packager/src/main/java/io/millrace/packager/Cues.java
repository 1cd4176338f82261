package io.millrace.packager;

import io.millrace.media.StreamKey;
import io.millrace.media.cue.CueRequest;
import io.millrace.media.cue.CueTime;
import io.millrace.media.cue.MetadataRequest;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/**
 * The cue points and timed metadata of the streams that are on air on this node. Any thread asks;
 * what is told to be done is in the store and outlives this process.
 */
public interface Cues {
  /** Makes a cue point; one that is there already, and the same, is told again. */
  Future<CueReply<Cue>> announce(StreamKey stream, CueRequest request);

  /** Ends a cue point; empty when it had not started, and so never was. */
  Future<CueReply<Optional<Cue>>> end(StreamKey stream, String id, CueTime time);

  /**
   * Has something told to players when they show a moment of the broadcast; the same again is told
   * once. What is told of a moment to come outlives this process.
   */
  Future<CueReply<Told>> tell(StreamKey stream, MetadataRequest request);

  /** All that the broadcast has, in the order in which they were made. */
  Future<CueReply<List<Cue>>> list(StreamKey stream);
}
