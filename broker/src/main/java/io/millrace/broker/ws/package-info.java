/**
 * The WebSocket door: many subscriptions on one connection, publishing with acknowledgement, and
 * history. The protocol is described in {@code docs/websocket.md}.
 */
@NullMarked
package io.millrace.broker.ws;

import org.jspecify.annotations.NullMarked;
