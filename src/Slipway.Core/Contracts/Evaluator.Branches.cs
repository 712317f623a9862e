using System.Collections.Immutable;
using System.Text.Json;

namespace Slipway.Core.Contracts;

/// <content>The keywords that look at one value from several sides.</content>
internal sealed partial class Evaluator
{
    private bool EvaluateBranches(SchemaNode node, BranchRules rules, JsonElement value, Evaluated? notes)
    {
        var valid = true;
        if (rules.DynamicRef is { } dynamic) valid &= Evaluate(Resolve(dynamic), value, notes);
        if (GoesOn(valid) && rules.AnyOf.Length > 0)
            valid &= CountFits(rules.AnyOf, value, notes, enough: 1) > 0 || FailNoFit(node, "anyOf", rules.AnyOf, value);
        if (GoesOn(valid) && rules.OneOf.Length > 0)
        {
            var fits = CountFits(rules.OneOf, value, notes, enough: 2);
            valid &= fits == 1
                || (fits == 0 ? FailNoFit(node, "oneOf", rules.OneOf, value)
                    : Fail(node, "oneOf", () => "must fit exactly one of the allowed forms, but fits more than one"));
        }
        if (GoesOn(valid) && rules.Not is { } not)
            valid &= !Accepts(not, value) || Fail(node, "not", () => "has a form that is not allowed");
        if (GoesOn(valid) && rules.If is { } condition)
        {
            var next = Fits(condition, value, notes) ? rules.Then : rules.Else;
            if (next is not null) valid &= Evaluate(next, value, notes);
        }
        return valid;
    }

    /// <summary>The anchor in the outermost resource passed through: whoever refers from outside decides what the inside means.</summary>
    private SchemaNode Resolve(DynamicReference reference)
    {
        foreach (var resource in scope)
            if (resource.DynamicNodes.TryGetValue(reference.Anchor, out var node)) return node;
        return reference.Initial;
    }

    private int CountFits(ImmutableArray<SchemaNode> branches, JsonElement value, Evaluated? notes, int enough)
    {
        var fits = 0;
        foreach (var branch in branches)
        {
            if (Fits(branch, value, notes)) fits++;
            // Notes are complete only if every branch was asked.
            if (fits == enough && notes is null) break;
        }
        return fits;
    }

    /// <summary>Asks a branch and keeps its notes only if the value fits it.</summary>
    private bool Fits(SchemaNode branch, JsonElement value, Evaluated? notes)
    {
        if (notes is null) return Accepts(branch, value);
        var own = new Evaluated(notes.Count);
        if (!Accepts(branch, value, own)) return false;
        notes.MarkAll(own);
        return true;
    }

    /// <summary>Asks without reporting.</summary>
    private bool Accepts(SchemaNode node, JsonElement value, Evaluated? notes = null)
    {
        var report = violations;
        violations = null;
        var valid = Evaluate(node, value, notes);
        violations = report;
        return valid;
    }

    /// <summary>
    /// Reports that no branch fits. Where all others want another type altogether, as in "a date or null", the one that was meant is
    /// known, and what is wrong by it says more.
    /// </summary>
    private bool FailNoFit(SchemaNode node, string keyword, ImmutableArray<SchemaNode> branches, JsonElement value)
    {
        if (violations is not { } report) return false;
        ImmutableArray<SchemaViolation>? meant = null;
        var here = path.Pointer;
        var candidates = 0;
        foreach (var branch in branches)
        {
            violations = [];
            Evaluate(branch, value, null);
            if (!violations.Any(one => one.InstancePath == here && one.SchemaPath.EndsWith("/type", StringComparison.Ordinal)))
            {
                candidates++;
                meant = [.. violations];
            }
        }
        violations = report;
        if (candidates == 1 && meant is { Length: > 0 })
        {
            report.AddRange(meant);
            return false;
        }
        return Fail(node, keyword, () =>
            branches.Length == 1 ? "does not have the allowed form" : $"fits none of the {branches.Length} allowed forms");
    }
}
