namespace Slipway.Core.Contracts;

/// <summary>The patterns of one compilation: the same text is built once, and there is an end to it.</summary>
internal sealed class PatternTable
{
    private readonly Dictionary<string, (SchemaPattern? Pattern, string? Problem)> patterns = [];

    /// <summary>The pattern of this text; null, and why, where it cannot be used.</summary>
    public SchemaPattern? Find(string text, out string? problem)
    {
        if (!patterns.TryGetValue(text, out var found))
        {
            var pattern = patterns.Count < SchemaLimits.Patterns
                ? SchemaPattern.Parse(text, out problem)
                : Refuse(out problem);
            patterns[text] = found = (pattern, problem);
        }
        problem = found.Problem;
        return found.Pattern;
    }

    private static SchemaPattern? Refuse(out string? problem)
    {
        problem = $"the schema has more than {SchemaLimits.Patterns} of them";
        return null;
    }
}
