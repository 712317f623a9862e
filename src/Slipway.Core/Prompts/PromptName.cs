using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Slipway.Core.Wire;

namespace Slipway.Core.Prompts;

/// <summary>The name an application asks for, e.g. <c>support_router</c>.</summary>
/// <remarks>1 to 120 characters: a lower-case letter, then letters, digits, <c>_ - . /</c>.</remarks>
[JsonConverter(typeof(TextValueConverter<PromptName>))]
public sealed record PromptName : ITextValue<PromptName>
{
    private static readonly NameForm Names = new(120, "_./-");

    private PromptName(string value) => Value = value;

    /// <summary>The name.</summary>
    public string Value { get; }

    /// <inheritdoc/>
    public static string Form => "1 to 120 characters: a lower-case letter, then lower-case letters, digits, _ - . or /";

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? text, [MaybeNullWhen(false)] out PromptName value) =>
        (value = Names.Fits(text) ? new PromptName(text) : null) is not null;

    /// <inheritdoc/>
    public override string ToString() => Value;
}
