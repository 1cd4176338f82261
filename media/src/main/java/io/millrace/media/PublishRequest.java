package io.millrace.media;

import java.util.Optional;
import java.util.function.Consumer;

/**
 * Somebody who may publish wants to.
 *
 * @param protocol the door ({@code rtmp})
 * @param peer the address it comes from, for people to read
 * @param input which of the stream's inputs it says that it is
 * @param key the id of the key that it came with, where that can be revoked
 * @param profile for the broadcast, where it is the first of one
 * @param onEvicted called once on the publisher's context when the publication ends by anything but
 *     {@link Publication#end}; the publisher's connection is to be closed then
 */
public record PublishRequest(
    StreamKey stream,
    String tenant,
    String protocol,
    String peer,
    InputRole input,
    Optional<String> key,
    StreamProfile profile,
    Consumer<EndReason> onEvicted) {
  /** A primary who came with no such key, on a stream of which nothing special is wanted. */
  public PublishRequest(
      StreamKey stream,
      String tenant,
      String protocol,
      String peer,
      Consumer<EndReason> onEvicted) {
    this(
        stream,
        tenant,
        protocol,
        peer,
        InputRole.PRIMARY,
        Optional.empty(),
        StreamProfile.CONFIGURED,
        onEvicted);
  }
}
