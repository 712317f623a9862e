using System.Collections.Immutable;

namespace Slipway.Core.Rendering;

/// <summary>Gathers the top-level names of a template, in order of first use.</summary>
internal sealed class VariableCollector
{
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);
    private readonly List<TemplateVariable> _variables = [];

    public void Add(NamePath path, Origin origin, VariableUses use, bool inSection)
    {
        if (path.Parts.IsEmpty) return;         // {{.}} is the current item, not a name
        if (path.Parts.Length > 1) use = VariableUses.Parts;
        if (_index.TryGetValue(path.First, out var at))
        {
            var known = _variables[at];
            _variables[at] = known with { Uses = known.Uses | use, OnlyInSections = known.OnlyInSections && inSection };
            return;
        }
        var (line, column) = origin.Position;
        _index.Add(path.First, _variables.Count);
        _variables.Add(new TemplateVariable(path.First, line, column, use, inSection));
    }

    public ImmutableArray<TemplateVariable> ToImmutable() => [.. _variables];
}
