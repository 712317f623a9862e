using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Slipway.Core.Access;
using Slipway.Core.Wire;

namespace Slipway.Core.Prompts;

/// <summary>One request for a change, written <c>chg-3</c>; numbered through the whole installation.</summary>
[JsonConverter(typeof(TextValueConverter<ChangeRequestId>))]
public sealed record ChangeRequestId : ITextValue<ChangeRequestId>
{
    private const string Prefix = "chg-";

    /// <summary>The request of a number from 1 on.</summary>
    public ChangeRequestId(int number)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        Number = number;
    }

    /// <summary>1 for the first.</summary>
    public int Number { get; }

    /// <inheritdoc/>
    public static string Form => "chg-NUMBER, as in chg-3";

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? text, [MaybeNullWhen(false)] out ChangeRequestId value) =>
        (value = NumberedId.Read(text, Prefix, 9) is { } number ? new ChangeRequestId((int)number) : null) is not null;

    /// <inheritdoc/>
    public override string ToString() => NumberedId.Write(Prefix, Number);
}

/// <summary>What came of a request.</summary>
[JsonConverter(typeof(SnakeCaseConverter<ChangeRequestState>))]
public enum ChangeRequestState
{
    /// <summary>Nobody answered it yet.</summary>
    Open,
    /// <summary>An author made it theirs.</summary>
    TakenUp,
    /// <summary>An author said why not.</summary>
    TurnedDown,
}

/// <summary>A change that somebody asked for who need not be able to make it.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Prompt">Of which prompt.</param>
/// <param name="Text">What is asked for.</param>
/// <param name="By">Who asks.</param>
/// <param name="At">When.</param>
/// <param name="State">What came of it.</param>
/// <param name="AnsweredBy">The author who answered; null before.</param>
/// <param name="AnsweredAt">When; null before.</param>
/// <param name="Answer">What the author said; null before, or where nothing was said.</param>
/// <param name="Version">The version that makes the change; null before there is one.</param>
public sealed record ChangeRequest(
    ChangeRequestId Id, PromptName Prompt, string Text, MemberName By, DateTimeOffset At, ChangeRequestState State, MemberName? AnsweredBy, DateTimeOffset? AnsweredAt, string? Answer, VersionId? Version);

/// <summary>Something that happened to a request for a change.</summary>
/// <param name="Request">Which one.</param>
/// <param name="Prompt">Of which prompt.</param>
public abstract record ChangeRequestEvent(ChangeRequestId Request, PromptName Prompt) : PromptEvent;

/// <summary>Somebody asked for a change.</summary>
/// <param name="Request">Which one.</param>
/// <param name="Prompt">Of which prompt.</param>
/// <param name="Text">What is asked for.</param>
public sealed record ChangeRequested(ChangeRequestId Request, PromptName Prompt, string Text) : ChangeRequestEvent(Request, Prompt)
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => $"asked for a change of {Prompt} ({Request}): {Text}";
}

/// <summary>An author made it theirs, or said which version makes it.</summary>
/// <param name="Request">Which one.</param>
/// <param name="Prompt">Of which prompt.</param>
/// <param name="Version">The version that makes the change; null before there is one.</param>
/// <param name="Note">What the author said; null for nothing.</param>
public sealed record ChangeTakenUp(ChangeRequestId Request, PromptName Prompt, VersionId? Version, string? Note) : ChangeRequestEvent(Request, Prompt)
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => $"took up {Request} of {Prompt}{(Version is null ? "" : $" with {Version.Number}")}{(Note is null ? "" : $": {Note}")}";
}

/// <summary>An author said why not.</summary>
/// <param name="Request">Which one.</param>
/// <param name="Prompt">Of which prompt.</param>
/// <param name="Reason">Why not.</param>
public sealed record ChangeTurnedDown(ChangeRequestId Request, PromptName Prompt, string Reason) : ChangeRequestEvent(Request, Prompt)
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => $"turned down {Request} of {Prompt}: {Reason}";
}
