package io.millrace.transcoding.protocol;

/**
 * A track of a file. Its record is what {@link Codec} says, but for what files have no record of:
 * of VP9 it is the body of a {@code vpcC}, of AC-3 and E-AC-3 the first access unit, and of H.264
 * and HEVC in transport streams the parameter sets, each behind a start code of four bytes.
 *
 * @param language as the file spells it; empty where it says none
 */
public record FileTrack(WireTrack track, String language) {}
