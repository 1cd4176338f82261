package io.millrace.ingest.rtmp;

import io.millrace.ingest.rtmp.AmfValue.AmfArray;
import io.millrace.ingest.rtmp.AmfValue.AmfObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What both sides of a {@code connect} tell each other about Enhanced RTMP (v2, "Enhancing
 * NetConnection connect Command").
 */
final class EnhancedRtmp {
  /** The peer acts on {@code NetConnection.Connect.ReconnectRequest}. */
  static final int RECONNECT = 1;

  static final int MULTITRACK = 2;
  static final int MOD_EX = 4;
  static final int TIMESTAMP_NANO_OFFSET = 8;

  private static final int CAN_FORWARD = 4;
  private static final List<String> VIDEO = List.of("avc1", "hvc1", "av01", "vp09");
  private static final List<String> AUDIO = List.of("mp4a", "Opus", "fLaC", "ac-3", "ec-3");

  private EnhancedRtmp() {}

  /** The properties of the server's answer: which codecs it forwards, and what else it knows. */
  static Map<String, AmfValue> answer() {
    Map<String, AmfValue> answer = new LinkedHashMap<>();
    answer.put("fourCcList", fourCcs());
    answer.put("videoFourCcInfoMap", forwarded(VIDEO));
    answer.put("audioFourCcInfoMap", forwarded(AUDIO));
    answer.put("capsEx", AmfValue.of(RECONNECT | MULTITRACK | MOD_EX | TIMESTAMP_NANO_OFFSET));
    return answer;
  }

  /** Every codec, as both sides list them. */
  static AmfArray fourCcs() {
    List<AmfValue> all = new ArrayList<>();
    VIDEO.forEach(fourCc -> all.add(AmfValue.of(fourCc)));
    AUDIO.forEach(fourCc -> all.add(AmfValue.of(fourCc)));
    return new AmfArray(all);
  }

  private static AmfObject forwarded(List<String> fourCcs) {
    Map<String, AmfValue> info = new LinkedHashMap<>();
    fourCcs.forEach(fourCc -> info.put(fourCc, AmfValue.of(CAN_FORWARD)));
    return new AmfObject(info);
  }

  /** Whether a client's {@code connect} says that it can be asked to connect anew. */
  static boolean canReconnect(AmfObject connect) {
    return ((long) connect.number("capsEx").orElse(0) & RECONNECT) != 0;
  }
}
