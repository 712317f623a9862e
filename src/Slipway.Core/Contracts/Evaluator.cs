using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Slipway.Core.Contracts;

/// <summary>Judges one parsed value against a compiled schema and says everything that is wrong with it. Serves one validation.</summary>
/// <remarks>Its values have passed <see cref="JsonText.Problem"/>: their depth is limited and their strings can be decoded.</remarks>
internal sealed partial class Evaluator
{
    private readonly InstancePath path = new();
    private readonly List<SchemaResource> scope = [];

    // Null while only a yes or no is asked, as inside of `not`: then the first no ends the look.
    private List<SchemaViolation>? violations;
    private int stepsLeft;
    private int nesting;

    /// <summary>Why the evaluation was given up; everything found after that is meaningless.</summary>
    private string? givenUp;

    private Evaluator(int steps, List<SchemaViolation>? violations) => (stepsLeft, this.violations) = (steps, violations);

    /// <summary>Everything that is wrong with a value.</summary>
    public static ImmutableArray<SchemaViolation> Violations(SchemaNode root, JsonElement value, int bytes)
    {
        var found = new List<SchemaViolation>();
        var evaluator = new Evaluator(SchemaLimits.Steps(bytes), found);
        evaluator.Evaluate(root, value, null);
        return evaluator.givenUp is { } reason ? [new SchemaViolation("", "", reason)] : [.. found.Take(SchemaLimits.Violations)];
    }

    /// <summary>Whether nothing is wrong with a value; the steps it takes are taken off <paramref name="steps"/>.</summary>
    public static bool Accepts(SchemaNode root, JsonElement value, ref int steps)
    {
        var evaluator = new Evaluator(steps, null);
        var valid = evaluator.Evaluate(root, value, null) && evaluator.givenUp is null;
        steps = evaluator.stepsLeft;
        return valid;
    }

    // What was looked at is noted in `evaluated`, for an `unevaluated…` further out; null if nobody asks.
    private bool Evaluate(SchemaNode node, JsonElement value, Evaluated? evaluated)
    {
        if (!MayGoOn()) return false;
        nesting++;
        var entered = scope.Count == 0 || scope[^1] != node.Resource;
        if (entered) scope.Add(node.Resource);
        var valid = EvaluateInScope(node, value, evaluated);
        if (entered) scope.RemoveAt(scope.Count - 1);
        nesting--;
        return valid;
    }

    private bool EvaluateInScope(SchemaNode node, JsonElement value, Evaluated? evaluated)
    {
        if (node.Forbids) return Fail(node.Path, $"{path.InWords} is not allowed");
        // After a wrong type the other keywords have nothing to add.
        if (!CheckType(node, value)) return false;

        // Cousins must not see each other's notes, so whoever asks for what is left over keeps notes of his own.
        var notes = evaluated;
        var asks = value.ValueKind switch
        {
            JsonValueKind.Object => node.Objects?.Unevaluated,
            JsonValueKind.Array => node.Arrays?.Unevaluated,
            _ => null,
        };
        if (asks is not null) notes = new Evaluated(CountChildren(value));

        var valid = CheckValue(node, value);
        if (GoesOn(valid)) valid &= value.ValueKind switch
        {
            JsonValueKind.Object when node.Objects is { } rules => EvaluateObject(node, rules, value, notes),
            JsonValueKind.Array when node.Arrays is { } rules => EvaluateArray(node, rules, value, notes),
            JsonValueKind.String when node.Strings is { } rules => CheckString(node, rules, value.GetString()!),
            JsonValueKind.Number => CheckNumber(node, value),
            _ => true,
        };
        foreach (var one in node.All)
            if (GoesOn(valid)) valid &= Evaluate(one, value, notes);
        if (GoesOn(valid) && node.Branches is { } branches) valid &= EvaluateBranches(node, branches, value, notes);
        if (asks is null) return valid;

        if (GoesOn(valid))
        {
            valid &= value.ValueKind == JsonValueKind.Object
                ? EvaluateRest(asks, value.EnumerateObject(), notes!)
                : EvaluateRest(asks, value.EnumerateArray(), notes!);
        }
        evaluated?.MarkAll();
        return valid;
    }

    private static int CountChildren(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object ? value.GetPropertyCount() : value.GetArrayLength();

    private bool GoesOn(bool valid) => valid || violations is not null;

    private bool MayGoOn()
    {
        if (givenUp is not null || violations?.Count >= SchemaLimits.Violations) return false;
        if (--stepsLeft >= 0 && nesting < SchemaLimits.Nesting && RuntimeHelpers.TryEnsureSufficientExecutionStack()) return true;
        givenUp = "The answer cannot be checked: the schema asks for more work on it than is allowed.";
        return false;
    }

    private bool Fail(string schemaPath, string sentence)
    {
        if (violations?.Count < SchemaLimits.Violations) violations.Add(new SchemaViolation(path.Pointer, schemaPath, sentence));
        return false;
    }

    // Sentences are only made where somebody will read them.
    private bool Fail(SchemaNode node, string keyword, Func<string> sentence) =>
        violations is not null && Fail($"{node.Path}/{keyword}", $"{path.InWords} {sentence()}");

    private bool CheckType(SchemaNode node, JsonElement value)
    {
        if (node.Types == TypeSet.Any) return true;
        var actual = TypeSets.Of(value.ValueKind);
        if (node.Types.Accepts(actual, actual == TypeSet.Number ? JsonText.Raw(value) : default)) return true;
        return Fail(node, "type", () => $"must be {node.Types.InWords()}, not {Shown()}");

        string Shown() => actual is TypeSet.Number or TypeSet.Boolean ? value.GetRawText() : actual.InWords();
    }

    private bool CheckValue(SchemaNode node, JsonElement value)
    {
        var valid = node.Const is not { } only || only.Contains(value) || Fail(node, "const", () => $"must be {only.InWords}");
        if (!GoesOn(valid) || node.Enum is not { } choice) return valid;
        stepsLeft -= choice.Cost;
        return valid & (choice.Contains(value) || Fail(node, "enum", () => $"must be one of {choice.InWords}"));
    }

    private bool CheckNumber(SchemaNode node, JsonElement value)
    {
        var valid = true;
        foreach (var rule in node.Numbers)
        {
            if (!GoesOn(valid)) break;
            valid &= rule.Accepts(new ExactNumber(JsonText.Raw(value)))
                || Fail(node, rule.Keyword, () => $"{rule.Demand}, not {value.GetRawText()}");
        }
        return valid;
    }

    private bool CheckString(SchemaNode node, StringRules rules, string text)
    {
        var valid = true;
        if (rules.BoundsLength)
        {
            var length = text.EnumerateRunes().Count();
            valid = CheckCount(node, "minLength", "maxLength", "character", length, rules.MinLength, rules.MaxLength);
        }
        if (GoesOn(valid) && rules.Pattern is { } pattern)
            valid &= Matches(pattern, text) || Fail(node, "pattern", () => $"must match the pattern {pattern.Text}");
        return valid;
    }

    private bool CheckCount(SchemaNode node, string minKeyword, string maxKeyword, string thing, int count, int? min, int? max)
    {
        if (count < min) return Fail(node, minKeyword, () => $"must have at least {Plain.Count(min.Value, thing)}, but has {count}");
        return !(count > max) || Fail(node, maxKeyword, () => $"must have at most {Plain.Count(max.Value, thing)}, but has {count}");
    }

    private bool Matches(SchemaPattern pattern, string text)
    {
        stepsLeft -= text.Length / 16;
        if (!MayGoOn()) return false;
        if (pattern.Matches(text) is { } answer) return answer;
        // One such match cost its whole time already; the next thousand would as well.
        givenUp = $"The answer cannot be checked: the pattern {pattern.Text} takes too long on it.";
        return false;
    }

}
