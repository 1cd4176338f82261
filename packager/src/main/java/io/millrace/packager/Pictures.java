package io.millrace.packager;

/**
 * What pictures are made of streams and recordings.
 *
 * @param maker who makes them
 * @param thumbnails how those are laid out that players show while one seeks
 */
public record Pictures(PictureMaker maker, ThumbnailConfig thumbnails) {}
