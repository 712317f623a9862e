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

    /// <summary>When the request arrived, UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Where it was served.</summary>
    public required EnvironmentName Environment { get; init; }

    /// <summary>The prompt's name.</summary>
    public required string Prompt { get; init; }

    /// <summary>The version's number.</summary>
    public required string PromptVersion { get; init; }

    /// <summary>The version's package.</summary>
    public required ContentHash PackageHash { get; init; }

    /// <summary>Which side of a release answered.</summary>
    public required Arm Arm { get; init; }

    /// <summary>The active release; null where there was none.</summary>
    public ReleaseId? Release { get; init; }

    /// <summary>The release's epoch; 0 where there was none.</summary>
    public int Epoch { get; init; }

    /// <summary>The sticky unit; null where the caller named none.</summary>
    public string? UnitKey { get; init; }

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

    /// <summary>Whether the model refused; null where no answer came.</summary>
    public bool? Refused { get; init; }

    /// <summary>Why the model stopped: <c>stop</c>, <c>length</c>, …; null where no answer came.</summary>
    public string? FinishReason { get; init; }

    /// <summary>Tokens in; null where the provider did not say.</summary>
    public int? InputTokens { get; init; }

    /// <summary>Tokens out; null where the provider did not say.</summary>
    public int? OutputTokens { get; init; }

    /// <summary>Milliseconds from the request's arrival to the last byte of the answer.</summary>
    public required double LatencyMs { get; init; }

    /// <summary>Milliseconds to the first piece of a streamed answer; null where it was not streamed.</summary>
    public double? TimeToFirstTokenMs { get; init; }

    /// <summary>Why no answer came, in a sentence; null where one did.</summary>
    public string? Error { get; init; }

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
