using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Slipway.Core.Wire;

namespace Slipway.Core.Incidents;

/// <summary>One incident, written <c>inc-3</c>; numbered through the whole installation.</summary>
[JsonConverter(typeof(TextValueConverter<IncidentId>))]
public sealed record IncidentId : ITextValue<IncidentId>
{
    private const string Prefix = "inc-";

    /// <summary>The incident of a number from 1 on.</summary>
    public IncidentId(int number)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        Number = number;
    }

    /// <summary>1 for the first.</summary>
    public int Number { get; }

    /// <summary>What the cases of a golden set say of where they come from: <c>incident:inc-3</c>; a trace may follow after a colon.</summary>
    public string Source => $"incident:{this}";

    /// <inheritdoc/>
    public static string Form => "inc-NUMBER, as in inc-3";

    /// <summary>Whether the source of a case names this incident.</summary>
    /// <param name="source">As it stands in the case; null for none.</param>
    public bool IsSource(string? source) => source is not null && source.StartsWith(Source, StringComparison.Ordinal) && (source.Length == Source.Length || source[Source.Length] == ':');

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? text, [MaybeNullWhen(false)] out IncidentId value) =>
        (value = NumberedId.Read(text, Prefix, 9) is { } number ? new IncidentId((int)number) : null) is not null;

    /// <inheritdoc/>
    public override string ToString() => NumberedId.Write(Prefix, Number);
}
