using System.Collections.Immutable;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Slipway.Core.Wire;

namespace Slipway.Core.Resolution;

/// <summary>What is done with an answer that breaks its contract.</summary>
[JsonConverter(typeof(EnumTextConverter<ContractPolicy>))]
public enum ContractPolicy
{
    /// <summary>It is given on as it is, and recorded.</summary>
    [JsonStringEnumMemberName("observe")] Observe,
    /// <summary>The model is asked once more; the second answer is given on whatever it is.</summary>
    [JsonStringEnumMemberName("retry")] Retry,
    /// <summary>The stable version answers instead; where stable broke it, its answer is given on.</summary>
    [JsonStringEnumMemberName("fallback")] Fallback,
    /// <summary>The caller gets an error instead of it.</summary>
    [JsonStringEnumMemberName("reject")] Reject,
}

/// <summary>What of inputs and outputs is kept in call records.</summary>
[JsonConverter(typeof(EnumTextConverter<CapturePolicy>))]
public enum CapturePolicy
{
    /// <summary>Both, personal data taken out.</summary>
    [JsonStringEnumMemberName("redacted")] Redacted,
    /// <summary>Neither.</summary>
    [JsonStringEnumMemberName("none")] None,
    /// <summary>Both as they were.</summary>
    [JsonStringEnumMemberName("full")] Full,
}

/// <summary>What is done with a prompt's answers and calls, set per prompt and not per version.</summary>
/// <param name="Contract">What is done with an answer that breaks its contract; default <see cref="ContractPolicy.Observe"/>.</param>
/// <param name="Capture">What of inputs and outputs is kept; default <see cref="CapturePolicy.Redacted"/>.</param>
/// <param name="Redact">Regular expressions, beside the built-in ones, for what is taken out of what is kept.</param>
public sealed record ServingPolicy(ContractPolicy Contract, CapturePolicy Capture, ImmutableArray<string> Redact)
{
    /// <summary>Answers are observed, texts are kept redacted.</summary>
    public static ServingPolicy Default { get; } = new(ContractPolicy.Observe, CapturePolicy.Redacted, []);

    /// <summary>Policies are equal that say the same.</summary>
    public bool Equals(ServingPolicy? other) => other is not null && (Contract, Capture) == (other.Contract, other.Capture) && Redact.SequenceEqual(other.Redact, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Contract, Capture, Redact.Length);

    /// <summary>All that is wrong with it, a sentence each; empty where nothing is.</summary>
    public ImmutableArray<string> Problems() => [.. from pattern in Redact where !CanBeMatched(pattern) select $"redact: \"{pattern}\" is no regular expression that can be matched in bounded time."];

    /// <inheritdoc/>
    public override string ToString() =>
        $"broken contracts are {Contract switch { ContractPolicy.Observe => "observed", ContractPolicy.Retry => "retried", ContractPolicy.Fallback => "answered by stable", _ => "rejected" }}, " +
        $"texts of calls are kept {Capture switch { CapturePolicy.Redacted => "redacted", CapturePolicy.None => "nowhere", _ => "in full" }}";

    // Matching must not take longer than the text is long: a pattern that a hostile text could hold up for minutes is refused here.
    private static bool CanBeMatched(string pattern)
    {
        try
        {
            return pattern.Length is > 0 and <= 500 && new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant) is not null;
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }
}
