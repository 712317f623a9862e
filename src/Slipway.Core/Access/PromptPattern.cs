using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Core.Access;

/// <summary>Prompts by name: one, as in <c>support_router</c>, or all that begin alike, as in <c>support/</c> or <c>support_*</c>.</summary>
[JsonConverter(typeof(TextValueConverter<PromptPattern>))]
public sealed partial record PromptPattern : ITextValue<PromptPattern>
{
    private PromptPattern(string value) => Value = value;

    /// <summary>The pattern as written.</summary>
    public string Value { get; }

    /// <inheritdoc/>
    public static string Form => "a prompt's name, or the beginning of names followed by * or ending in /, as in support_* or support/";

    private bool IsBeginning => Value[^1] is '*' or '/';

    private string Beginning => Value.TrimEnd('*');

    /// <summary>Whether it means a prompt.</summary>
    public bool Covers(PromptName prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return IsBeginning ? prompt.Value.StartsWith(Beginning, StringComparison.Ordinal) : prompt.Value == Value;
    }

    /// <summary>Whether it means every prompt that another pattern means, also those that do not exist yet.</summary>
    public bool Covers(PromptPattern other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return IsBeginning ? other.Beginning.StartsWith(Beginning, StringComparison.Ordinal) : other == this;
    }

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? text, [MaybeNullWhen(false)] out PromptPattern value) =>
        (value = text is not null && Pattern().IsMatch(text) ? new PromptPattern(text) : null) is not null;

    /// <inheritdoc/>
    public override string ToString() => Value;

    [GeneratedRegex(@"^[a-z][a-z0-9_./-]{0,119}\*?\z")] private static partial Regex Pattern();
}
