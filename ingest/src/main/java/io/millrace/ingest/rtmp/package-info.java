/**
 * RTMP (Adobe RTMP 1.0, Enhanced RTMP v2): {@link RtmpConnection} is the socket, {@link
 * RtmpSession} the protocol's state without any socket, {@link RtmpToStream} the mapping to the
 * media model.
 */
@NullMarked
package io.millrace.ingest.rtmp;

import org.jspecify.annotations.NullMarked;
