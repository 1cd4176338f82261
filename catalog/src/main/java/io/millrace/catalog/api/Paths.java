package io.millrace.catalog.api;

import io.millrace.access.Names;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a path names. A name that cannot be is not found, and the database is not asked. */
final class Paths {
  private static final Pattern ID = Pattern.compile("[a-z0-9_]{1,64}");

  private Paths() {}

  static String tenant(Call call) {
    return named(call, "tenant", Names.tenantProblem(call.path("tenant")));
  }

  static String app(Call call) {
    return named(call, "app", Names.appProblem(call.path("app")));
  }

  static String stream(Call call) {
    return named(call, "stream", Names.streamProblem(call.path("stream")));
  }

  static String id(Call call, String what) {
    String id = call.path("id");
    if (!ID.matcher(id).matches()) {
      throw ApiProblem.notFound(what, shown(id));
    }
    return id;
  }

  static <T> T found(Optional<T> row, String what, String name) {
    return row.orElseThrow(() -> ApiProblem.notFound(what, name));
  }

  static Answer gone(boolean wasThere, String what, String name) {
    if (!wasThere) {
      throw ApiProblem.notFound(what, name);
    }
    return Answer.none();
  }

  private static String named(Call call, String what, Optional<String> problem) {
    String name = call.path(what);
    if (problem.isPresent()) {
      throw ApiProblem.notFound(what, shown(name));
    }
    return name;
  }

  private static String shown(String name) {
    String clean = name.replaceAll("\\p{Cntrl}", "?");
    return clean.length() > 64 ? clean.substring(0, 64) + "…" : clean;
  }
}
