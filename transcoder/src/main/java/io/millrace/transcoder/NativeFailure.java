package io.millrace.transcoder;

import static org.bytedeco.ffmpeg.global.avutil.av_strerror;

import java.nio.charset.StandardCharsets;

/** A call into FFmpeg that failed, in its own words. */
final class NativeFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int LONGEST = 256;

  NativeFailure(String message) {
    super(message);
  }

  /**
   * The call's result.
   *
   * @param what was tried ({@code opening libx264})
   * @throws NativeFailure when it is an error
   */
  static int check(int result, String what) {
    if (result < 0) {
      throw new NativeFailure(what + ": " + words(result));
    }
    return result;
  }

  static String words(int error) {
    byte[] text = new byte[LONGEST];
    if (av_strerror(error, text, LONGEST) < 0) {
      return "error " + error;
    }
    int length = 0;
    while (length < LONGEST && text[length] != 0) {
      length++;
    }
    return new String(text, 0, length, StandardCharsets.UTF_8);
  }
}
