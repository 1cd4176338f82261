package io.millrace.testkit.hls;

/** What a playlist's address can answer. */
public sealed interface Playlist permits MediaPlaylist, MultivariantPlaylist {}
