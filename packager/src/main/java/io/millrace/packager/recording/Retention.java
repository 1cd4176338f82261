package io.millrace.packager.recording;

import io.millrace.packager.Asset;
import io.millrace.packager.RecordingConfig;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Which assets have to go, and whether there is room for more. Pure. */
public final class Retention {
  private Retention() {}

  /** Why an asset goes. */
  public enum Reason {
    AGE,
    SIZE
  }

  /** An asset that has to go. */
  public record Removal(Asset asset, Reason reason) {}

  /**
   * What is to be done.
   *
   * @param removals the oldest first
   * @param left bytes of what stays, with what is on air
   */
  public record Plan(List<Removal> removals, long left) {}

  /**
   * Makes a plan: what is too old goes, then the oldest until there is no more than may be. Pinned
   * ones and those that are in use stay.
   *
   * @param assets the oldest first
   * @param onAir bytes of the recordings in the making
   * @param inUse whether its live playlists can still be asked for, or a clip is being made of it
   */
  public static Plan plan(
      RecordingConfig config, List<Asset> assets, long onAir, Predicate<Asset> inUse, Instant now) {
    long left = onAir + assets.stream().mapToLong(Asset::bytes).sum();
    List<Removal> removals = new ArrayList<>();
    List<Asset> young = new ArrayList<>();
    for (Asset asset : assets) {
      if (asset.pinned() || inUse.test(asset)) {
        continue;
      }
      if (asset.madeAt().plus(config.maxAge()).isBefore(now)) {
        removals.add(new Removal(asset, Reason.AGE));
        left -= asset.bytes();
      } else {
        young.add(asset);
      }
    }
    for (Asset asset : young) {
      if (left <= config.maxBytes()) {
        break;
      }
      removals.add(new Removal(asset, Reason.SIZE));
      left -= asset.bytes();
    }
    return new Plan(removals, left);
  }
}
