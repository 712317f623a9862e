using System.Collections.Immutable;

namespace Slipway.Core.Rendering;

/// <summary>Gathers the top-level names of a template, in order of first use.</summary>
internal sealed class VariableCollector
{
    private readonly Dictionary<string, int> index = new(StringComparer.Ordinal);
    private readonly List<TemplateVariable> variables = [];

    public void Add(NamePath path, Origin origin, VariableUses use, bool inSection)
    {
        if (path.Parts.IsEmpty) return;         // {{.}} is the current item, not a name
        if (path.Parts.Length > 1) use = VariableUses.Parts;
        if (index.TryGetValue(path.First, out var at))
        {
            var known = variables[at];
            variables[at] = known with { Uses = known.Uses | use, OnlyInSections = known.OnlyInSections && inSection };
            return;
        }
        var (line, column) = origin.Position;
        index.Add(path.First, variables.Count);
        variables.Add(new TemplateVariable(path.First, line, column, use, inSection));
    }

    public ImmutableArray<TemplateVariable> ToImmutable() => [.. variables];
}
