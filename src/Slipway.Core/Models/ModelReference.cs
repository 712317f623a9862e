using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Slipway.Core.Wire;

namespace Slipway.Core.Models;

/// <summary>One model of one provider, e.g. <c>openai/gpt-4.1-2025-04-14</c> or <c>offline/offline-2026-11</c>.</summary>
/// <remarks>The provider's name (a lower-case letter, then letters, digits, <c>-</c>), a slash, the name the provider knows.</remarks>
[JsonConverter(typeof(TextValueConverter<ModelReference>))]
public sealed partial record ModelReference : ITextValue<ModelReference>
{
    private ModelReference(string provider, string model) => (Provider, Model) = (provider, model);

    /// <summary>The provider's name in this installation.</summary>
    public string Provider { get; }

    /// <summary>The name the provider knows.</summary>
    public string Model { get; }

    /// <summary>Whether the name holds a date, as in <c>gpt-4.1-2025-04-14</c>, <c>claude-3-5-haiku-20241022</c> or <c>offline-2026-11</c>.</summary>
    public bool IsDated => Date().IsMatch(Model);

    /// <inheritdoc/>
    public static string Form => "PROVIDER/MODEL, as in openai/gpt-4.1-2025-04-14";

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? text, [MaybeNullWhen(false)] out ModelReference value)
    {
        value = text is not null && Pattern().Match(text) is { Success: true } match ? new ModelReference(match.Groups[1].Value, match.Groups[2].Value) : null;
        return value is not null;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Provider}/{Model}";

    [GeneratedRegex(@"^([a-z][a-z0-9-]{0,39})/([A-Za-z0-9][A-Za-z0-9._:/-]{0,119})\z")] private static partial Regex Pattern();
    [GeneratedRegex(@"(?<![0-9])20[0-9]{2}-?(0[1-9]|1[0-2])(-?(0[1-9]|[12][0-9]|3[01]))?(?![0-9])")] private static partial Regex Date();
}
