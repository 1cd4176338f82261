package io.millrace.validator;

/**
 * The rules that are checked. Basis of B, D, M, L, S and H: draft-pantos-hls-rfc8216bis, sections
 * 4.4 and 6.2 and appendix B, and Apple's authoring specification where it asks for more; of F:
 * ISO/IEC 14496-12, -15, 13818-1 and the codecs' own standards; of those that begin with DASH:
 * ISO/IEC 23009-1 and DASH-IF's guidelines for live services.
 */
public enum Rule {
  B1(
      "the body is UTF-8 without control characters, starts with #EXTM3U, has the right type",
      "send playlists as application/vnd.apple.mpegurl, and only well-formed lines"),
  B2(
      "EXTINF, rounded, is not above the target duration",
      "cut segments no longer than EXT-X-TARGETDURATION, or start with a higher one"),
  B3(
      "the target duration never changes",
      "choose the target duration once, from the longest segment that may come"),
  B4(
      "the media sequence number goes up by one for each removed segment",
      "count removed segments, and keep the count over restarts and failover"),
  B5(
      "between two versions only the allowed edits occur",
      "only append at the end and remove from the front"),
  B6(
      "a playlist is replaced at once, never torn",
      "write a new version aside and rename it; change the ETag whenever the body changes"),
  B7(
      "a live playlist has no EXT-X-PLAYLIST-TYPE; EVENT never removes; VOD never changes",
      "leave EXT-X-PLAYLIST-TYPE out while segments are removed"),
  B8(
      "without ENDLIST a new segment appears within 1.5 target durations",
      "list EXT-X-GAP segments while the encoder is silent, and end the list when it is gone"),
  B9(
      "lost time is covered by EXT-X-GAP segments",
      "list gap segments for the time that is missing",
      false),
  B10(
      "nothing is removed when less than three target durations would remain",
      "keep a longer window"),
  B11(
      "a removed segment stays downloadable for its duration and that of the longest playlist",
      "delete segments later than you stop to list them"),
  B12(
      "EXT-X-VERSION is high enough for what is used",
      "write the version that section 8 of the specification asks for"),
  B13("every listed segment answers 200", "list a segment only when it can be fetched"),
  B14(
      "the list ends with ENDLIST and without a preload hint, and then stays as it is",
      "after EXT-X-ENDLIST never change the list again"),
  B15(
      "when a presentation is removed its segments stay for the playlist's duration",
      "remove playlists first, media later"),
  B16("every fMP4 segment is covered by EXT-X-MAP", "write EXT-X-MAP before the first segment"),
  D1(
      "a change of format, tracks, coding parameters or timestamps is announced by a discontinuity",
      "write EXT-X-DISCONTINUITY before the first segment that differs"),
  D2(
      "a discontinuity is announced only where something changes",
      "repeated parameter sets or another bit rate need no EXT-X-DISCONTINUITY",
      false),
  D3(
      "the discontinuity sequence goes up by the number of removed discontinuities",
      "count removed EXT-X-DISCONTINUITY tags in EXT-X-DISCONTINUITY-SEQUENCE"),
  D4(
      "the same content has the same discontinuity sequence number in every playlist",
      "break all variants and renditions together"),
  D5(
      "if one playlist has dates, all have, and after every discontinuity",
      "write EXT-X-PROGRAM-DATE-TIME in every playlist"),
  D6(
      "dates agree with the durations and the timestamps between them",
      "derive dates from the media's own timestamps"),
  D7(
      "all playlists have the same target duration, server control and timeline",
      "package all variants from one set of timestamps and one configuration"),
  D8(
      "the 33-bit timestamps of MPEG-TS wrap without a break",
      "let PTS, DTS and PCR wrap modulo 2^33, without a discontinuity"),
  D8_TEXT(
      "text is shown with the media beside it",
      "write an X-TIMESTAMP-MAP that ties the cues' times to the media's timestamps"),
  D9(
      "a playlist that was there stays there while the publisher reconnects",
      "keep answering with the last playlist"),
  F1(
      "EXTINF is the duration of the segment's samples",
      "write what the samples last, not what was wished for"),
  F2(
      "fMP4 boxes are complete, in order, and agree on sizes and offsets",
      "check the packager's box writer"),
  F3(
      "sync flags agree with the bitstream",
      "mark exactly the samples that are IDR, IRAP or key frames"),
  F4(
      "MPEG-TS packets, PAT and PMT are well-formed and start each segment",
      "write PAT and PMT at the start of each segment, with right CRCs, and send whole files: one"
          + " that is cut short breaks this, and F5 and F6 with it"),
  F5(
      "MPEG-TS continuity counters go on, also over segments",
      "keep one counter for each PID over all segments"),
  F6(
      "PCR is there at least every 100 ms and never goes back",
      "write PCR on the PMT's PCR PID with every picture or audio frame"),
  F7(
      "PES timestamps are there, in order, and ahead of the PCR",
      "write DTS in decoding order and PTS not before it"),
  F8(
      "pictures start with an access unit delimiter, key frames carry parameter sets",
      "insert AUD, SPS and PPS (and VPS) into MPEG-TS"),
  F9("audio frames are whole and say what the playlist says", "frame audio without remainders"),
  M1("a variant has BANDWIDTH and CODECS", "write both on every EXT-X-STREAM-INF"),
  M1_SHOULD(
      "a variant has RESOLUTION, FRAME-RATE and AVERAGE-BANDWIDTH",
      "write them, so that players choose well",
      false),
  M1_PEAK(
      "a live variant's measured peak stays under 125 % of its BANDWIDTH, on demand under 110 %",
      "declare the peak that the encoder may reach", false),
  M1_AVERAGE(
      "a variant's measured average stays under 110 % of its AVERAGE-BANDWIDTH",
      "declare the average that the encoder keeps", false),
  M2(
      "CODECS and RESOLUTION are those of the bitstream",
      "derive CODECS (RFC 6381) and RESOLUTION from the parameter sets"),
  M3(
      "an independent segment starts with an IDR or a key frame",
      "cut at key frames, or leave EXT-X-INDEPENDENT-SEGMENTS out"),
  M3_SHOULD(
      "a segment starts with a picture that decoding can start at",
      "cut at key frames: the encoder's key frame interval should fit the target duration; where"
          + " the encoder paused there may be none to cut at, so look why it did",
      false),
  M4(
      "rendition groups are complete and unambiguous",
      "unique NAMEs, at most one DEFAULT, the same members in each group"),
  M4_SHOULD(
      "players can tell the members of a group apart that they may choose by themselves",
      "AUTOSELECT=YES for one member of each language and kind",
      false),
  M5(
      "an I-frame playlist says EXT-X-I-FRAMES-ONLY, has no parts, and each of its ranges is one"
          + " picture that is decoded without others, without the init section",
      "make the I-frame playlist from the same segments, with the ranges of their key frames; leave"
          + " FRAME-RATE and groups out of EXT-X-I-FRAME-STREAM-INF"),
  M6("segments of all renditions are aligned", "cut all renditions at the same times", false),
  L1(
      "parts come with a part target and hold-backs that are long enough",
      "write EXT-X-PART-INF, PART-HOLD-BACK of at least twice PART-TARGET (better three times), and"
          + " HOLD-BACK of at least three target durations"),
  L2(
      "PART-TARGET and PART-HOLD-BACK never change",
      "choose the part target once, before the first part is cut"),
  L3(
      "a part is never longer than PART-TARGET, and at least 85 % of it unless a segment ends there"
          + " or its next frame would not have fitted",
      "cut a part before the sample that would exceed the target, and not before"),
  L3_FRAMES(
      "frames are so short that every part can be 85 % of PART-TARGET",
      "choose a part target that is a multiple of what frames last, or a longer one; of an encoder"
          + " that leaves frames out nobody knows",
      false),
  L5(
      "INDEPENDENT=YES is written only of parts with a key frame",
      "set INDEPENDENT from the samples' sync flags"),
  L5_SHOULD(
      "every part with a key frame says INDEPENDENT=YES",
      "write it, so that players join sooner",
      false),
  L6(
      "a new part is listed within one part target of the one before",
      "list parts as soon as they are cut; where the encoder is late, nothing can be listed"),
  L6_LATE(
      "a part is listed in time, seen from here",
      "list parts as soon as they are cut; a network or a busy machine may be late as well",
      false),
  L7(
      "the parts of a segment are the segment: the same samples, and durations that add up",
      "make the segment out of the parts that were listed"),
  L7_FRAMES(
      "no frame lasts longer than PART-TARGET, so that parts can say how long they are",
      "choose a longer part target; of an encoder that leaves frames out nobody knows",
      false),
  L7_SHOULD(
      "the bytes of the parts are those of the segment",
      "write the segment as its parts one after the other, so that caches can serve both",
      false),
  L8(
      "what applies to a segment is written before its first part",
      "write EXT-X-DISCONTINUITY, KEY, MAP and PROGRAM-DATE-TIME before the first EXT-X-PART"),
  L9(
      "a part that is not listed any more stays downloadable for three target durations",
      "delete parts later than you stop to list them"),
  L9_SHOULD(
      "parts are listed for the last three target durations, and not for longer",
      "remove EXT-X-PART tags when they are three target durations from the end",
      false),
  L10(
      "a preload hint is held until the part is complete, answered whole, and becomes that part",
      "hint the address that the next part will have, and send nothing of it before it is complete"),
  L10_SHOULD("there is one preload hint of each type", "hint only what comes next", false),
  L11(
      "what is not there and not hinted, or is hinted no longer, is 404 at once",
      "answer 404 to names that nobody hinted; end requests for a hint that was dropped",
      false),
  L12(
      "a hint of a byte range says where it starts",
      "write BYTERANGE-START, and leave BYTERANGE-LENGTH out while it is not known",
      false),
  L13(
      "_HLS_msn alone waits for a complete segment",
      "answer when the segment is listed, not with its first part"),
  L14(
      "_HLS_msn with _HLS_part waits for that part, or the next segment's where there is none",
      "answer when the part is listed; an index beyond a segment's last is part 0 of the next"),
  L15(
      "_HLS_msn of a segment that is long gone is answered at once with the whole playlist",
      "answer 200; only what is too far ahead is refused"),
  L16(
      "what is too far ahead is refused at once",
      "answer 400 to _HLS_msn above the last plus two, and to _HLS_part above the advance part limit",
      false),
  L17("_HLS_part without _HLS_msn is 400", "answer 400; there is nothing to wait for"),
  L17_SHOULD("directives that are no numbers are 400", "answer 400", false),
  L18(
      "a request that is held for three target durations is answered 503",
      "answer 503 when nothing came, neither earlier nor much later",
      false),
  L19(
      "when the list has ended directives are ignored and nobody is held any longer",
      "wake all held requests with EXT-X-ENDLIST, and answer the ended list at once"),
  L20(
      "a delta update and the playlist before it give the playlist exactly",
      "leave out only what is older than CAN-SKIP-UNTIL (six target durations or more), and count"
          + " it in SKIPPED-SEGMENTS"),
  L21(
      "_HLS_skip=v2 is answered by a delta update that names the date ranges removed of late",
      "write RECENTLY-REMOVED-DATERANGES where CAN-SKIP-DATERANGES is offered"),
  L22(
      "a delta update keeps what it does not skip",
      "write all tags of the segments that are shown, and the same sequence numbers"),
  L22_MAP(
      "a delta update says the init section of the first segment that it shows",
      "repeat EXT-X-MAP behind EXT-X-SKIP: not every player carries it over",
      false),
  L23(
      "every playlist reports how far the others are",
      "write EXT-X-RENDITION-REPORT for each other playlist, with a relative address"),
  L24(
      "addresses in a playlist carry no _HLS_ directives",
      "strip directives before the query is handed on to segments"),
  L25(
      "a directive that is not known is tolerated",
      "ignore _HLS_ parameters that you do not know",
      false),
  L27("while there are parts the next one is hinted", "write EXT-X-PRELOAD-HINT:TYPE=PART"),
  L27_MAP(
      "another init section is hinted before it is used",
      "write EXT-X-PRELOAD-HINT:TYPE=MAP before the change",
      false),
  L28(
      "PART-HOLD-BACK is at least three times PART-TARGET",
      "write three times the part target: Apple asks for it",
      false),
  L29(
      "a live list has six segments, and counts discontinuities wherever they occur",
      "keep a longer window, and write EXT-X-DISCONTINUITY-SEQUENCE from the start",
      false),
  L29_BITRATE("EXT-X-BITRATE is within 10 % of the segment's", "measure it, or leave it out"),
  S1(
      "date ranges are well-formed, the same everywhere, and stay while they are on",
      "write ID and START-DATE, never change an attribute, and remove a range after its segments"),
  S2(
      "a splice carries its SCTE-35 section, and its duration when it is over",
      "write the whole splice_info_section as 0x..., and DURATION or END-DATE with SCTE35-IN"),
  S2_SHOULD(
      "a splice is announced before the segment at it is listed",
      "write EXT-X-DATERANGE no later than the last segment before the splice",
      false),
  S3(
      "segments are cut at the splice points",
      "cut all renditions where a splice starts and ends",
      false),
  W1(
      "a segment of text is WebVTT whose cues have times",
      "write WEBVTT first, and an empty line before each cue"),
  H1(
      "playlists are compressed for who accepts it, with Vary",
      "turn on gzip for application/vnd.apple.mpegurl",
      false),
  H2(
      "pages of other origins may read playlists and segments",
      "send Access-Control-Allow-Origin",
      false),
  H3(
      "media has a strong ETag, a long life in caches and byte ranges",
      "send ETag, Cache-Control: max-age, and answer Range with 206",
      false),
  H4(
      "a live playlist's life in caches is short",
      "send Cache-Control: max-age of at most half a target duration",
      false),
  H7("Date is right", "synchronise the server's clock", false),
  H8(
      "HEAD and conditional GET are answered as GET would be",
      "answer HEAD with GET's headers and If-None-Match with 304",
      false),
  H9(
      "a stream that is not ready is 404 or 503, never an empty list",
      "answer 404 or 503 until the first segment is there"),
  DASH_A1(
      "the manifest is well-formed XML in UTF-8, root MPD, of the right type, with profiles",
      "send application/dash+xml with MPD@profiles and @minBufferTime, and types that fit"),
  DASH_A2(
      "what is on air is dynamic and says since when; what has ended is static and says how long",
      "write @availabilityStartTime and @publishTime, or @mediaPresentationDuration and nothing"
          + " that is for live streams"),
  DASH_A3(
      "the start never changes, and the time of publishing grows with each change",
      "choose @availabilityStartTime once, and write @publishTime anew with each version"),
  DASH_A4(
      "no segment is longer than @maxSegmentDuration, which never changes",
      "choose it once, from the longest segment that may come"),
  DASH_A5(
      "a dynamic manifest has a UTCTiming that works",
      "serve the time of the server's clock, and name where"),
  DASH_A5_SHOULD(
      "the clock is right, and that of the server itself",
      "synchronise the server's clock and serve its time beside the manifest",
      false),
  DASH_A6(
      "a manifest only grows at its end and loses from its front, or becomes static",
      "keep periods, representations and segments as they were described"),
  DASH_P1("a period keeps its id and its start", "remember both when its first segments have left"),
  DASH_P2(
      "a period begins at the same number in all adaptation sets",
      "begin a period for all renditions at once",
      false),
  DASH_P3(
      "lost time lies between periods",
      "end a period before lost time and begin another behind it",
      false),
  DASH_P4(
      "a representation has segments, and is in its period from the beginning",
      "begin a period where a rendition comes or goes"),
  DASH_P5(
      "periods are in order and do not overlap by a second or more",
      "place periods by the dates of their first segments"),
  DASH_S1(
      "segments are named by a template, one for each number or time",
      "write SegmentTemplate@media with $Number$ or $Time$"),
  DASH_S1_SHOULD(
      "segments are named by $Number$ and listed by a SegmentTimeline",
      "write both: what is listed is then what there is",
      false),
  DASH_S2(
      "S@t is the earliest presentation time in the file, S@d its duration, without overlap",
      "derive the timeline from the media's own timestamps"),
  DASH_S3(
      "a segment is at the same time as in the HLS playlist, to a millisecond",
      "derive both from one clock"),
  DASH_S4(
      "a listed segment and its init section can be had",
      "list a segment only when it can be fetched"),
  DASH_S5(
      "@timeShiftBufferDepth is not longer than what is listed, nor less than three durations",
      "say what is listed; while that is less than three target durations, these"),
  DASH_S6(
      "with @startWithSAP every segment starts where decoding can",
      "cut at key frames, or leave it out"),
  DASH_R1(
      "@codecs, @width, @height and the channels are those of the header",
      "derive them from the parameter sets"),
  DASH_R1_SHOULD("@frameRate is that of the pictures", "measure it, or leave it out", false),
  DASH_R2(
      "@bandwidth is no less than the measured peak, and steady",
      "declare the peak that the encoder may reach, rounded up",
      false),
  DASH_R3(
      "ids are there, unique in a period, and of the same track in every period",
      "name adaptation sets and representations by their tracks"),
  DASH_R4(
      "captions are declared in the form of SCTE 214-1, and stay declared",
      "write CC1=und or 1=lang:und, and keep what was declared"),
  DASH_L1(
      "where segments may grow it is said since when they can be had, and how far behind to play",
      "write @availabilityTimeOffset with @availabilityTimeComplete=false, and"
          + " ServiceDescription/Latency@target"),
  DASH_L2(
      "a segment that grows is answered at once, part by part, and is then the whole segment",
      "send its parts as they come, end when it is whole, and cut the answer off where it is not"),
  DASH_H1(
      "a live manifest is kept by caches for a second at most",
      "send Cache-Control: max-age=1",
      false),
  DASH_H2(
      "a viewer's token is in every address, and never in a shared cache",
      "carry the token on, and send Cache-Control: private");

  private final String words;
  private final String remedy;
  private final boolean must;

  Rule(String words, String remedy) {
    this(words, remedy, true);
  }

  Rule(String words, String remedy, boolean must) {
    this.words = words;
    this.remedy = remedy;
    this.must = must;
  }

  /** As documents name it, as {@code B5}, or {@code DASH S4}. */
  public String id() {
    String[] parts = name().split("_", -1);
    return parts[0].equals("DASH") ? parts[0] + " " + parts[1] : parts[0];
  }

  /** Whether it is a MUST; else a SHOULD. */
  public boolean must() {
    return must;
  }

  /** What the rule says. */
  public String words() {
    return words;
  }

  /** What to do about it. */
  public String remedy() {
    return remedy;
  }
}
