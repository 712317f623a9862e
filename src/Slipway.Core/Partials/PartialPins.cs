using System.Collections.Immutable;

namespace Slipway.Core.Partials;

/// <summary>The exact partials a text stands on, or all that is wrong with how it names them.</summary>
public abstract record PartialPins
{
    private const int MaxDepth = 5;

    private PartialPins() { }

    /// <summary>Each name means one version.</summary>
    /// <param name="Direct">Those the text itself names, each once.</param>
    /// <param name="All">Those and the ones that they include, by name.</param>
    public sealed record Pinned(ImmutableArray<PartialVersion> Direct, ImmutableArray<PartialVersion> All) : PartialPins;

    /// <summary>It cannot be said.</summary>
    /// <param name="Errors">One sentence each.</param>
    public sealed record Refused(ImmutableArray<string> Errors) : PartialPins;

    /// <summary>Finds out which versions are meant.</summary>
    /// <param name="partials">All there are.</param>
    /// <param name="references">As tags write them: <c>global/privacy</c> for the newest, <c>global/privacy@3</c> for an exact one.</param>
    /// <param name="known">Versions that stand for their names instead of the newest: those of a version that was made before.</param>
    /// <param name="inside">The partial whose text it is, which it must not come back to; null for a template.</param>
    public static PartialPins Of(PartialsState partials, IEnumerable<string> references, ImmutableArray<PartialId> known, PartialName? inside = null)
    {
        ArgumentNullException.ThrowIfNull(partials);
        ArgumentNullException.ThrowIfNull(references);
        var search = new Search(partials, known);
        var direct = ImmutableArray.CreateBuilder<PartialVersion>();
        foreach (var reference in references.Distinct(StringComparer.Ordinal))
            if (search.Enter(reference, inside is null ? [] : [inside.Value]) is { } found && !direct.Contains(found)) direct.Add(found);
        return search.Errors.Count > 0 ? new Refused([.. search.Errors.Distinct(StringComparer.Ordinal)]) : new Pinned(direct.ToImmutable(), [.. search.Found.Values]);
    }

    private sealed class Search(PartialsState partials, ImmutableArray<PartialId> known)
    {
        public List<string> Errors { get; } = [];

        public SortedDictionary<string, PartialVersion> Found { get; } = new(StringComparer.Ordinal);

        public PartialVersion? Enter(string text, ImmutableArray<string> chain)
        {
            if (!PartialReference.TryParse(text, out var reference))
                return Report($"\"{text}\" names no partial: it must be {PartialId.Form}, or the name alone for the newest.");
            var name = reference.Name;
            if (chain.Contains(name.Value)) return Report($"The partial {name} would include itself: {string.Join(" > ", chain.Append(name.Value))}.");
            if (chain.Length >= MaxDepth) return Report($"Partials reach deeper than {MaxDepth}: {string.Join(" > ", chain.Append(name.Value))}.");
            var exact = reference.Version is { } number ? new PartialId(name, number) : known.FirstOrDefault(id => id.Name == name);
            if ((exact is null ? partials.Newest(name) : partials.Find(exact)) is not { } version)
                return Report(exact is null ? partials.Missing(name) : partials.Missing(exact));
            if (Found.TryGetValue(name.Value, out var other) && other != version)
                return Report($"Both {other.Id} and {version.Id} are included; a prompt takes one version of a partial. Submit the partials between them anew, or name one version.");
            Found[name.Value] = version;
            foreach (var pin in version.Facts.Pins) Enter(pin.ToString(), chain.Add(name.Value));
            return version;
        }

        private PartialVersion? Report(string error)
        {
            Errors.Add(error);
            return null;
        }
    }
}
