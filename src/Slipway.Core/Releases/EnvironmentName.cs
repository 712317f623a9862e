using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Slipway.Core.Wire;

namespace Slipway.Core.Releases;

/// <summary>Where a version is live: development, staging or production; each has its own references.</summary>
[JsonConverter(typeof(TextValueConverter<EnvironmentName>))]
public sealed record EnvironmentName : ITextValue<EnvironmentName>
{
    private EnvironmentName(string value) => Value = value;

    /// <summary>Where developers try.</summary>
    public static EnvironmentName Development { get; } = new("development");

    /// <summary>Where a version is assembled as in production before users meet it.</summary>
    public static EnvironmentName Staging { get; } = new("staging");

    /// <summary>Where users are.</summary>
    public static EnvironmentName Production { get; } = new("production");

    /// <summary>All of them, from where a version is tried to where users are.</summary>
    public static ImmutableArray<EnvironmentName> All { get; } = [Development, Staging, Production];

    /// <summary>The name.</summary>
    public string Value { get; }

    /// <inheritdoc/>
    public static string Form => "development, staging or production";

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? text, [MaybeNullWhen(false)] out EnvironmentName value) => (value = text switch
    {
        "development" => Development,
        "staging" => Staging,
        "production" => Production,
        _ => null,
    }) is not null;

    /// <inheritdoc/>
    public override string ToString() => Value;
}
