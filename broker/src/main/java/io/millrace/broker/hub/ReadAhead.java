package io.millrace.broker.hub;

import io.millrace.broker.message.Message;
import java.util.List;

/**
 * What finding the beginning of a subscription has read already, so that it is not read again.
 *
 * @param messages all that match from the first of them to before {@code until}, in order, of one
 *     partition
 */
record ReadAhead(List<Message> messages, long until) {}
