using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Slipway.Core.Wire;

namespace Slipway.Core.Evaluations;

/// <summary>One version of a rubric, e.g. <c>tone:v2</c>.</summary>
/// <remarks>The name is 1 to 60 characters: a lower-case letter, then lower-case letters, digits and <c>_</c>; the rubric's metrics begin with it. Versions
/// count from 1.</remarks>
[JsonConverter(typeof(TextValueConverter<RubricId>))]
public sealed partial record RubricId : ITextValue<RubricId>
{
    private RubricId(string name, int version) => (Name, Version) = (name, version);

    /// <summary>The rubric's name, the same for all its versions.</summary>
    public string Name { get; }

    /// <summary>The version, from 1.</summary>
    public int Version { get; }

    /// <inheritdoc/>
    public static string Form => "NAME:vN, as in tone:v2";

    /// <summary>The version that follows this one.</summary>
    public RubricId Next() => new(Name, Version + 1);

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? text, [MaybeNullWhen(false)] out RubricId value) =>
        (value = text is not null && NumberedName.Read(Pattern().Match(text)) is var (name, version) ? new RubricId(name, version) : null) is not null;

    /// <summary>The id as it is written: <c>NAME:vN</c>.</summary>
    public override string ToString() => NumberedName.Write(Name, Version);

    [GeneratedRegex("^([a-z][a-z0-9_]{0,59})" + NumberedName.VersionPattern + @"\z")] private static partial Regex Pattern();
}
