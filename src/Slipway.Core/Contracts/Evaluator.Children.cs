using System.Text;
using System.Text.Json;

namespace Slipway.Core.Contracts;

/// <content>Objects and arrays: the keywords that look inside.</content>
internal sealed partial class Evaluator
{
    private bool EvaluateObject(SchemaNode node, ObjectRules rules, JsonElement value, Evaluated? notes)
    {
        var valid = CheckCount(
            node, "minProperties", "maxProperties", "property", value.GetPropertyCount(), rules.MinProperties, rules.MaxProperties);
        if (rules.AsksWhoIsThere)
        {
            var names = value.EnumerateObject().Select(member => member.Name).ToHashSet(StringComparer.Ordinal);
            if (GoesOn(valid)) valid &= CheckPresence(node, rules, names);
            foreach (var (name, then) in rules.DependentSchemas)
                if (GoesOn(valid) && names.Contains(name)) valid &= Evaluate(then, value, notes);
        }
        var position = 0;
        foreach (var member in value.EnumerateObject())
        {
            if (!GoesOn(valid) || !MayGoOn()) return false;
            path.Enter(member.Name);
            if (EvaluateMember(rules, member, ref valid)) notes?.Mark(position);
            path.Leave();
            position++;
        }
        return valid;
    }

    private bool CheckPresence(SchemaNode node, ObjectRules rules, HashSet<string> names)
    {
        var valid = true;
        stepsLeft -= rules.Named.RequiredCount;
        foreach (var known in rules.Named.Entries)
        {
            if (known.RequiredBit is not null && GoesOn(valid) && !names.Contains(known.Name))
                valid = Missing(node, "required", known.Name);
        }
        foreach (var (name, needed) in rules.DependentRequired)
        {
            if (!GoesOn(valid) || !names.Contains(name)) continue;
            foreach (var other in needed)
            {
                if (GoesOn(valid) && !names.Contains(other))
                    valid = Missing(node, JsonPointer.Append("dependentRequired", name), other, $", which {path.Member(name)} needs");
            }
        }
        return valid;
    }

    private bool Missing(SchemaNode node, string keyword, string name, string why = "") =>
        violations is not null && Fail($"{node.Path}/{keyword}", $"{path.Member(name)} is missing{why}");

    /// <returns>Whether any subschema looked at the member's value.</returns>
    private bool EvaluateMember(ObjectRules rules, JsonProperty member, ref bool valid)
    {
        var known = false;
        if (rules.Names is { } names) valid &= EvaluateName(names, member.Name);
        if (rules.Named.Find(member.Name)?.Node is { } own)
        {
            known = true;
            valid &= Evaluate(own, member.Value, null);
        }
        foreach (var (pattern, patterned) in rules.Patterned)
        {
            if (!GoesOn(valid) || !Matches(pattern, member.Name)) continue;
            known = true;
            valid &= Evaluate(patterned, member.Value, null);
        }
        if (known || rules.Additional is not { } additional) return known;
        if (GoesOn(valid)) valid &= EvaluateExtra(additional, member.Value);
        return true;
    }

    private bool EvaluateExtra(SchemaNode node, JsonElement value) =>
        node.Forbids
            ? violations is not null && Fail(node.Path, $"{path.InWords} is not an allowed property")
            : Evaluate(node, value, null);

    private bool EvaluateName(SchemaNode names, string name)
    {
        // A name is judged as the string it is.
        var quoted = JsonElement.Parse(Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(name)}\""));
        if (violations is not { } report) return Evaluate(names, quoted, null);
        return Accepts(names, quoted) || FailName(report);

        bool FailName(List<SchemaViolation> sink)
        {
            sink.Add(new SchemaViolation(path.Pointer, names.Path, $"{path.InWords} is not an allowed property name"));
            return false;
        }
    }

    private bool EvaluateArray(SchemaNode node, ArrayRules rules, JsonElement value, Evaluated? notes)
    {
        var valid = CheckCount(node, "minItems", "maxItems", "item", value.GetArrayLength(), rules.MinItems, rules.MaxItems);
        var position = 0;
        foreach (var item in value.EnumerateArray())
        {
            var own = position < rules.Prefix.Length ? rules.Prefix[position] : rules.Items;
            if (own is null) break;
            if (!GoesOn(valid) || !MayGoOn()) return false;
            path.Enter(position);
            valid &= Evaluate(own, item, null);
            path.Leave();
            notes?.Mark(position);
            position++;
        }
        if (GoesOn(valid) && rules.Contains is { } contains) valid &= CheckContains(node, rules, contains, value, notes);
        if (GoesOn(valid) && rules.Unique) valid &= CheckUnique(node, value);
        return valid;
    }

    private bool CheckContains(SchemaNode node, ArrayRules rules, SchemaNode contains, JsonElement value, Evaluated? notes)
    {
        int found = 0, position = -1;
        foreach (var item in value.EnumerateArray())
        {
            position++;
            if (!MayGoOn()) return false;
            if (!Accepts(contains, item)) continue;
            found++;
            notes?.Mark(position);
        }
        if (found < rules.MinContains)
            return Fail(node, rules.MinContains == 1 ? "contains" : "minContains", () => Expected("at least", rules.MinContains));
        return !(found > rules.MaxContains) || Fail(node, "maxContains", () => Expected("at most", rules.MaxContains.Value));

        string Expected(string bound, int count) =>
            $"must contain {bound} {Plain.Count(count, "item")} of the expected form, but contains {found}";
    }

    private bool CheckUnique(SchemaNode node, JsonElement value)
    {
        var seen = new Dictionary<JsonElement, int>(JsonValueComparer.Instance);
        var position = 0;
        foreach (var item in value.EnumerateArray())
        {
            if (!MayGoOn()) return false;
            if (!seen.TryAdd(item, position))
            {
                return Fail(node, "uniqueItems", () =>
                    $"must not hold the same item twice, but items {seen[item] + 1} and {position + 1} are the same");
            }
            position++;
        }
        return true;
    }

    private bool EvaluateRest(SchemaNode rest, JsonElement.ObjectEnumerator members, Evaluated notes)
    {
        var valid = true;
        var position = -1;
        foreach (var member in members)
        {
            position++;
            if (notes[position] || !GoesOn(valid)) continue;
            path.Enter(member.Name);
            valid &= EvaluateExtra(rest, member.Value);
            path.Leave();
        }
        return valid;
    }

    private bool EvaluateRest(SchemaNode rest, JsonElement.ArrayEnumerator items, Evaluated notes)
    {
        var valid = true;
        var position = -1;
        foreach (var item in items)
        {
            position++;
            if (notes[position] || !GoesOn(valid)) continue;
            path.Enter(position);
            valid &= Evaluate(rest, item, null);
            path.Leave();
        }
        return valid;
    }
}
