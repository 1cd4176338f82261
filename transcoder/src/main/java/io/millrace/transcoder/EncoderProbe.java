package io.millrace.transcoder;

import static org.bytedeco.ffmpeg.global.avutil.AV_HWDEVICE_TYPE_VAAPI;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.av_buffer_unref;
import static org.bytedeco.ffmpeg.global.avutil.av_hwdevice_ctx_create;
import static org.bytedeco.ffmpeg.global.avutil.av_log_get_level;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;

import io.millrace.transcoding.protocol.Latency;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avutil.AVBufferRef;
import org.bytedeco.ffmpeg.avutil.AVDictionary;

/** Finds out which encoders work on this machine, by trying. */
final class EncoderProbe {
  private EncoderProbe() {}

  /**
   * Those that work.
   *
   * @param words of those that are wanted
   */
  static List<EncoderKind> working(List<String> words) {
    List<EncoderKind> working = new ArrayList<>();
    int level = av_log_get_level();
    av_log_set_level(AV_LOG_QUIET);
    for (String word : words) {
      EncoderKind.of(word).filter(EncoderProbe::works).ifPresent(working::add);
    }
    av_log_set_level(level);
    return working;
  }

  private static boolean works(EncoderKind kind) {
    try {
      if (kind.isOnDevice()) {
        AVBufferRef device = device();
        av_buffer_unref(device);
        return true;
      }
      var wish = new VideoEncoder.Wish(320, 240, 90_000, 25_000, 400_000, Latency.LOW);
      VideoEncoder.open(kind, wish, null, null).close();
      return true;
    } catch (NativeFailure e) {
      Log.info("encoder " + kind.word() + " does not work here: " + e.getMessage());
      return false;
    }
  }

  /**
   * The graphics device, to be given back.
   *
   * @throws NativeFailure when there is none
   */
  static AVBufferRef device() {
    AVBufferRef device = new AVBufferRef(null);
    NativeFailure.check(
        av_hwdevice_ctx_create(
            device, AV_HWDEVICE_TYPE_VAAPI, (String) null, (AVDictionary) null, 0),
        "opening a VAAPI device");
    return device;
  }
}
