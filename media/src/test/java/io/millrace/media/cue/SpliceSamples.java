package io.millrace.media.cue;

import io.vertx.core.buffer.Buffer;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/** Sections of ANSI/SCTE 35, chapter 14, and of encoders in the field. */
final class SpliceSamples {
  /** 14.1: a placement opportunity starts. */
  static final Buffer PLACEMENT_START =
      section("/DA0AAAAAAAA///wBQb+cr0AUAAeAhxDVUVJSAAAjn/PAAGlmbAICAAAAAAsoKGKNAIAmsnRfg==");

  /** 14.2: splice_insert with an avail. */
  static final Buffer INSERT =
      section("/DAvAAAAAAAA///wFAVIAACPf+/+c2nALv4AUsz1AAAAAAAKAAhDVUVJAAABNWLbowo=");

  /** 14.3: the placement opportunity ends. */
  static final Buffer PLACEMENT_END =
      section("/DAvAAAAAAAA///wBQb+dGKQoAAZAhdDVUVJSAAAjn+fCAgAAAAALKChijUCAKnMZ1g=");

  /** 14.8: three descriptors. */
  static final Buffer THREE =
      section(
          "/DBhAAAAAAAA///wBQb+qM1E7QBLAhdDVUVJSAAArX+fCAgAAAAALLLXnTUCAAIXQ1VFSUgAACZ/nwgIAAAAACyy15"
              + "0RAAACF0NVRUlIAAAnf58ICAAAAAAsstezEAAAihiGnw==");

  static final Buffer INSERT_WITH_TONES =
      section("/DAxAAAAAAAAAP/wFAVAAIeuf+/+0AWRK/4AUmXAAC0AfwAMAQpDVUVJUJ81MTkqo5/+gA==");

  /** Its time has 33 bits. */
  static final Buffer LATE_TIME =
      section(
          "/DBIAAAAAAAAAP/wBQb/tB67hgAyAhdDVUVJQAABEn+fCAgAAAAALzE8BTUAAAIXQ1VFSUAAAEV/nwgIAAAAAC8xPN4jAAAfiOPE");

  static final Buffer UNTOLD_LENGTH =
      section(
          "/DA8AAAAAAAAAP///wb+06ACpQAmAiRDVUVJAACcHX//AACky4AMEERJU0NZTVdGMDQ1MjAwMEgxAQEMm4c0");

  static final Buffer FOREIGN_DESCRIPTOR =
      section(
          "/DBPAAAAAAAAAP/wBQb/Gq9LggA5AAVTQVBTCwIwQ1VFSf////9//wAAFI4PDxx1cm46bmJjdW5pLmNvbTpicmM6NDk5"
              + "ODY2NDM0MQoBbM98zw==");

  static final Buffer HEARTBEAT = section("/DARAAAAAAAAAP/wAAAAAHpPv/8=");

  static final Buffer STUFFED = section("/DAeAAAAAAAAAP///wViAA/nf18ACQAAAAAskJv+YPtE");

  static final Buffer SUB_SEGMENTS =
      section(
          "/DCRAAAAAAAAAP/wBQb/9peOEAB7AjhDVUVJAAAAnH+/DilhdmFpbGlkPTkxNDg2NjA2NSZiaXRtYXA9JmluYWN0aXZp"
              + "dHk9MzEyMDEHCgI/Q1VFSQAAAJ1//wAANu6ADilhdmFpbGlkPTkxMDkwMTM4OSZiaXRtYXA9JmluYWN0aXZpdHk9"
              + "MzEyMDAICgAAoJMeaA==");

  /** Its times are to be adjusted. */
  static final Buffer IMMEDIATE =
      Buffer.buffer(
          HexFormat.of().parseHex("fc301b0000000107c100fff00a05000002b47fdf0001010100007c185d61"));

  static final Buffer WRONG_CRC =
      section("/DA4AAAAAAAAAP/wFAUABDEAf+//mWEhzP4Azf5gAQAAAAATAhFDVUVJAAAAAX+/AQIwNAEAAKeYO3Q=");

  static final List<Buffer> VALID =
      List.of(
          PLACEMENT_START,
          INSERT,
          PLACEMENT_END,
          section(
              "/DBIAAAAAAAA///wBQb+ek2ItgAyAhdDVUVJSAAAGH+fCAgAAAAALMvDRBEAAAIXQ1VFSUgAABl/nwgIAAAAACyk26AQAACZcuND"),
          section("/DAvAAAAAAAA///wBQb+rr//ZAAZAhdDVUVJSAAACH+fCAgAAAAALKVs9RcAAJUdsKg="),
          section(
              "/DBIAAAAAAAA///wBQb+ky44CwAyAhdDVUVJSAAACn+fCAgAAAAALKCh4xgAAAIXQ1VFSUgAAAl/nwgIAAAAACygoYoRAAC0IX6w"),
          section("/DAvAAAAAAAA///wBQb+rvF8TAAZAhdDVUVJSAAAB3+fCAgAAAAALKVslxEAAMSHai4="),
          THREE,
          INSERT_WITH_TONES,
          LATE_TIME,
          section("/DAqAAAAAAAAAP/wDwUAAHn+f8/+QubGOQAAAAAACgAIQ1VFSQAAAADizteX"),
          UNTOLD_LENGTH,
          FOREIGN_DESCRIPTOR,
          HEARTBEAT,
          STUFFED,
          SUB_SEGMENTS,
          IMMEDIATE);

  private SpliceSamples() {}

  private static Buffer section(String base64) {
    return Buffer.buffer(Base64.getDecoder().decode(base64));
  }
}
