package io.millrace.packager.hls;

import io.millrace.packager.presentation.Presentation;
import io.millrace.packager.presentation.Rendition;
import java.util.List;

/**
 * What a multivariant playlist says of captions (RFC 8216bis 4.4.6.1, 4.4.6.2): each is a member of
 * the group of those in the picture, and of the group of those that are text of their own.
 */
final class CaptionTags {
  private static final String IN_PICTURE = "captions";
  private static final String TEXT = "text";

  private CaptionTags() {}

  /**
   * The members of both groups. The first of each may be chosen by a player that knows that its
   * viewer wants captions, and so may the first of each language that is known.
   */
  static void members(StringBuilder out, Presentation presentation, List<Rendition> texts) {
    MemberTags tags =
        new MemberTags(
            texts.stream().map(text -> text.info().label()).toList(),
            i -> texts.get(i).info().instreamId());
    for (int i = 0; i < texts.size(); i++) {
      open(out, tags, "CLOSED-CAPTIONS", IN_PICTURE, i);
      out.append(",INSTREAM-ID=\"").append(texts.get(i).info().instreamId()).append("\"\n");
    }
    for (int i = 0; i < texts.size(); i++) {
      open(out, tags, "SUBTITLES", TEXT, i);
      out.append(",URI=\"");
      out.append(MultivariantPlaylistWriter.address(presentation, texts.get(i))).append("\"\n");
    }
  }

  private static void open(
      StringBuilder out, MemberTags tags, String type, String group, int index) {
    tags.open(out, type, group, index);
    boolean chosen = index == 0 || tags.isFirstOfItsLanguage(index);
    out.append(",DEFAULT=NO,AUTOSELECT=").append(chosen ? "YES" : "NO");
  }

  /** The groups of a variant with a picture. */
  static void groups(StringBuilder out, List<Rendition> texts) {
    if (texts.isEmpty()) {
      out.append(",CLOSED-CAPTIONS=NONE");
    } else {
      out.append(",SUBTITLES=\"").append(TEXT);
      out.append("\",CLOSED-CAPTIONS=\"").append(IN_PICTURE).append('"');
    }
  }
}
