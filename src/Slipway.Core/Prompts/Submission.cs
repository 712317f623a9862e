using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Wire;

namespace Slipway.Core.Prompts;

/// <summary>A manifest with the files it names read in: all that is needed to make a version.</summary>
public sealed record Submission
{
    /// <summary>Which prompt.</summary>
    public required PromptName Prompt { get; init; }

    /// <summary>The version's number.</summary>
    public required VersionNumber Version { get; init; }

    /// <summary>Who answers for the prompt.</summary>
    public required MemberName Owner { get; init; }

    /// <summary>An alias of the model catalog, or <c>PROVIDER/MODEL</c>.</summary>
    public required string Model { get; init; }

    /// <summary>The template's text: a system message, followed by the caller's messages.</summary>
    public required string Template { get; init; }

    /// <summary>The JSON Schema an answer must fit.</summary>
    public required JsonElement Schema { get; init; }

    /// <summary>The golden set it is evaluated on.</summary>
    public required GoldenSetId GoldenSet { get; init; }

    /// <summary>The version to go back to; null for the first version of a prompt.</summary>
    public VersionNumber? RollbackTo { get; init; }

    /// <summary>Why this version exists, as a sentence.</summary>
    public required string ChangeReason { get; init; }

    /// <summary>What the author expects to see.</summary>
    public string? ExpectedEffect { get; init; }

    /// <summary>What is looked at in the first days.</summary>
    public string? CheckAfterRelease { get; init; }

    /// <summary>What sort of change it is.</summary>
    public ChangeKind? ChangeKind { get; init; }

    /// <summary>A task, incident or experiment.</summary>
    public string? Linked { get; init; }

    /// <summary>JSON Schema by variable name; a variable with a default is optional. Null: the names the template uses are required strings.</summary>
    public JsonElement? Variables { get; init; }

    /// <summary>What is sent to the model beside the messages, e.g. <c>temperature</c>. Null: nothing.</summary>
    public JsonElement? Parameters { get; init; }
}

/// <summary>What sort of change a version is.</summary>
[JsonConverter(typeof(EnumTextConverter<ChangeKind>))]
public enum ChangeKind
{
    /// <summary>It decides otherwise.</summary>
    [JsonStringEnumMemberName("meaning")] Meaning,
    /// <summary>It speaks otherwise.</summary>
    [JsonStringEnumMemberName("tone")] Tone,
    /// <summary>Its answers have another form.</summary>
    [JsonStringEnumMemberName("format")] Format,
}
