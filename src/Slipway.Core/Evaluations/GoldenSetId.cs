using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Slipway.Core.Wire;

namespace Slipway.Core.Evaluations;

/// <summary>One version of a golden set, e.g. <c>support_router_golden:v4</c>.</summary>
/// <remarks>The name is 1 to 120 characters: a lower-case letter, then letters, digits, <c>_ - . /</c>. Versions count from 1.</remarks>
[JsonConverter(typeof(TextValueConverter<GoldenSetId>))]
public sealed partial record GoldenSetId : ITextValue<GoldenSetId>
{
    private GoldenSetId(string name, int version) => (Name, Version) = (name, version);

    /// <summary>The set's name, the same for all its versions.</summary>
    public string Name { get; }

    /// <summary>The version, from 1.</summary>
    public int Version { get; }

    /// <inheritdoc/>
    public static string Form => "NAME:vN, as in support_router_golden:v4";

    /// <summary>The version that follows this one.</summary>
    public GoldenSetId Next() => new(Name, Version + 1);

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? text, [MaybeNullWhen(false)] out GoldenSetId value) =>
        (value = text is not null && NumberedName.Read(Pattern().Match(text)) is var (name, version) ? new GoldenSetId(name, version) : null) is not null;

    /// <summary>The id as it is written: <c>NAME:vN</c>.</summary>
    public override string ToString() => NumberedName.Write(Name, Version);

    [GeneratedRegex("^([a-z][a-z0-9_./-]{0,119})" + NumberedName.VersionPattern + @"\z")] private static partial Regex Pattern();
}
