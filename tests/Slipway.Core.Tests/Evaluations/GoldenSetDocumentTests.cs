using System.Text.RegularExpressions;
using Slipway.Core.Evaluations;
using Slipway.Core.Wire;
using Slipway.Tests;

namespace Slipway.Core.Tests.Evaluations;

/// <summary>What the page on golden sets shows can be pushed as it stands.</summary>
public sealed partial class GoldenSetDocumentTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "golden-sets.md"));

    [Fact]
    public void Every_check_has_an_example_that_is_read()
    {
        var examples = Lines().Where(line => line.StartsWith("{\"check\"", StringComparison.Ordinal)).Select(Check.Of).ToList();
        Assert.Equal(Check.Names, examples.Select(check => check.Name).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_check_stands_in_the_table() => Assert.All(Check.Names, name => Assert.Matches($"\n\\| [^|]*`{name}`", Page));

    [Fact]
    public void The_cases_that_are_shown_make_a_set() => Assert.Equal(2, Some.Set(string.Join('\n', Lines().Where(line => line.StartsWith("{\"id\"", StringComparison.Ordinal)))).Cases.Length);

    [Fact]
    public void All_kinds_are_named() => Assert.All(Enum.GetValues<CaseKind>(), kind => Assert.Contains($"`{System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString())}`", Page, StringComparison.Ordinal));

    [Fact]
    public void The_policy_that_is_shown_is_one()
    {
        var line = Lines().Single(line => line.StartsWith("{\"evaluation\"", StringComparison.Ordinal));
        var policy = System.Text.Json.JsonSerializer.Deserialize(line, ApiJson.Default.PolicyDocument)!.Evaluation!.Policy(out var problem);
        Assert.Null(problem);
        Assert.Equal(("delete_account", 10), (Assert.Single(policy!.UnsafeTools), policy.RequiredKinds[CaseKind.Bypass]));
        Assert.Empty(policy.Problems());
    }

    private static IEnumerable<string> Lines() => Block().Matches(Page).SelectMany(block => block.Groups[1].Value.Split('\n'));

    [GeneratedRegex("```json\n(.*?)```", RegexOptions.Singleline)] private static partial Regex Block();
}
