/** The protocol of {@code docs/websocket.md} in CBOR, on one connection. */
@NullMarked
package io.millrace.client.wire;

import org.jspecify.annotations.NullMarked;
