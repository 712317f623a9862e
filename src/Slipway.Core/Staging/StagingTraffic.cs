using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Calls;
using Slipway.Core.Evaluations;

namespace Slipway.Core.Staging;

/// <summary>What was seen of the calls of a prompt in one environment: what surrounds a package.</summary>
/// <param name="Calls">How many were looked at.</param>
/// <param name="Texts">Of how many of them the texts were read; without any nothing is known of variables and conversations.</param>
/// <param name="Models">The models that were really asked, as PROVIDER/MODEL.</param>
/// <param name="Drifted">The fields in which what was sent differed from the package.</param>
/// <param name="Attributes">The names of what applications say of a request beside it.</param>
/// <param name="Variables">The variables that had a value in at least one request.</param>
/// <param name="MostTurns">How many questions of the user the longest conversation held.</param>
public sealed record StagingTraffic(
    int Calls, int Texts, ImmutableSortedSet<string> Models, ImmutableSortedSet<string> Drifted, ImmutableSortedSet<string> Attributes, ImmutableSortedSet<string> Variables, int MostTurns)
{
    /// <summary>Of nobody's calls.</summary>
    public static StagingTraffic None { get; } = Of([], []);

    /// <summary>What calls show.</summary>
    /// <param name="calls">The records; texts are not needed.</param>
    /// <param name="cases">Those of them whose texts were kept, read back.</param>
    public static StagingTraffic Of(IReadOnlyCollection<CallRecord> calls, IReadOnlyCollection<GoldenCase> cases)
    {
        ArgumentNullException.ThrowIfNull(calls);
        ArgumentNullException.ThrowIfNull(cases);
        return new StagingTraffic(
            calls.Count,
            cases.Count,
            // A provider's description may follow its name.
            Names(calls.Where(call => call.Error is null).Select(call => $"{call.Provider.Split(' ', 2)[0]}/{call.Model}")),
            Names(calls.Select(call => call.Drifted).OfType<string>()),
            Names(calls.SelectMany(call => call.Attributes?.Keys ?? [])),
            Names(cases.SelectMany(one => one.Variables is { ValueKind: JsonValueKind.Object } variables ? variables.EnumerateObject().Where(field => HasValue(field.Value)).Select(field => field.Name) : [])),
            cases.Select(one => one.Messages.Count(message => message.Role == "user")).DefaultIfEmpty(0).Max());
    }

    private static bool HasValue(JsonElement value) => value.ValueKind != JsonValueKind.Null && !(value.ValueKind == JsonValueKind.String && string.IsNullOrWhiteSpace(value.GetString()));

    private static ImmutableSortedSet<string> Names(IEnumerable<string> names) => [.. names.ToImmutableSortedSet(StringComparer.Ordinal)];
}
