using System.Text.Json;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;
using Slipway.Tests;

namespace Slipway.Core.Tests.Resolution;

/// <summary>The published targeting cases of GrowthBook: our conditions are held to those that can be said with them.</summary>
public sealed class GrowthBookCases
{
    private const string Combinations = "Conditions all hold or do not; no and, or, nor of others.";
    private const string Lists = "An attribute is one text, not a list, an object or nothing.";
    private const string NoOperator = "No such operator: patterns, types, sizes, letters of either case, groups kept elsewhere.";
    private const string TextOrder = "Texts are not in an order that every language would agree on.";
    private const string NoVersion = "It names a version that SemVer 2.0.0 does not know, so it is refused.";

    /// <summary>Cases that can be said here and that we decide otherwise.</summary>
    private static readonly Dictionary<string, string> _decidedOtherwise = new()
    {
        ["missing attribute with comparison operators"] = "An attribute that is not there is not zero.",
        ["version v0.0.0 > 0.0.0-foo"] = "A version has no leading v.",
        ["version v0.0.1 > 0.0.0"] = "A version has no leading v.",
        ["version v0.10.0 > 0.9.0"] = "A version has no leading v.",
        ["version v0.99.0 > 0.10.0"] = "A version has no leading v.",
        ["version a.b.c.d.e.f > 1.2.3"] = "That is no version.",
        ["version 1.2.3.4 == 1.2.3-4"] = "A version has three numbers.",
        ["version 1-2-3 == 1.2.3"] = "A version's numbers are divided by dots.",
    };

    [Fact]
    public void Every_case_that_can_be_said_here_is_decided_alike_but_for_those_listed()
    {
        var cases = Cases().Select(one => (Name: one[0].GetString()!, Translated: Translate(one[1], one[2], one.GetArrayLength() > 4), Expected: one[3].GetBoolean())).ToList();
        var said = cases.Where(one => one.Translated.Why is null).ToList();
        Assert.Equal(
            [(Lists, 37), (Combinations, 11), (NoVersion, 8), (NoOperator, 33), (TextOrder, 3)],
            cases.GroupBy(one => one.Translated.Why).Where(group => group.Key is not null).Select(group => (group.Key!, group.Count())).OrderBy(pair => pair.Item1, StringComparer.Ordinal));
        Assert.Equal((166, 74), (cases.Count, said.Count));
        Assert.All(said, one => Assert.True(_decidedOtherwise.ContainsKey(one.Name) != (one.Translated.Holds == one.Expected), one.Name));
        Assert.Empty(_decidedOtherwise.Keys.Except(said.Select(one => one.Name)));
    }

    private static (bool Holds, string? Why) Translate(JsonElement condition, JsonElement attributes, bool withGroups)
    {
        if (withGroups) return (false, NoOperator);
        var documents = new List<ConditionDocument>();
        var not = false;
        if (condition.TryGetProperty("$not", out var inner)) (condition, not) = (inner, true);
        foreach (var field in condition.EnumerateObject())
        {
            if (field.Name[0] == '$') return (false, Combinations);
            if (field.Value.ValueKind != JsonValueKind.Object)
            {
                if (Text(field.Value) is not { } text) return (false, Lists);
                documents.Add(new ConditionDocument(field.Name, "equals", [text], not));
                continue;
            }
            foreach (var test in field.Value.EnumerateObject())
            {
                if (test.Name[0] != '$') return (false, Lists);
                var (document, why) = Document(field.Name, test.Name, test.Value);
                if (why is not null) return (false, why);
                documents.Add(document! with { Not = document.Not != not });
            }
        }
        var known = new Dictionary<string, string>();
        if (!Flatten(attributes, "", known)) return (false, Lists);
        var made = documents.Select(document => Condition.Parse(document, out _)).ToList();
        return made.Contains(null) ? (false, NoVersion) : (made.All(one => one!.Holds(known)), null);
    }

    private static (ConditionDocument?, string? Why) Document(string attribute, string name, JsonElement operand)
    {
        switch (name)
        {
            case "$in" or "$nin":
                return (new ConditionDocument(attribute, "in", [.. operand.EnumerateArray().Select(value => Text(value)!)], name == "$nin"), null);
            case "$exists":
                return (new ConditionDocument(attribute, "present", [], !operand.GetBoolean()), null);
            case "$eq" or "$ne":
                return (new ConditionDocument(attribute, "equals", [Text(operand)!], name == "$ne"), null);
            case "$gt" or "$gte" or "$lt" or "$lte":
                return operand.ValueKind == JsonValueKind.Number ? (new ConditionDocument(attribute, "number_" + name[1..], [operand.GetRawText()]), null) : (null, TextOrder);
            case "$veq" or "$vgt" or "$vgte" or "$vlt" or "$vlte":
                return (new ConditionDocument(attribute, "version_" + name[2..], [operand.GetString()!]), null);
            case "$vne":
                return (new ConditionDocument(attribute, "version_eq", [operand.GetString()!], Not: true), null);
            case "$elemMatch" or "$all" or "$alli" or "$size":
                return (null, Lists);
            default:
                return (null, NoOperator);
        }
    }

    private static bool Flatten(JsonElement json, string prefix, Dictionary<string, string> known)
    {
        foreach (var field in json.EnumerateObject())
        {
            if (field.Value.ValueKind == JsonValueKind.Array) return false;
            if (field.Value.ValueKind == JsonValueKind.Object && !Flatten(field.Value, prefix + field.Name + ".", known)) return false;
            if (Text(field.Value) is { } text) known[prefix + field.Name] = text;
        }
        return true;
    }

    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => null,
    };

    private static List<JsonElement> Cases() => [.. JsonElement.Parse(File.ReadAllBytes(SharedMaterial.Path("specs/growthbook-sdk-cases/cases.json"))).GetProperty("evalCondition").EnumerateArray()];
}
