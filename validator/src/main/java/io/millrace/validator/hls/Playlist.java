package io.millrace.validator.hls;

/** What a playlist's address can answer. */
public sealed interface Playlist permits MediaPlaylist, MultivariantPlaylist {}
