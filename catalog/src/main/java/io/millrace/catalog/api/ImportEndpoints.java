package io.millrace.catalog.api;

import io.millrace.access.Names;
import io.millrace.catalog.AssetEntry;
import io.millrace.catalog.KnownApps;
import io.millrace.catalog.PackagingLimits;
import io.millrace.catalog.TrackNaming;
import io.millrace.catalog.imports.ImportJob;
import io.millrace.catalog.imports.ImportRefusedException;
import io.millrace.catalog.imports.Imports;
import io.millrace.catalog.imports.NewImport;
import io.millrace.catalog.records.App;
import io.millrace.http.Problem;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * {@code /imports}: files that become recordings. One is made with what is wanted of it, its file
 * follows in one request or in several, and it is asked how far it is.
 */
final class ImportEndpoints {
  static final String PREFIX = "/imports";

  private static final String OFFSET = "Upload-Offset";
  private static final Pattern OFFSETS = Pattern.compile("\\d{1,15}");
  private static final int LONGEST_KEY = 200;
  private static final long MOST_BYTES = 1L << 50;

  private final KnownApps apps;
  private final Imports imports;
  private final PackagingLimits limits;

  ImportEndpoints(KnownApps apps, Imports imports, PackagingLimits limits) {
    this.apps = apps;
    this.imports = imports;
    this.limits = limits;
  }

  List<Endpoint> all() {
    return List.of(
        Endpoint.guarded(HttpMethod.GET, "/apps/:app/imports", this::list),
        Endpoint.guarded(HttpMethod.POST, "/apps/:app/imports", this::create),
        Endpoint.guarded(HttpMethod.GET, PREFIX + "/:id", this::get),
        Endpoint.guarded(HttpMethod.DELETE, PREFIX + "/:id", this::cancel),
        Endpoint.upload(HttpMethod.PUT, PREFIX + "/:id/file", this::upload));
  }

  private Future<Answer> list(Call call) {
    String app = Paths.app(call);
    call.check();
    return app(app)
        .map(
            found -> {
              JsonArray items = new JsonArray();
              imports.of(app).forEach(job -> items.add(json(job.view())));
              return Answer.ok(new JsonObject().put("items", items));
            });
  }

  private Future<Answer> create(Call call) {
    String app = Paths.app(call);
    String stream = call.name("stream", Names::streamProblem);
    String title = call.title("title").orElse("");
    List<String> ladder = PackagingFields.importLadder(call, limits).orElse(List.of());
    Map<String, TrackNaming> languages = PackagingFields.languages(call, limits).orElse(Map.of());
    Optional<Long> bytes = call.number("bytes", "bytes", 1, MOST_BYTES);
    Optional<String> key = call.header("Idempotency-Key", LONGEST_KEY);
    call.check();
    return app(app)
        .compose(
            found ->
                imports.create(
                    new NewImport(
                        found.tenant(), app, stream, title, ladder, languages, bytes, key)))
        .recover(ImportEndpoints::refused)
        .map(job -> Answer.created(json(job.view())));
  }

  private Future<App> app(String app) {
    return apps.find(app).map(found -> Paths.found(found, "app", app));
  }

  private Future<Answer> get(Call call) {
    return Future.succeededFuture(Answer.ok(json(job(call).view())));
  }

  private Future<Answer> cancel(Call call) {
    String id = Paths.id(call, "import");
    return Future.succeededFuture(Paths.gone(imports.cancel(id), "import", id));
  }

  private Future<Answer> upload(Call call) {
    ImportJob job = job(call);
    String offset = Optional.ofNullable(call.request().getHeader(OFFSET)).orElse("0");
    if (!OFFSETS.matcher(offset).matches()) {
      call.problem(OFFSET, "is not how many bytes came before");
    }
    call.check();
    return imports
        .receive(job, call.request(), Long.parseLong(offset))
        .recover(ImportEndpoints::refused)
        .map(
            taken -> {
              ImportJob.View view = taken.view();
              return view.state() == ImportJob.State.UPLOADING
                  ? Answer.ok(json(view))
                  : Answer.accepted(json(view));
            });
  }

  private ImportJob job(Call call) {
    String id = Paths.id(call, "import");
    return Paths.found(imports.find(id), "import", id);
  }

  private static <T> Future<T> refused(Throwable failure) {
    return Future.failedFuture(
        failure instanceof ImportRefusedException e
            ? ApiProblem.of(e.problem(), List.of(), e.retryAfter())
            : failure);
  }

  private static JsonObject json(ImportJob.View view) {
    return new JsonObject()
        .put("id", view.id())
        .put("app", view.wish().app())
        .put("stream", view.wish().stream())
        .put("title", view.wish().title())
        .put("state", view.state().name().toLowerCase(Locale.ROOT))
        .put("createdAt", view.createdAt().toString())
        .put("bytes", view.wish().bytes().orElse(null))
        .put("uploadedBytes", view.uploaded())
        .put("receiving", view.receiving())
        .put("seconds", view.progress().map(its -> seconds(its.done())).orElse(null))
        .put(
            "totalSeconds",
            view.progress().flatMap(its -> its.total()).map(ImportEndpoints::seconds).orElse(null))
        .put("asset", view.asset().map(AssetEntry::id).orElse(null))
        .put("playlist", view.asset().map(AssetEntry::playlist).orElse(null))
        .put("problem", view.problem().map(Problem::toJson).orElse(null));
  }

  private static double seconds(Duration time) {
    return time.toMillis() / 1e3;
  }
}
