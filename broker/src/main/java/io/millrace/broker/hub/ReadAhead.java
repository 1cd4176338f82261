package io.millrace.broker.hub;

import io.millrace.broker.message.Message;
import java.util.List;

/**
 * What was read and is still to be offered: by finding the beginning of a subscription, or from the
 * log.
 *
 * @param partition of all of them
 * @param messages all that match, perhaps others, from the first of them to before {@code until},
 *     in order
 */
record ReadAhead(int partition, List<Message> messages, long until) {}
