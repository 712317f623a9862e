namespace Slipway.Core.Contracts;

/// <summary>How much a schema or an answer may ask for. Far above what honest ones need; low enough that hostile ones do no harm.</summary>
internal static class SchemaLimits
{
    /// <summary>Objects and arrays inside one another, in a schema and in an answer.</summary>
    public const int Depth = 128;

    /// <summary>Subschemas in one compiled schema, referenced documents included.</summary>
    public const int Nodes = 20_000;

    /// <summary>Subschemas that pass one value on to each other (<c>$ref</c>, <c>allOf</c>, …) before somebody looks inside it.</summary>
    public const int Chain = 128;

    /// <summary>Evaluations one inside the other: reached only by <c>$dynamicRef</c> that goes in circles.</summary>
    public const int Nesting = 4_096;

    /// <summary>Different regular expressions in one schema: each takes time to build.</summary>
    public const int Patterns = 500;

    /// <summary>UTF-16 units in one regular expression.</summary>
    public const int PatternLength = 4_000;

    /// <summary>States up to which a pattern runs in linear time; above, building the automaton would itself be the attack.</summary>
    public const int PatternStates = 1_000;

    /// <summary>How long a pattern that must backtrack may look at one text.</summary>
    public static readonly TimeSpan PatternTime = TimeSpan.FromMilliseconds(250);

    /// <summary>Violations reported of one answer: past these nobody reads on.</summary>
    public const int Violations = 100;

    /// <summary>Significant digits of a <c>multipleOf</c>: they and the remainder fit 64 bits.</summary>
    public const int DivisorDigits = 19;

    /// <summary>Steps (a subschema, a member or an item looked at) spent on a text of so many bytes.</summary>
    /// <remarks>Nested <c>allOf</c> can double the work at every level, so depth alone bounds nothing.</remarks>
    public static int Steps(int bytes) => (int)Math.Min(1_000_000 + 64L * bytes, 100_000_000);
}
