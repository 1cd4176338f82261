package io.millrace.transcoder;

import static org.bytedeco.ffmpeg.global.avfilter.av_buffersink_get_frame;
import static org.bytedeco.ffmpeg.global.avfilter.av_buffersrc_add_frame;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_get_by_name;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_alloc;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_config;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_create_filter;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_free;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_parse_ptr;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_inout_alloc;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_inout_free;
import static org.bytedeco.ffmpeg.global.avutil.av_buffer_ref;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;
import static org.bytedeco.ffmpeg.global.avutil.av_strdup;

import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avfilter.AVFilterContext;
import org.bytedeco.ffmpeg.avfilter.AVFilterGraph;
import org.bytedeco.ffmpeg.avfilter.AVFilterInOut;
import org.bytedeco.ffmpeg.avutil.AVBufferRef;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/** One input, some filters, one output. For one thread. */
final class FilterChain implements AutoCloseable {
  private final AVFilterGraph graph;
  private final AVFilterContext source = new AVFilterContext(null);
  private final AVFilterContext sink = new AVFilterContext(null);
  private final AVFrame frame = Native.allocated(av_frame_alloc());

  private FilterChain(boolean video, String input, String filters) {
    graph = Native.allocated(avfilter_graph_alloc());
    graph.nb_threads(1);
    String kind = video ? "buffer" : "abuffer";
    create(source, kind, "in", input);
    create(sink, kind + "sink", "out", null);
    AVFilterInOut outputs = end("in", source);
    AVFilterInOut inputs = end("out", sink);
    try {
      NativeFailure.check(
          avfilter_graph_parse_ptr(graph, filters, inputs, outputs, null), "filters " + filters);
    } finally {
      avfilter_inout_free(outputs);
      avfilter_inout_free(inputs);
    }
  }

  /**
   * Of pictures.
   *
   * @param input the parameters of the filter {@code buffer}
   * @param filters in FFmpeg's notation
   */
  static FilterChain ofPictures(String input, String filters) {
    return new FilterChain(true, input, filters).configured(null);
  }

  /** The same, some of whose filters work on a device. */
  static FilterChain ofPictures(String input, String filters, AVBufferRef device) {
    return new FilterChain(true, input, filters).configured(device);
  }

  /**
   * Of sound.
   *
   * @param input the parameters of the filter {@code abuffer}
   */
  static FilterChain ofSound(String input, String filters) {
    return new FilterChain(false, input, filters).configured(null);
  }

  private FilterChain configured(@Nullable AVBufferRef device) {
    try {
      for (int i = 0; device != null && i < graph.nb_filters(); i++) {
        graph.filters(i).hw_device_ctx(av_buffer_ref(device));
      }
      NativeFailure.check(avfilter_graph_config(graph, null), "configuring filters");
      return this;
    } catch (NativeFailure e) {
      close();
      throw e;
    }
  }

  private void create(
      AVFilterContext made, String filter, String name, @Nullable String parameters) {
    NativeFailure.check(
        avfilter_graph_create_filter(
            made, avfilter_get_by_name(filter), name, parameters, null, graph),
        "filter " + filter + " " + parameters);
  }

  private static AVFilterInOut end(String name, AVFilterContext filter) {
    AVFilterInOut end = Native.allocated(avfilter_inout_alloc());
    return end.name(av_strdup(new BytePointer(name))).filter_ctx(filter).pad_idx(0).next(null);
  }

  /**
   * Filters a frame, which is taken from its owner.
   *
   * @param to gets what comes out, which is gone when it returns
   */
  void filter(AVFrame in, Consumer<AVFrame> to) {
    NativeFailure.check(av_buffersrc_add_frame(source, in), "filtering");
    pull(to);
  }

  /** Gives what the filters still hold; nothing can be filtered afterwards. */
  void drain(Consumer<AVFrame> to) {
    av_buffersrc_add_frame(source, (AVFrame) null);
    pull(to);
  }

  private void pull(Consumer<AVFrame> to) {
    while (av_buffersink_get_frame(sink, frame) >= 0) {
      to.accept(frame);
      av_frame_unref(frame);
    }
  }

  /** The output, to ask it what comes out. */
  AVFilterContext sink() {
    return sink;
  }

  AVFilterGraph graph() {
    return graph;
  }

  @Override
  public void close() {
    avfilter_graph_free(graph);
    av_frame_free(frame);
  }
}
