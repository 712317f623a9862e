using System.Security.Cryptography;
using System.Text.Json;
using Slipway.Core.Access;
using Slipway.Core.Calls;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;
using Slipway.Server.Access;
using Slipway.Server.Rollouts;

namespace Slipway.Server.Calls;

/// <summary>Looks at calls that applications report, before anything is believed: releases are judged by them.</summary>
internal sealed class CallReports(Ledger ledger, TimeProvider clock)
{
    private const int LongestName = 500, LongestSentence = 4_000, MostAttributes = 32, LongestParameters = 32_768, MostTokens = 100_000_000;
    private const double LongestMs = 24 * 3_600_000;
    private static readonly TimeSpan Oldest = TimeSpan.FromDays(7), Ahead = TimeSpan.FromMinutes(5);

    /// <summary>A call as it is stored: with a span, without what its prompt's policy does not keep.</summary>
    /// <param name="call">As reported.</param>
    /// <param name="caller">Who reports it.</param>
    /// <param name="problem">Why it is not taken, in a sentence; null where it is.</param>
    public CallRecord? Take(CallRecord call, Caller caller, out string? problem)
    {
        var registry = ledger.Current;
        if (FormOf(call) is { } malformed) return Refused(malformed, out problem);
        if (!PromptName.TryParse(call.Prompt, out var prompt) || !VersionNumber.TryParse(call.PromptVersion, out var number)) return Refused("it names no prompt and version", out problem);
        if (caller.Access.DenyReach(Subject.Of($"report calls of {prompt} in {call.Environment}", prompt, call.Environment)) is Verdict.Refuse beyond) return Refused(beyond.Why.Reason.TrimEnd('.'), out problem);
        // Releases are judged by what is reported, so where users are nobody reports who may have written what is judged.
        if (call.Environment == EnvironmentName.Production && caller.Access.Deny(caller.Name, $"report calls of {call.Environment}", Role.Application) is Verdict.Refuse denied) return Refused(denied.Why.Reason.TrimEnd('.'), out problem);
        var id = new VersionId(prompt, number);
        if (registry.Prompts.Find(id) is not { } version && !(ledger.CatchUp() && (registry = ledger.Current).Prompts.Find(id) is not null)) return Refused(registry.Prompts.Missing(id).TrimEnd('.'), out problem);
        else version = registry.Prompts.Find(id)!;
        if (call.PackageHash is { } package && package != version.Package) return Refused($"the package of {id} is {version.Package}", out problem);
        if (ReleaseOf(call, id) is { } wrong) return Refused(wrong, out problem);
        problem = null;
        var policy = registry.Prompts.Policy(prompt).Serving;
        return call with
        {
            TraceId = call.TraceId.ToLowerInvariant(),
            SpanId = call.SpanId?.ToLowerInvariant() ?? SpanOf(call),
            StartedAt = call.StartedAt.ToUniversalTime(),
            Door = "sdk",
            PackageHash = version.Package,
            Input = Captured.Of(policy, call.Input),
            Output = Captured.Of(policy, call.Output),
            Error = Captured.Error(policy, call.Error),
            ContractViolation = Captured.Sentence(policy, call.ContractViolation),
        };
    }

    /// <summary>Whether a text is a trace's id.</summary>
    public static bool IsTrace(string? text) => text is { Length: 32 } && text.All(char.IsAsciiHexDigit);

    private string? FormOf(CallRecord call)
    {
        var now = clock.GetUtcNow();
        if (!IsTrace(call.TraceId)) return "trace_id must be 32 hexadecimal digits";
        if (call.SpanId is { } span && !(span.Length == 16 && span.All(char.IsAsciiHexDigit))) return "span_id must be 16 hexadecimal digits";
        if (call.StartedAt < now - Oldest || call.StartedAt > now + Ahead) return $"started_at must be within the last {Oldest.TotalDays:0} days";
        if (!(call.LatencyMs is >= 0 and <= LongestMs) || call.TimeToFirstTokenMs is { } first && !(first is >= 0 and <= LongestMs)) return "latency_ms and time_to_first_token_ms must be from 0 to a day";
        if (new[] { call.InputTokens, call.OutputTokens, call.CachedTokens, call.Retries }.Any(count => count is < 0 or > MostTokens)) return "counts of tokens and retries must not be below 0";
        if (call.Cost is < 0 or > 1_000_000) return "cost must be from 0 to a million dollars";
        if (call.Parameters.ValueKind != JsonValueKind.Object || call.Parameters.GetRawText().Length > LongestParameters) return $"parameters must be an object of at most {LongestParameters} characters";
        if (new[] { call.Workflow, call.UnitKey, call.Tenant, call.UserKey, call.Provider, call.Model, call.Drifted, call.ContractAction, call.Route, call.FinishReason, call.Fallback, call.Fingerprint }.Any(name => name?.Length > LongestName))
            return $"names and keys are at most {LongestName} characters long";
        if (call.Error?.Length > LongestSentence || call.ContractViolation?.Length > LongestSentence) return $"sentences are at most {LongestSentence} characters long";
        return call.Attributes is { } attributes && (attributes.Count > MostAttributes || attributes.Any(one => one.Key.Length > LongestName || one.Value.Length > LongestName))
            ? $"attributes are at most {MostAttributes}, names and values of at most {LongestName} characters" : null;
    }

    private string? ReleaseOf(CallRecord call, VersionId version)
    {
        if (call.Release is not { } id) return call.Epoch != 0 || call.Arm != Arm.Stable ? "it names no release, so its arm is stable and its epoch 0" : null;
        var release = ledger.Current.Releases.Find(id);
        // The application may have heard of it from another server.
        if ((release is null || call.Epoch > release.Epoch) && ledger.CatchUp()) release = ledger.Current.Releases.Find(id);
        if (release is null || release.Candidate.Prompt != version.Prompt || release.Environment != call.Environment) return $"there is no release {id} of {version.Prompt} in {call.Environment}";
        if (call.Epoch < 1 || call.Epoch > release.Epoch) return $"{id} has no epoch {call.Epoch}";
        if (call.Arm == Arm.Shadow || call.ShadowOf is not null) return "a gateway alone asks a candidate in its shadow";
        if ((call.Arm == Arm.Candidate) != (version == release.Candidate)) return $"the candidate of {id} is {release.Candidate}, and no other version is on that arm";
        return call.StartedAt < release.ApprovedAt - RolloutEvidenceStore.ClockSkew ? $"{id} was not approved when it says that it arrived" : SplitOf(call, release);
    }

    // Buckets are nested: an application that is steps behind gives the candidate to fewer units, and to none beside them.
    private static string? SplitOf(CallRecord call, Release release)
    {
        if (call is not { Arm: Arm.Candidate, Reason: null or ResolveReason.InCanary, UnitKey.Length: > 0 }) return null;
        var (bucket, largest) = (Bucket.Of(release.Salt!, call.UnitKey), release.Weights.Max());
        return largest.Covers(bucket) ? null : $"its unit has bucket {bucket}, and {release.Id} never had more than {largest}, the buckets below {largest.PartsPerMillion}";
    }

    // The same call that is reported again is the same span, also where the application gives it none.
    private static string SpanOf(CallRecord call) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes([call], ApiJson.Default.ImmutableArrayCallRecord)).AsSpan(0, 8));

    private static CallRecord? Refused(string reason, out string? problem)
    {
        problem = reason;
        return null;
    }
}
