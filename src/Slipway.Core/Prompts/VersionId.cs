using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Slipway.Core.Wire;

namespace Slipway.Core.Prompts;

/// <summary>One version of one prompt, written <c>support_router:v1.6.0</c>.</summary>
/// <param name="Prompt">Which prompt.</param>
/// <param name="Number">Which of its versions.</param>
[JsonConverter(typeof(TextValueConverter<VersionId>))]
public sealed record VersionId(PromptName Prompt, VersionNumber Number) : ITextValue<VersionId>
{
    /// <inheritdoc/>
    public static string Form => "PROMPT:vVERSION, as in support_router:v1.6.0";

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? text, [MaybeNullWhen(false)] out VersionId value)
    {
        var colon = text?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        value = colon > 0 && PromptName.TryParse(text![..colon], out var prompt) && VersionNumber.TryParse(text[(colon + 1)..], out var number) ? new VersionId(prompt, number) : null;
        return value is not null;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Prompt}:v{Number}";
}
