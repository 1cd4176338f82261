/**
 * The cache itself: keys, freshness (RFC 9111), the store and the sharing of requests. No sockets;
 * time is an argument.
 */
@NullMarked
package io.millrace.edge.cache;

import org.jspecify.annotations.NullMarked;
