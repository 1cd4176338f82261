package io.millrace.packager.cmaf;

import io.millrace.media.TrackFormat;
import io.millrace.media.codec.Ac3Configuration;
import io.millrace.media.codec.Av1SequenceHeader;
import io.millrace.media.codec.AvcConfiguration;
import io.millrace.media.codec.Eac3Configuration;
import io.millrace.media.codec.HevcPicture;
import io.millrace.media.codec.OpusConfiguration;
import io.millrace.media.codec.Vp9Configuration;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/** What mp4box has to read in the decoder configuration of a format, by its names of the fields. */
final class Mp4BoxFields {
  private Mp4BoxFields() {}

  /** Nothing for FLAC: mp4box 2.4.1 reads past the end of the box. */
  static Map<String, Object> of(TrackFormat format) {
    return switch (format) {
      case TrackFormat.H264(var avc) -> avc(avc);
      case TrackFormat.H265(var hevc) -> hevc(hevc.picture());
      case TrackFormat.Av1(var av1) -> av1(av1.sequence());
      case TrackFormat.Vp9 vp9 -> vp9(vp9.configuration());
      case TrackFormat.Aac _ -> Map.of("objectType", 0x40, "streamType", 5);
      case TrackFormat.Opus(var opus) -> opus(opus);
      case TrackFormat.Flac _ -> Map.of();
      case TrackFormat.Ac3(var ac3) -> ac3(ac3);
      case TrackFormat.Eac3(var eac3) -> eac3(eac3);
    };
  }

  private static Map<String, Object> avc(AvcConfiguration avc) {
    return Map.of(
        "configurationVersion", 1,
        "AVCProfileIndication", avc.picture().profile(),
        "profile_compatibility", avc.picture().constraints(),
        "AVCLevelIndication", avc.picture().level(),
        "lengthSizeMinusOne", 3,
        "nb_SPS_nalus", avc.sequenceParameterSets().size(),
        "nb_PPS_nalus", avc.pictureParameterSets().size());
  }

  private static Map<String, Object> hevc(HevcPicture hevc) {
    return Map.of(
        "general_profile_space", hevc.profileSpace(),
        "general_tier_flag", hevc.tier(),
        "general_profile_idc", hevc.profile(),
        "general_level_idc", hevc.level(),
        "chroma_format_idc", hevc.format().chromaFormat(),
        "bit_depth_luma_minus8", hevc.format().bitDepth() - 8,
        "bit_depth_chroma_minus8", hevc.chromaBitDepth() - 8,
        "numTemporalLayers", hevc.temporalLayers(),
        "temporalIdNested", hevc.temporalIdNested() ? 1 : 0,
        "lengthSizeMinusOne", 3);
  }

  private static Map<String, Object> av1(Av1SequenceHeader av1) {
    return Map.of(
        "version", 1,
        "seq_profile", av1.profile(),
        "seq_level_idx_0", av1.level(),
        "seq_tier_0", av1.tier(),
        "high_bitdepth", av1.format().bitDepth() > 8 ? 1 : 0,
        "monochrome", av1.format().chromaFormat() == 0 ? 1 : 0,
        "chroma_subsampling_x", av1.subsamplingX(),
        "chroma_subsampling_y", av1.subsamplingY(),
        "chroma_sample_position", av1.chromaSamplePosition(),
        "initial_presentation_delay_present", 0);
  }

  private static Map<String, Object> vp9(Vp9Configuration vp9) {
    return Map.of(
        "version", 1,
        "profile", vp9.profile(),
        "level", vp9.level(),
        "bitDepth", vp9.bitDepth(),
        "chromaSubsampling", vp9.chromaSubsampling(),
        "videoFullRangeFlag", vp9.color().fullRange() ? 1 : 0,
        "colourPrimaries", vp9.color().primaries(),
        "transferCharacteristics", vp9.color().transfer(),
        "matrixCoefficients", vp9.color().matrix());
  }

  private static Map<String, Object> opus(OpusConfiguration opus) {
    return Map.of(
        "Version", 0,
        "OutputChannelCount", opus.channels(),
        "PreSkip", opus.preSkip(),
        "InputSampleRate", (int) opus.inputSampleRate(),
        "OutputGain", opus.outputGain(),
        "ChannelMappingFamily", opus.mappingFamily());
  }

  /** Without bit_rate_code, whose two highest bits mp4box 2.4.1 puts among the lowest. */
  private static Map<String, Object> ac3(Ac3Configuration ac3) {
    return Map.of(
        "fscod", ac3.rateCode(),
        "bsid", ac3.bitstreamId(),
        "bsmod", ac3.bitstreamMode(),
        "acmod", ac3.channelMode(),
        "lfeon", ac3.lowFrequency() ? 1 : 0);
  }

  private static Map<String, Object> eac3(Eac3Configuration eac3) {
    Eac3Configuration.Substream first = eac3.substreams().getFirst();
    return Map.of(
        "data_rate", eac3.dataRate(),
        "num_ind_sub", 0,
        "ind_subs",
            new JsonArray()
                .add(
                    new JsonObject()
                        .put("fscod", first.rateCode())
                        .put("bsid", first.bitstreamId())
                        .put("bsmod", first.bitstreamMode())
                        .put("acmod", first.channelMode())
                        .put("lfeon", first.lowFrequency() ? 1 : 0)
                        .put("num_dep_sub", 0)));
  }
}
