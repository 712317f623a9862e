using System.Text;
using System.Text.Json;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;
using Slipway.Tests;

namespace Slipway.Core.Tests.Resolution;

/// <summary>The published client specification of Unleash: our conditions and our hash are held to the cases that mean the same here.</summary>
public sealed class UnleashSpecification
{
    private static readonly Dictionary<string, string> _filesThatDoNotApply = new()
    {
        ["05-gradual-rollout-random-strategy"] = "A unit is never drawn anew: without a key it gets stable.",
        ["07-multiple-strategies"] = "A release has one list of conditions, not several to choose from.",
        ["08-variants"] = "Variants by weight draw from another seed; a release has two arms.",
        ["16-strategy-variants"] = "Variants by weight draw from another seed; a release has two arms.",
        ["17-dependent-features"] = "No release depends on another one.",
        ["18-utf8-flag-names"] = "Prompts are named in ASCII.",
        ["19-delta-api-hydration"] = "A changed record is pushed whole; what is pushed has tests of its own.",
        ["21-regex-constraint-operators"] = "No operator matches patterns: they could not be held to mean the same in every language.",
    };

    /// <summary>Their constraints are taken and never hold; ours are refused in the plan, so that nobody waits for a canary that cannot come.</summary>
    private static readonly Dictionary<string, string> _refused = new()
    {
        ["Feature.constraints.empty"] = "in needs at least one value",
        ["Feature.constraints.empty-not-in"] = "in needs at least one value",
        ["Feature.constraints.no_values"] = "in needs at least one value",
        ["Feature.constraints.no_values_NOT_IN"] = "in needs at least one value",
        ["F8.invalidSemverWithLeadingV"] = "and \"v2.0.0\" is none",
        ["CIDR.mixed.values"] = "and \"127.invalid\" is none",
        ["CIDR.invalid.only"] = "and \"127.invalid\" is none",
        ["CIDR.ipv6.mixed.values"] = "and \"bad::cidr\" is none",
        ["Feature.remoteAddress.C"] = "and \"192.invalid\" is none",
    };

    [Theory]
    [InlineData("02-user-with-id-strategy", 5, 0)]
    [InlineData("03-gradual-rollout-user-id-strategy", 6, 0)]
    [InlineData("04-gradual-rollout-session-id-strategy", 6, 0)]
    [InlineData("06-remote-address-strategy", 6, 1)]
    [InlineData("09-strategy-constraints", 17, 2)]
    [InlineData("11-strategy-constraints-edge-cases", 6, 4)]
    [InlineData("14-constraint-semver-operators", 25, 2)]
    [InlineData("22-cidr-constraint-operators", 12, 3)]
    public void Every_case_holds_but_for_those_whose_condition_is_refused(string file, int count, int refused)
    {
        var suite = Suite(file);
        var features = suite.GetProperty("state").GetProperty("features").EnumerateArray().ToDictionary(feature => feature.GetProperty("name").GetString()!);
        var cases = suite.GetProperty("tests").EnumerateArray().Select(one => (Toggle: one.GetProperty("toggleName").GetString()!, Case: one)).ToList();
        Assert.Equal((count, refused), (cases.Count, cases.Count(one => IsRefused(file, one.Toggle))));
        Assert.All(cases, one =>
        {
            if (IsRefused(file, one.Toggle)) Assert.Contains(_refused[one.Toggle], Problem(features[one.Toggle]), StringComparison.Ordinal);
            else Assert.Equal(one.Case.GetProperty("expectedResult").GetBoolean(), features.TryGetValue(one.Toggle, out var feature) && IsOn(feature, Attributes(one.Case.GetProperty("context"))));
        });
    }

    [Fact]
    public void Every_file_of_the_suite_is_held_to_or_left_out_with_a_reason()
    {
        string[] used =
        [
            "02-user-with-id-strategy", "03-gradual-rollout-user-id-strategy", "04-gradual-rollout-session-id-strategy", "06-remote-address-strategy",
            "09-strategy-constraints", "11-strategy-constraints-edge-cases", "14-constraint-semver-operators", "22-cidr-constraint-operators",
        ];
        var there = Directory.GetFiles(SharedMaterial.Path("specs/unleash-client-specification"), "*.json").Select(Path.GetFileNameWithoutExtension);
        Assert.Equal(used.Concat(_filesThatDoNotApply.Keys).Order(StringComparer.Ordinal), there.Order(StringComparer.Ordinal));
    }

    // Two files use the name Feature.constraints.empty: with an empty list of values, and with no constraint at all.
    private static bool IsRefused(string file, string toggle) =>
        _refused.ContainsKey(toggle) && (toggle, file) != ("Feature.constraints.empty", "11-strategy-constraints-edge-cases");

    private static bool IsOn(JsonElement feature, Dictionary<string, string> attributes) =>
        feature.GetProperty("strategies").EnumerateArray().Any(strategy => Conditions(strategy).All(made => Made(made).Holds(attributes)) && InRollout(strategy, attributes));

    private static string Problem(JsonElement feature) => string.Join(' ', feature.GetProperty("strategies").EnumerateArray().SelectMany(Conditions).Select(made => made.Problem));

    private static Condition Made((Condition? Condition, string? Problem) made) => made.Condition ?? throw new InvalidOperationException(made.Problem);

    // Theirs is hash modulo 100 plus 1 against a percentage of "group:unit"; the hash is what we share.
    private static bool InRollout(JsonElement strategy, Dictionary<string, string> attributes)
    {
        var key = strategy.GetProperty("name").GetString() switch { "gradualRolloutUserId" => "userId", "gradualRolloutSessionId" => "sessionId", _ => null };
        if (key is null) return true;
        var parameters = strategy.GetProperty("parameters");
        return attributes.TryGetValue(key, out var unit)
            && Bucket.Hash(Encoding.UTF8.GetBytes($"{parameters.GetProperty("groupId").GetString()}:{unit}")) % 100 + 1 <= int.Parse(parameters.GetProperty("percentage").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
    }

    private static IEnumerable<(Condition? Condition, string? Problem)> Conditions(JsonElement strategy)
    {
        var documents = strategy.TryGetProperty("constraints", out var constraints) && constraints.ValueKind == JsonValueKind.Array ? constraints.EnumerateArray().Select(Document).ToList() : [];
        switch (strategy.GetProperty("name").GetString())
        {
            case "userWithId": documents.Add(new ConditionDocument("userId", "in", [.. List("userIds")])); break;
            case "remoteAddress": documents.Add(new ConditionDocument("remoteAddress", "cidr", [.. List("IPs")])); break;
            case "default" or "gradualRolloutUserId" or "gradualRolloutSessionId": break;
            case var other: throw new InvalidOperationException($"No test translates the strategy {other}.");
        }
        foreach (var document in documents) yield return (Condition.Parse(document, out var problem), problem);

        string[] List(string parameter) => strategy.GetProperty("parameters").GetProperty(parameter).GetString()!.Split(", ");
    }

    private static ConditionDocument Document(JsonElement constraint)
    {
        var name = constraint.GetProperty("operator").GetString()!;
        var values = constraint.TryGetProperty("values", out var several) ? several.EnumerateArray().Select(value => value.GetString()!).ToArray() : [constraint.GetProperty("value").GetString()!];
        var (comparison, not) = name switch
        {
            "IN" => ("in", false),
            "NOT_IN" => ("in", true),
            "IN_CIDR" => ("cidr", false),
            _ when name.StartsWith("SEMVER_", StringComparison.Ordinal) => ("version_" + name[7..].ToLowerInvariant(), false),
            _ => throw new InvalidOperationException($"No test translates the operator {name}."),
        };
        return new ConditionDocument(constraint.GetProperty("contextName").GetString()!, comparison, [.. values], not);
    }

    private static Dictionary<string, string> Attributes(JsonElement context)
    {
        var attributes = new Dictionary<string, string>();
        foreach (var field in context.EnumerateObject())
            if (field.Value.ValueKind == JsonValueKind.String) attributes[field.Name] = field.Value.GetString()!;
            else foreach (var property in field.Value.EnumerateObject()) attributes[property.Name] = property.Value.GetString()!;
        return attributes;
    }

    private static JsonElement Suite(string file) => JsonElement.Parse(File.ReadAllBytes(SharedMaterial.Path($"specs/unleash-client-specification/{file}.json")));
}
