using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Core.Calls;

/// <summary>The facts of one model call.</summary>
public sealed record CallRecord
{
    /// <summary>The W3C trace id, 32 hexadecimal digits; the caller's own where it sent one.</summary>
    public required string TraceId { get; init; }

    /// <summary>The call's own span within the trace, 16 hexadecimal digits: the same call that is reported twice counts once. Null where whoever made it gave it none.</summary>
    public string? SpanId { get; init; }

    /// <summary>When the request arrived, UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Where it was served.</summary>
    public required EnvironmentName Environment { get; init; }

    /// <summary>The door it came by: <c>chat</c>, <c>responses</c> or <c>sdk</c>.</summary>
    public string Door { get; init; } = "chat";

    /// <summary>The step of the application it belongs to, as the caller names it; null where it named none.</summary>
    public string? Workflow { get; init; }

    /// <summary>The prompt's name; null for an unmanaged call, which named a plain model.</summary>
    public string? Prompt { get; init; }

    /// <summary>The version's number; null for an unmanaged call.</summary>
    public string? PromptVersion { get; init; }

    /// <summary>The version's package; null for an unmanaged call.</summary>
    public ContentHash? PackageHash { get; init; }

    /// <summary>The hash over what was really sent: messages without the variables' values, tools, model, parameters; null where nothing was sent.</summary>
    public ContentHash? EffectiveHash { get; init; }

    /// <summary>The field in which what was sent differs from what the package freezes; null where nothing does.</summary>
    public string? Drifted { get; init; }

    /// <summary>For a call of a shadow: the span of the live call, in the same trace, whose request it got once more; null for every other call.</summary>
    public string? ShadowOf { get; init; }

    /// <summary>The fingerprint of the system prompt of an unmanaged call; null for a managed one.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>Which side of a release answered.</summary>
    public Arm Arm { get; init; }

    /// <summary>Why that version answered; null for an unmanaged call.</summary>
    public ResolveReason? Reason { get; init; }

    /// <summary>The active release; null where there was none.</summary>
    public ReleaseId? Release { get; init; }

    /// <summary>The release's epoch; 0 where there was none.</summary>
    public int Epoch { get; init; }

    /// <summary>The sticky unit; null where the caller named none.</summary>
    public string? UnitKey { get; init; }

    /// <summary>The application's customer; null where the caller named none.</summary>
    public string? Tenant { get; init; }

    /// <summary>The application's user, as the caller names one; null where it named none.</summary>
    public string? UserKey { get; init; }

    /// <summary>What else the caller said of the request, by name; null for nothing.</summary>
    public ImmutableSortedDictionary<string, string>? Attributes { get; init; }

    /// <summary>The provider's name and what it is, e.g. <c>offline (deterministic stand-in, not a language model)</c>.</summary>
    public required string Provider { get; init; }

    /// <summary>The dated model.</summary>
    public required string Model { get; init; }

    /// <summary>What was sent beside the messages.</summary>
    public required JsonElement Parameters { get; init; }

    /// <summary>Whether the answer was streamed.</summary>
    public bool Streamed { get; init; }

    /// <summary>Whether the answer fits the output schema; null where no answer came, where it calls tools, or where the version has no output schema.</summary>
    public bool? SchemaValid { get; init; }

    /// <summary>Whether each call of the answer names a tool of the version and its arguments fit; null where the answer calls none.</summary>
    public bool? ToolCallsValid { get; init; }

    /// <summary>What does not fit, in a sentence; null where all does.</summary>
    public string? ContractViolation { get; init; }

    /// <summary>What was done with an answer that broke its contract: <c>observed</c>, <c>retried</c>, <c>fell_back</c> or <c>rejected</c>; null where none did.</summary>
    public string? ContractAction { get; init; }

    /// <summary>What the answer chose: the value of the first required property of the output schema that lists its values; null without one.</summary>
    public string? Route { get; init; }

    /// <summary>Whether the model refused; null where no answer came.</summary>
    public bool? Refused { get; init; }

    /// <summary>Why the model stopped: <c>stop</c>, <c>length</c>, …; null where no answer came.</summary>
    public string? FinishReason { get; init; }

    /// <summary>Tokens in; null where the provider did not say.</summary>
    public int? InputTokens { get; init; }

    /// <summary>Tokens out; null where the provider did not say.</summary>
    public int? OutputTokens { get; init; }

    /// <summary>Of the tokens in, those the provider had in its cache; null where it did not say.</summary>
    public int? CachedTokens { get; init; }

    /// <summary>US dollars, from the catalog's prices, all attempts together; null where prices or tokens are unknown.</summary>
    public decimal? Cost { get; init; }

    /// <summary>Attempts after the first, by the gateway; the client's own are not counted.</summary>
    public int Retries { get; init; }

    /// <summary>The model or version that answered instead of the one that was meant; null where none did.</summary>
    public string? Fallback { get; init; }

    /// <summary>Milliseconds from the request's arrival to the last byte of the answer.</summary>
    public required double LatencyMs { get; init; }

    /// <summary>Milliseconds to the first piece of a streamed answer; null where it was not streamed.</summary>
    public double? TimeToFirstTokenMs { get; init; }

    /// <summary>Why no answer came, in a sentence; null where one did.</summary>
    public string? Error { get; init; }

    /// <summary>What was sent to the model, as the prompt's capture policy keeps it; null for nothing.</summary>
    public string? Input { get; init; }

    /// <summary>What came back, as the prompt's capture policy keeps it; null for nothing.</summary>
    public string? Output { get; init; }

    /// <summary>Whether the caller went away before the answer was complete; such a call says nothing of the version.</summary>
    public bool Abandoned { get; init; }
}

/// <summary>What the calls of one arm of a release come to.</summary>
/// <param name="Arm">Which arm.</param>
/// <param name="Calls">All calls.</param>
/// <param name="Bad">Calls without an answer, or whose answer does not fit the output schema or the tools it calls.</param>
/// <param name="Units">Different units.</param>
/// <param name="FirstBadAt">When the first bad call arrived; null where none was bad.</param>
public sealed record ArmTotals(Arm Arm, long Calls, long Bad, long Units, DateTimeOffset? FirstBadAt);
