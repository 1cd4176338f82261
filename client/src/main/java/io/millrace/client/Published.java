package io.millrace.client;

import java.time.Instant;
import java.util.Optional;

/**
 * The acknowledgement of a message: it is as safe as its namespace promises.
 *
 * @param messageId the one that was given, or the client's
 * @param time the message's own
 * @param position behind it in its topic; empty where the namespace keeps nothing
 */
public record Published(String messageId, Instant time, Optional<String> position) {}
