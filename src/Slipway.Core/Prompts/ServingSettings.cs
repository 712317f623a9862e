using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Slipway.Core.Models;
using Slipway.Core.Wire;

namespace Slipway.Core.Prompts;

/// <summary>How a version is called where the gateway calls it: how long a model may take, and what is tried when it fails.</summary>
/// <param name="Timeout">How long one attempt may take, 1 s to 1 h: to the whole answer, or to the first piece of a streamed one. Null: as long as all of them.</param>
/// <param name="TotalTimeout">How long all attempts may take, waiting between them and the rest of a stream included, 1 s to 1 h. Null: the server's usual time, 120 s.</param>
/// <param name="Retries">How often the same model is asked again after a failure that may pass, 0 to <see cref="MostRetries"/>. Null: never.</param>
/// <param name="FallbackModels">Pinned models that are asked in this order once the version's own has failed, at most <see cref="MostModels"/>, no aliases. Null: none.</param>
public sealed record ServingSettings(Duration? Timeout = null, Duration? TotalTimeout = null, int? Retries = null, ImmutableArray<ModelReference>? FallbackModels = null)
{
    /// <summary>The largest number of retries.</summary>
    public const int MostRetries = 5;

    /// <summary>The largest number of fallback models.</summary>
    public const int MostModels = 5;

    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>One attempt, for as long as the server allows.</summary>
    public static ServingSettings Default { get; } = new();

    /// <summary>The models that are asked once the version's own has failed.</summary>
    [JsonIgnore] public ImmutableArray<ModelReference> Fallbacks => FallbackModels is { IsDefault: false } models ? models : [];

    /// <summary>All that is wrong with it, a sentence each; empty where nothing is.</summary>
    internal IEnumerable<string> Problems()
    {
        if (Timeout is { } timeout && !Fits(timeout)) yield return "serving.timeout must be from 1s to 1h.";
        if (TotalTimeout is { } total && !Fits(total)) yield return "serving.total_timeout must be from 1s to 1h.";
        if (Timeout is { } one && TotalTimeout is { } all && one.Value > all.Value) yield return "serving.timeout is longer than serving.total_timeout.";
        if (Retries is < 0 or > MostRetries) yield return $"serving.retries must be from 0 to {MostRetries}.";
        if (Fallbacks.Length > MostModels) yield return $"serving.fallback_models has more than {MostModels} models.";
        if (Fallbacks.Distinct().Count() < Fallbacks.Length) yield return "serving.fallback_models names a model twice.";
    }

    /// <summary>As a package freezes it: what is not said is not named, and times are seconds, so that the same has one form.</summary>
    internal JsonObject Frozen()
    {
        var frozen = new JsonObject();
        if (Timeout is { } timeout) frozen["timeout_seconds"] = (int)timeout.Value.TotalSeconds;
        if (TotalTimeout is { } total) frozen["total_timeout_seconds"] = (int)total.Value.TotalSeconds;
        if (Retries is { } retries) frozen["retries"] = retries;
        if (!Fallbacks.IsEmpty) frozen["fallback_models"] = new JsonArray([.. Fallbacks.Select(model => JsonValue.Create(model.ToString()))]);
        return frozen;
    }

    /// <summary>Reads what <see cref="Frozen"/> wrote.</summary>
    internal static ServingSettings Of(JsonElement frozen) => new(
        frozen.TryGetProperty("timeout_seconds", out var timeout) ? Duration.Seconds(timeout.GetInt32()) : null,
        frozen.TryGetProperty("total_timeout_seconds", out var total) ? Duration.Seconds(total.GetInt32()) : null,
        frozen.TryGetProperty("retries", out var retries) ? retries.GetInt32() : null,
        frozen.TryGetProperty("fallback_models", out var models)
            ? [.. models.EnumerateArray().Select(name => ModelReference.TryParse(name.GetString(), out var model) ? model : throw new JsonException($"A fallback model must be {ModelReference.Form}."))]
            : null);

    /// <summary>Settings are equal that say the same.</summary>
    public bool Equals(ServingSettings? other) => other is not null
        && (Timeout?.Value, TotalTimeout?.Value, Retries) == (other.Timeout?.Value, other.TotalTimeout?.Value, other.Retries) && Fallbacks.SequenceEqual(other.Fallbacks);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Timeout?.Value, TotalTimeout?.Value, Retries, Fallbacks.Length);

    private static bool Fits(Duration time) => time.Value > TimeSpan.Zero && time.Value <= Longest;
}
