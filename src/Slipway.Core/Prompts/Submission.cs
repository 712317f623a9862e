using System.Collections.Immutable;
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

    /// <summary>The version's number; null lets the difference to the newest version decide.</summary>
    public VersionNumber? Version { get; init; }

    /// <summary>The version it was made from: the newest of its line. Null: what <see cref="RollbackTo"/> names.</summary>
    public VersionNumber? BasedOn { get; init; }

    /// <summary>Who answers for the prompt; null: who submits it.</summary>
    public MemberName? Owner { get; init; }

    /// <summary>An alias of the model catalog, or <c>PROVIDER/MODEL</c>.</summary>
    public required string Model { get; init; }

    /// <summary>The template's text: a system message, followed by the caller's messages. Null where <see cref="Messages"/> stands instead.</summary>
    public string? Template { get; init; }

    /// <summary>The messages one by one, as <see cref="PromptMessages"/> reads them. Null where <see cref="Template"/> stands instead.</summary>
    public JsonElement? Messages { get; init; }

    /// <summary>The JSON Schema an answer must fit; null: any answer will do.</summary>
    public JsonElement? Schema { get; init; }

    /// <summary>The golden set it is evaluated on; null: none is named.</summary>
    public GoldenSetId? GoldenSet { get; init; }

    /// <summary>The version to go back to; null for the first version of a prompt.</summary>
    public VersionNumber? RollbackTo { get; init; }

    /// <summary>Why this version exists, as a sentence.</summary>
    public required string ChangeReason { get; init; }

    /// <summary>What the author expects to see.</summary>
    public string? ExpectedEffect { get; init; }

    /// <summary>What is looked at in the first 24 to 72 hours.</summary>
    public string? CheckAfterRelease { get; init; }

    /// <summary>What sort of change it is; more than one only where the prompt's policy allows it.</summary>
    public ChangeKinds? ChangeKind { get; init; }

    /// <summary>A task, incident or experiment.</summary>
    public string? Linked { get; init; }

    /// <summary>JSON Schema by variable name; a variable with a default is optional. Null: the names the template uses are required strings.</summary>
    public JsonElement? Variables { get; init; }

    /// <summary>The parameters that no submission may hold, because Slipway sets them in every request.</summary>
    public static ImmutableArray<string> ReservedParameters { get; } = ["model", "messages", "stream", "stream_options", "tools"];

    /// <summary>What is sent to the model beside the messages, e.g. <c>temperature</c>, none of them <see cref="ReservedParameters"/>. Null: nothing.</summary>
    public JsonElement? Parameters { get; init; }

    /// <summary>The functions the model may call, as OpenAI's <c>tools</c>. Null: none.</summary>
    public JsonElement? Tools { get; init; }

    /// <summary>Where the application looks up what the model is to know. Null: nowhere.</summary>
    public RetrievalPolicy? Retrieval { get; init; }

    /// <summary>How much of the conversation the model gets. Null: all of it.</summary>
    public MemoryPolicy? Memory { get; init; }

    /// <summary>Partials whose text comes first, in this order, e.g. <c>global/privacy@3</c>; without a number the newest. Null: none.</summary>
    public ImmutableArray<string>? Safety { get; init; }

    /// <summary>What is done to an answer before it is checked and given on. Null: nothing.</summary>
    public ImmutableArray<PostProcessingStep>? PostProcessing { get; init; }

    /// <summary>How it is called where the gateway calls it. Null: once, for as long as the server allows.</summary>
    public ServingSettings? Serving { get; init; }

    /// <summary>The partials that its texts and safety layers name, as they write them.</summary>
    public IEnumerable<string> PartialReferences() =>
        (Safety is { IsDefault: false } layers ? layers : []).Concat(Template is null ? [] : Rendering.Template.References(Template)).Concat(Messages is { } messages ? PromptMessages.References(messages) : []);
}

/// <summary>Where an application looks up what the model is to know. Slipway freezes it and gives it to the application; it does not retrieve.</summary>
/// <param name="Index">The index, as the application names it.</param>
/// <param name="TopK">How many passages at most, from 1 to <see cref="MostPassages"/>.</param>
public sealed record RetrievalPolicy(string Index, int TopK)
{
    /// <summary>The largest number of passages.</summary>
    public const int MostPassages = 1_000;
}

/// <summary>How much of a conversation the model gets.</summary>
/// <param name="Turns">The newest turns, from 1 to <see cref="MostTurns"/>; a turn is a message of the user with all that follows it.</param>
public sealed record MemoryPolicy(int Turns)
{
    /// <summary>The largest number of turns.</summary>
    public const int MostTurns = 1_000;
}

/// <summary>Something done to an answer before it is checked and given on.</summary>
[JsonConverter(typeof(EnumTextConverter<PostProcessingStep>))]
public enum PostProcessingStep
{
    /// <summary>An answer that is one fenced block loses the fence.</summary>
    [JsonStringEnumMemberName("trim_markdown_fence")] TrimMarkdownFence,
    /// <summary>White space at both ends goes.</summary>
    [JsonStringEnumMemberName("trim_white_space")] TrimWhiteSpace,
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
