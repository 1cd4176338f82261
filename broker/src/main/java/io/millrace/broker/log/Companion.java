package io.millrace.broker.log;

/**
 * The compacted log beside a namespace's own, {@code {ns}.last}: of each key the newest record
 * stays. All generations of the namespace share it.
 *
 * @param partitions how many it has, as {@link PartitionRef#ofCompanion} names them
 * @param appender to it; the path of a publication is the record's key, and an empty payload under
 *     a key that begins with U+0000 lets the key go
 */
public record Companion(int partitions, Appender appender) {}
