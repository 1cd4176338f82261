/**
 * A client for Millrace's topics: publishes with acknowledgement, subscribes with history, and
 * comes back by itself when the connection is lost. Begin with {@link
 * io.millrace.client.MillraceClient}. It needs the JDK's WebSocket and nothing of the server.
 */
@NullMarked
package io.millrace.client;

import org.jspecify.annotations.NullMarked;
