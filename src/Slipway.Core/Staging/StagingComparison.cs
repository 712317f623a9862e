using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Slipway.Core.Models;
using Slipway.Core.Partials;
using Slipway.Core.Prompts;

namespace Slipway.Core.Staging;

/// <summary>A version with its package, what was seen of its environment, and how it answered.</summary>
/// <param name="Version">Its name.</param>
/// <param name="Package">What is frozen of it.</param>
/// <param name="Traffic">What was seen of the calls there.</param>
/// <param name="Answers">How it answered the recorded requests.</param>
public sealed record StagingSide(VersionId Version, Package Package, StagingTraffic Traffic, StagingAnswers Answers);

/// <summary>Holds a staged version against what production runs on. Pure.</summary>
public static class StagingComparison
{
    // What a version gives its own reason for, and what stands in every difference of versions.
    private static readonly ImmutableHashSet<string> OwnChange = ["messages", "output", "parameters", "post_processing", "serving"];

    /// <summary>All that differs, what needs a reason first, then by part.</summary>
    /// <param name="staged">The version that is staged.</param>
    /// <param name="live">What is live in production.</param>
    /// <param name="models">The catalog, for what its aliases stand for.</param>
    public static ImmutableArray<StagingDifference> Of(StagingSide staged, StagingSide live, ModelsState models)
    {
        ArgumentNullException.ThrowIfNull(staged);
        ArgumentNullException.ThrowIfNull(live);
        ArgumentNullException.ThrowIfNull(models);
        return [.. OfPackages(staged, live, models).Concat(OfTraffic(staged, live)).Concat(OfAnswers(staged, live))
            .OrderByDescending(difference => difference.NeedsReason).ThenBy(difference => difference.Part, StringComparer.Ordinal)];
    }

    private static IEnumerable<StagingDifference> OfPackages(StagingSide staged, StagingSide live, ModelsState models)
    {
        foreach (var part in staged.Package.Document.EnumerateObject().Concat(live.Package.Document.EnumerateObject()).Select(field => field.Name).Distinct(StringComparer.Ordinal))
        {
            if (part == "format" || Same(staged.Package, live.Package, part)) continue;
            var (there, here) = (Told(staged.Package, part), Told(live.Package, part));
            // A variable may be described otherwise and be the same to applications.
            if (part == "variables")
            {
                if (Variables(staged.Package, live.Package) is { } words) yield return new StagingDifference(part, there, here, words, NeedsReason: true);
                continue;
            }
            yield return new StagingDifference(part, there, here, Sentence(part, there, here, staged, live, models), !OwnChange.Contains(part));
        }
    }

    private static string Sentence(string part, string? there, string? here, StagingSide staged, StagingSide live, ModelsState models) => part switch
    {
        "model" => $"it runs on {there}, production on {here}{Aliases(staged.Package.Model, live.Package.Model, models)}",
        "retrieval" => $"it looks things up in {there ?? "no index"}, production in {here ?? "none"}",
        "memory" => $"the model gets {there ?? "the whole conversation"}, in production {here ?? "the whole conversation"}",
        "tools" => $"its tools are {there ?? "none"}, those of production {here ?? "none"}; {ChangedTools(staged.Package, live.Package)}",
        "partials" or "safety" => $"its {(part == "safety" ? "safety layers" : "partials")} are {there ?? "none"}, those of production {here ?? "none"}",
        _ => $"its {Spoken(part)} from production's, as the version says of itself; see: slipway diff {live.Version} {staged.Version}",
    };

    private static string Spoken(string part) => part switch
    {
        "messages" or "parameters" => $"{part} differ",
        "output" => "output schema differs",
        "serving" => "serving settings differ",
        _ => $"{part.Replace('_', '-')} differs",
    };

    private static string Aliases(ModelReference staged, ModelReference live, ModelsState models)
    {
        var names = models.Aliases.Where(alias => alias.Value == live || alias.Value == staged).Select(alias => $"{alias.Key} stands for {alias.Value} now").ToList();
        return names.Count == 0 ? "" : $" ({string.Join(", ", names)})";
    }

    private static string? Variables(Package staged, Package live)
    {
        var (more, fewer) = (staged.RequiredVariables.Except(live.RequiredVariables).ToList(), live.RequiredVariables.Except(staged.RequiredVariables).ToList());
        var words = new[]
        {
            more.Count == 0 ? null : $"it needs {string.Join(", ", more)}, which applications do not send to what is live",
            fewer.Count == 0 ? null : $"it does not take {string.Join(", ", fewer)}, which applications send to what is live",
        }.OfType<string>().ToList();
        return words.Count == 0 ? null : string.Join("; ", words);
    }

    private static string ChangedTools(Package staged, Package live)
    {
        var (there, here) = (Tools(staged), Tools(live));
        var changed = there.Keys.Intersect(here.Keys, StringComparer.Ordinal).Where(name => !JsonElement.DeepEquals(there[name], here[name])).Order(StringComparer.Ordinal).ToList();
        return changed.Count == 0 ? "those they have in common are alike" : $"other schemas: {string.Join(", ", changed)}";
    }

    private static Dictionary<string, JsonElement> Tools(Package package) => package.Tools is { } tools
        ? tools.EnumerateArray().ToDictionary(tool => tool.GetProperty("function").GetProperty("name").GetString()!, tool => tool.GetProperty("function"), StringComparer.Ordinal)
        : [];

    private static string? Told(Package package, string part) => !package.Document.TryGetProperty(part, out var value) ? null : part switch
    {
        "model" => package.Model.ToString(),
        "retrieval" => package.Retrieval is { } retrieval ? string.Create(CultureInfo.InvariantCulture, $"{retrieval.Index} ({retrieval.TopK} passages)") : null,
        "memory" => package.Memory is { } memory ? string.Create(CultureInfo.InvariantCulture, $"the newest {memory.Turns} turns") : null,
        "tools" => Tools(package).Count == 0 ? null : string.Join(", ", Tools(package).Keys.Order(StringComparer.Ordinal)),
        "partials" => Listed(package.Partials),
        "safety" => string.Join(", ", value.EnumerateArray().Select(layer => layer.GetString())),
        "variables" => package.RequiredVariables.IsEmpty ? null : string.Join(", ", package.RequiredVariables),
        // The texts themselves are for a comparison of versions to show.
        _ => null,
    };

    private static string? Listed(ImmutableArray<PartialId> partials) => partials.IsEmpty ? null : string.Join(", ", partials);

    private static bool Same(Package one, Package other, string part)
    {
        var (has, had) = (one.Document.TryGetProperty(part, out var now), other.Document.TryGetProperty(part, out var before));
        return has == had && (!has || JsonElement.DeepEquals(now, before));
    }

    // Where nobody called it in staging, nothing was seen there: that is no difference.
    private static IEnumerable<StagingDifference> OfTraffic(StagingSide staged, StagingSide live)
    {
        var (there, here) = (staged.Traffic, live.Traffic);
        if (there.Calls == 0) yield break;
        if (there.Models.Remove(staged.Package.Model.ToString()) is { IsEmpty: false } others)
            yield return new StagingDifference("models asked", Told(there.Models), Told(here.Models), $"in staging {Told(others)} answered calls of it, not only its own model {staged.Package.Model}", NeedsReason: true);
        if (!there.Drifted.SetEquals(here.Drifted))
            yield return new StagingDifference("overrides", Told(there.Drifted), Told(here.Drifted), $"what is sent differs from the package in {Told(there.Drifted) ?? "nothing"}, in production in {Told(here.Drifted) ?? "nothing"}", NeedsReason: true);
        if (here.Calls == 0) yield break;
        foreach (var (part, seenThere, seenHere) in ((string, ImmutableSortedSet<string>, ImmutableSortedSet<string>)[])[("variables seen", there.Variables, here.Variables), ("attributes seen", there.Attributes, here.Attributes)])
        {
            if (part == "variables seen" && (there.Texts == 0 || here.Texts == 0)) continue;
            // Names that one of the two packages does not have are told of with the package.
            var (missing, extra) = (seenHere.Except(seenThere), seenThere.Except(seenHere));
            if (part == "variables seen") (missing, extra) = (missing.Intersect(staged.Package.RequiredVariables), extra.Intersect(live.Package.RequiredVariables));
            if (missing.IsEmpty && extra.IsEmpty) continue;
            var words = new[] { missing.IsEmpty ? null : $"only production sends {Told(missing)}", extra.IsEmpty ? null : $"only staging sends {Told(extra)}" }.OfType<string>();
            yield return new StagingDifference(part, Told(seenThere), Told(seenHere), string.Join("; ", words), NeedsReason: part == "variables seen");
        }
        if (there.Texts > 0 && there.MostTurns < here.MostTurns)
            yield return new StagingDifference("history seen", Turns(there.MostTurns), Turns(here.MostTurns), $"conversations in staging had {Turns(there.MostTurns)} at most, in production {Turns(here.MostTurns)}; the recorded requests have their own length", NeedsReason: false);
    }

    private static IEnumerable<StagingDifference> OfAnswers(StagingSide staged, StagingSide live)
    {
        var (there, here) = (staged.Answers, live.Answers);
        if (there.Asked - there.Kept <= here.Asked - here.Kept) yield break;
        yield return new StagingDifference("answers", Kept(there), Kept(here), $"of {there.Asked.ToString(CultureInfo.InvariantCulture)} recorded requests it answered {Kept(there)} as its contract has it, what is live {Kept(here)}", NeedsReason: true);
    }

    private static string Kept(StagingAnswers answers) => answers.Kept.ToString(CultureInfo.InvariantCulture);

    private static string Turns(int turns) => string.Create(CultureInfo.InvariantCulture, $"{turns} {(turns == 1 ? "question" : "questions")}");

    private static string? Told(ImmutableSortedSet<string> names) => names.IsEmpty ? null : string.Join(", ", names);
}
