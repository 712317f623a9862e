using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Models;
using Slipway.Core.Partials;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;

namespace Slipway.Core.Wire;

/// <summary>What differs between two versions: field by field, texts by line and within a line by word.</summary>
/// <param name="From">The one that is compared with.</param>
/// <param name="To">The one that is looked at.</param>
/// <param name="Step">How much a semantic number must rise from one to the other: <c>major</c>, <c>minor</c> or <c>patch</c>.</param>
/// <param name="Reasons">Why, as the ends of a sentence; empty where the two behave the same.</param>
/// <param name="Fields">The fields that differ; empty where the behaviour is the same.</param>
public sealed record VersionDiffDocument(VersionId From, VersionId To, VersionStep Step, ImmutableArray<string> Reasons, ImmutableArray<FieldDiff> Fields);

/// <summary>A field that differs.</summary>
/// <param name="Field">Its name.</param>
/// <param name="Lines">Its lines, of both sides.</param>
public sealed record FieldDiff(string Field, ImmutableArray<LineDiff> Lines);

/// <summary>A line of a field.</summary>
/// <param name="Change">What happened to it.</param>
/// <param name="Text">The line; words that changed within it stand in brackets.</param>
public sealed record LineDiff(LineChange Change, string Text);

/// <summary>What happened to a line.</summary>
[JsonConverter(typeof(EnumTextConverter<LineChange>))]
public enum LineChange
{
    /// <summary>Nothing.</summary>
    [JsonStringEnumMemberName("same")] Same,
    /// <summary>It was there before.</summary>
    [JsonStringEnumMemberName("removed")] Removed,
    /// <summary>It is there now.</summary>
    [JsonStringEnumMemberName("added")] Added,
}

/// <summary>What the versions of a prompt must follow, and what is done with its answers and calls.</summary>
/// <param name="SeveralKindsOfChange">Whether one version may change meaning, tone and format at once; default false.</param>
/// <param name="Contract">What is done with an answer that breaks its contract; default observe.</param>
/// <param name="Capture">What of inputs and outputs is kept; default redacted.</param>
/// <param name="Redact">Regular expressions, beside the built-in ones, for what is taken out of what is kept; default none.</param>
/// <param name="Evaluation">What it asks of its evaluations; left out of a request it stays as it is: an older client does not know it.</param>
/// <param name="Releases">What the plans of its releases to production begin with; left out of a request it stays as it is.</param>
/// <param name="IncidentsBlock">Whether nothing of it is released while an incident of it is open; left out of a request it stays as it is.</param>
/// <param name="Drill">How often its way back is practised in production, never where every is <c>0s</c>; left out of a request it stays as it is.</param>
public sealed record PolicyDocument(
    bool SeveralKindsOfChange = false, ContractPolicy Contract = ContractPolicy.Observe, CapturePolicy Capture = CapturePolicy.Redacted, ImmutableArray<string>? Redact = null,
    EvaluationPolicyDocument? Evaluation = null, ReleasePlanDocument? Releases = null, bool? IncidentsBlock = null,
    DrillPolicy? Drill = null)
{
    /// <summary>What is done with answers and calls.</summary>
    public ServingPolicy Serving() => new(Contract, Capture, Redact ?? []);

    /// <summary>The document of a policy.</summary>
    public static PolicyDocument Of(PromptPolicySet policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return new PolicyDocument(policy.SeveralKindsOfChange, policy.Serving.Contract, policy.Serving.Capture, policy.Serving.Redact, EvaluationPolicyDocument.Of(policy.Evaluation), policy.Releases, policy.IncidentsBlock,
            policy.Drill);
    }
}

/// <summary>What a prompt asks of its evaluations.</summary>
/// <param name="RequiredKinds">How many cases its golden set must hold at least, by kind; default none.</param>
/// <param name="UnsafeTools">The tools that no answer may call, by name; default none.</param>
/// <param name="JudgeBar">What a judge must reach on labelled examples before it may gate; default 0.8 agreement and a kappa of 0.6.</param>
public sealed record EvaluationPolicyDocument(ImmutableSortedDictionary<string, int>? RequiredKinds = null, ImmutableArray<string>? UnsafeTools = null, JudgeBar? JudgeBar = null)
{
    /// <summary>The policy it means.</summary>
    /// <param name="problem">What is wrong, in a sentence; null where nothing is.</param>
    /// <returns>Null where something is wrong.</returns>
    public EvaluationPolicy? Policy(out string? problem)
    {
        var unknown = RequiredKinds?.Keys.Where(name => SnakeCase<CaseKind>.Parse(name) is null).ToList() ?? [];
        problem = unknown.Count > 0 ? $"evaluation.required_kinds: there is no kind {string.Join(", ", unknown.Select(name => $"\"{name}\""))}; the kinds are {string.Join(", ", SnakeCase<CaseKind>.Names)}." : null;
        if (problem is not null) return null;
        return new EvaluationPolicy(
            RequiredKinds?.ToImmutableSortedDictionary(kind => SnakeCase<CaseKind>.Parse(kind.Key)!.Value, kind => kind.Value) ?? EvaluationPolicy.Default.RequiredKinds,
            UnsafeTools ?? [], JudgeBar ?? EvaluationPolicy.Default.JudgeBar);
    }

    /// <summary>The document of a policy.</summary>
    public static EvaluationPolicyDocument Of(EvaluationPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return new EvaluationPolicyDocument(
            policy.RequiredKinds.ToImmutableSortedDictionary(kind => SnakeCase<CaseKind>.Of(kind.Key), kind => kind.Value, StringComparer.Ordinal), policy.UnsafeTools, policy.JudgeBar);
    }
}

/// <summary>Asks for the next version of a partial.</summary>
/// <param name="Text">Its template.</param>
/// <param name="ChangeReason">Why, as a sentence.</param>
public sealed record PartialRequest(string Text, string ChangeReason);

/// <summary>A version of a partial.</summary>
/// <param name="Partial">Its name.</param>
/// <param name="Content">The hash of its text.</param>
/// <param name="Text">Its template.</param>
/// <param name="Pins">The exact partials it includes itself.</param>
/// <param name="Author">Who submitted it.</param>
/// <param name="SubmittedAt">When.</param>
/// <param name="ChangeReason">Why.</param>
/// <param name="UsedBy">The versions that hold it: of each prompt what is live and what is newest.</param>
/// <param name="CouldTakeIt">The versions that hold an older one of the same partial, of those.</param>
/// <param name="Created">Whether this request made it; false where it was there before.</param>
public sealed record PartialDocument(
    PartialId Partial, ContentHash Content, string Text, ImmutableArray<PartialId> Pins, MemberName Author, DateTimeOffset SubmittedAt, string ChangeReason,
    ImmutableArray<VersionId> UsedBy, ImmutableArray<VersionId> CouldTakeIt, bool Created);

/// <summary>What the catalog knows of a model.</summary>
/// <param name="Model">Which.</param>
/// <param name="ContextTokens">How many tokens question and answer may have together; null for unknown.</param>
/// <param name="Prices">In US dollars per million tokens; null for unknown.</param>
/// <param name="Pinned">Whether the name means one model for ever, by its date or because somebody said so; production needs that.</param>
/// <param name="Aliases">The aliases that stand for it.</param>
public sealed record ModelDocument(ModelReference Model, int? ContextTokens, ModelPrices? Prices, bool Pinned, ImmutableArray<string> Aliases);

/// <summary>Says what is known of a model.</summary>
/// <param name="ContextTokens">How many tokens question and answer may have together; null for unknown.</param>
/// <param name="Prices">In US dollars per million tokens; null for unknown.</param>
/// <param name="Pinned">Whether its provider never changes what stands behind the name, though the name holds no date.</param>
public sealed record ModelFactsRequest(int? ContextTokens = null, ModelPrices? Prices = null, bool Pinned = false);

/// <summary>Asks for a change of a prompt.</summary>
/// <param name="Prompt">Which prompt.</param>
/// <param name="Text">What is to be otherwise, and why; at most 4,000 characters.</param>
public sealed record ChangeRequestRequest(PromptName Prompt, string Text);

/// <summary>Answers a request for a change.</summary>
/// <param name="Reason">What is said to it; required where it is turned down.</param>
/// <param name="Version">The version that makes the change; null before there is one.</param>
public sealed record ChangeAnswer(string? Reason = null, VersionId? Version = null);
