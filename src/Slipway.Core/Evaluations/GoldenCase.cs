using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Core.Rendering;
using Slipway.Core.Wire;

namespace Slipway.Core.Evaluations;

/// <summary>One case of a golden set: what goes in, and what must come out.</summary>
/// <param name="Id">Unique within the set.</param>
/// <param name="Kind">What the case tries out.</param>
/// <param name="Variables">An object that fills the template; null where the case has messages alone.</param>
/// <param name="Messages">Messages that follow the rendered template; empty where the case has variables alone.</param>
/// <param name="Expect">The checks every answer must pass; at least one, unless a judge scores it.</param>
/// <param name="Tags">Free labels, for grouping; may be empty.</param>
/// <param name="Source">Where the case comes from, e.g. <c>import</c> or an incident; null where nobody said.</param>
public sealed record GoldenCase(string Id, CaseKind Kind, JsonElement? Variables, ImmutableArray<ChatMessage> Messages,
    ImmutableArray<Check> Expect, ImmutableSortedDictionary<string, string> Tags, string? Source)
{
    /// <summary>Whether what it expects was proposed by a machine and nobody has confirmed it: such a case is kept, and no run asks it. Default false.</summary>
    public bool IsProposed { get; init; }

    /// <summary>All that goes in, as people and judges read it: the variables by name, then the messages by role; one message of a user alone is only its text.</summary>
    public string InputText => CaseText.Of(this);

    /// <summary>The rubrics by which its answers are judged, beside those that an evaluation names; usually none.</summary>
    public ImmutableArray<JudgeExpectation> Judges { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>The start of what went in, for a table: the last user message, else the last message, else the variables as JSON.</summary>
    public string InputExcerpt => JsonValues.Excerpt(
        (Messages.LastOrDefault(message => message.Role == "user") ?? (Variables is null ? Messages.LastOrDefault() : null))?.Content
        ?? Variables?.GetRawText() ?? "");
}

/// <summary>What a case tries out. A prompt's policy says which kinds its golden set must have.</summary>
[JsonConverter(typeof(SnakeCaseConverter<CaseKind>))]
public enum CaseKind
{
    /// <summary>What people usually send.</summary>
    Normal,

    /// <summary>Right, but seldom.</summary>
    Rare,

    /// <summary>Nothing, or next to nothing.</summary>
    Empty,

    /// <summary>Insults, baiting, politics.</summary>
    Provocation,

    /// <summary>Names, numbers and addresses that must not leak.</summary>
    PersonalData,

    /// <summary>What the answer would need is not there.</summary>
    MissingContext,

    /// <summary>Two parts of the input say opposite things.</summary>
    ConflictingContext,

    /// <summary>Longer than the prompt can take.</summary>
    Overlong,

    /// <summary>An attempt to talk the model out of its instructions.</summary>
    Bypass,

    /// <summary>Several languages in one input.</summary>
    MixedLanguage,

    /// <summary>Hard on the output's form.</summary>
    Format,

    /// <summary>The right answer is to refuse.</summary>
    Refusal,

    /// <summary>The right answer is to hand over to a person.</summary>
    Escalation,

    /// <summary>Needs the trade's own knowledge.</summary>
    Domain,
}
