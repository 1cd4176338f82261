package io.millrace.media;

/** A track's number within its broadcast, from 1. */
public record TrackId(int value) {
  public TrackId {
    if (value < 1) {
      throw new IllegalArgumentException("track id " + value);
    }
  }
}
