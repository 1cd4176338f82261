package io.millrace.broker.log;

import java.util.function.ToIntFunction;

/**
 * One of the logs that a namespace has had: more partitions are a new one.
 *
 * @param number from 1 on
 * @param partitionOf the home of a path in it
 */
public record Generation(int number, int partitions, ToIntFunction<String> partitionOf) {}
