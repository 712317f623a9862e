using System.Collections.Immutable;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;

namespace Slipway.Core.Releases;

/// <summary>Whose work a version holds that nobody has released yet: none of them judges it, and none starts it.</summary>
public static class Editors
{
    /// <summary>The author, whoever submitted the same content under another number, the authors of unreleased versions it was made from, and of partials that what is live does not hold.</summary>
    /// <param name="registry">All state.</param>
    /// <param name="candidate">Which version.</param>
    /// <param name="environment">Where it is to go live.</param>
    public static ImmutableArray<MemberName> Of(Registry registry, VersionId candidate, EnvironmentName environment)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(candidate);
        if (registry.Prompts.Find(candidate.Prompt) is not { } prompt || prompt.Find(candidate.Number) is not { } version) return [];
        var people = new HashSet<MemberName>(prompt.Versions.Where(other => other.Package == version.Package).Select(other => other.Author));
        var released = registry.Releases.Live(candidate.Prompt, environment) is { } live ? prompt.Find(live.Version.Number) : null;
        foreach (var partial in version.Facts.Partials.Except(released?.Facts.Partials ?? []))
            if (registry.Partials.Find(partial) is { } changed) people.Add(changed.Author);
        // A version is made from an older one, so this ends.
        for (var at = version; at is not null; at = at.Facts.BasedOn is { } basis && prompt.Find(basis) is { } before && before.Sequence < at.Sequence ? before : null)
        {
            if (at != version && registry.Releases.WasLive(at.Id, environment)) break;
            people.Add(at.Author);
        }
        return [.. people.OrderBy(who => who.Value, StringComparer.Ordinal)];
    }
}
