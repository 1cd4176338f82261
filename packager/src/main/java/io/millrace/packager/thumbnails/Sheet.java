package io.millrace.packager.thumbnails;

import io.millrace.transcoding.PictureOutcome;

/**
 * What became of a sheet.
 *
 * @param whole whether no tile is grey that might not be another time
 */
public record Sheet(PictureOutcome outcome, boolean whole) {}
