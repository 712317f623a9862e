using System.Text.Json;
using Slipway.Core.Rendering;
using Slipway.Tests;

namespace Slipway.Core.Tests.Rendering;

/// <summary>The published Mustache suite. What does not apply is listed here, and only what truly does not apply may be.</summary>
public sealed class MustacheSpecification
{
    private const string Escaping = "Nothing is HTML-escaped: a model reads the text, not a browser.";
    private const string MissingIsEmpty = "A value that is missing is an error, never empty text.";
    private const string RootIsAnObject = "Variables are named, so the outermost value is always an object.";

    /// <summary>Names the suite leaves out on purpose in sections, where it counts them as false; here that has to be declared.</summary>
    private static readonly HashSet<string> _optional = ["missing", "a.b"];

    private static readonly Dictionary<string, string> _doesNotApply = new()
    {
        ["interpolation: HTML Escaping"] = Escaping,
        ["interpolation: Basic Null Interpolation"] = MissingIsEmpty,
        ["interpolation: Triple Mustache Null Interpolation"] = MissingIsEmpty,
        ["interpolation: Basic Context Miss Interpolation"] = MissingIsEmpty,
        ["interpolation: Triple Mustache Context Miss Interpolation"] = MissingIsEmpty,
        ["interpolation: Dotted Names - Broken Chains"] = MissingIsEmpty,
        ["interpolation: Dotted Names - Context Precedence"] = MissingIsEmpty,
        ["interpolation: Implicit Iterators - Basic Interpolation"] = RootIsAnObject,
        ["interpolation: Implicit Iterators - Triple Mustache"] = RootIsAnObject,
        ["interpolation: Implicit Iterators - Ampersand"] = RootIsAnObject,
        ["sections: Implicit Iterator - HTML Escaping"] = Escaping,
        ["sections: Implicit Iterator - Root-level"] = RootIsAnObject,
        ["partials: Failed Lookup"] = "A partial that is not there is an error, never empty text.",
        ["partials: Recursion"] = "A partial never includes itself, so every template has a known size.",
    };

    private static readonly Dictionary<string, string> _modulesThatDoNotApply = new()
    {
        ["optional-lambdas"] = "Values are data; none of them is code.",
        ["optional-inheritance"] = "Partials are enough; blocks to override would hide what a prompt says.",
        ["optional-dynamic-names"] = "Partials are pinned when a version is submitted, so a value cannot choose one.",
    };

    private static readonly Dictionary<string, string> _holdsAllTheSame = new()
    {
        ["optional-lambdas: Inverted Section"] = "The suite writes a lambda as an object, and an object counts as true.",
    };

    [Theory]
    [InlineData("interpolation", 28)]
    [InlineData("sections", 23)]
    [InlineData("inverted", 15)]
    [InlineData("comments", 8)]
    [InlineData("delimiters", 10)]
    [InlineData("partials", 8)]
    public void Every_case_of_a_core_module_holds_but_for_those_listed(string module, int count)
    {
        var cases = Cases(module);
        Assert.Equal(count, cases.Count);
        Assert.All(cases.Where(one => !_doesNotApply.ContainsKey(one.Key)), one => Assert.Equal(one.Value.Expected, one.Value.Run()));
    }

    [Theory]
    [InlineData("interpolation")]
    [InlineData("sections")]
    [InlineData("partials")]
    public void A_listed_case_exists_and_does_not_hold(string module)
    {
        var cases = Cases(module);
        Assert.All(_doesNotApply.Keys.Where(name => name.StartsWith(module + ":", StringComparison.Ordinal)), name =>
        {
            Assert.True(cases.TryGetValue(name, out var one), $"The suite has no case \"{name}\" any more.");
            Assert.NotEqual(one.Expected, one.Run());
        });
    }

    [Theory]
    [InlineData("optional-lambdas")]
    [InlineData("optional-inheritance")]
    [InlineData("optional-dynamic-names")]
    public void No_case_of_a_module_that_is_left_out_holds_but_for_those_listed(string module)
    {
        Assert.Contains(module, _modulesThatDoNotApply.Keys);
        var cases = Cases(module);
        Assert.All(_holdsAllTheSame.Keys.Where(name => name.StartsWith(module + ":", StringComparison.Ordinal)),
            name => Assert.Contains(name, cases.Keys));
        Assert.All(cases, one => Assert.Equal(_holdsAllTheSame.ContainsKey(one.Key), one.Value.Expected == one.Value.Run()));
    }

    [Fact]
    public void Every_listed_case_belongs_to_a_module_that_is_looked_at()
    {
        Assert.All(_doesNotApply.Keys, name => Assert.Matches("^(interpolation|sections|partials): ", name));
    }

    [Fact]
    public void Every_module_of_the_suite_is_held_to_or_left_out_with_a_reason()
    {
        string[] core = ["comments", "delimiters", "interpolation", "inverted", "partials", "sections"];
        var there = Directory.GetFiles(SharedMaterial.Path("specs/mustache-spec"), "*.json").Select(Path.GetFileNameWithoutExtension);
        Assert.Equal(core.Concat(_modulesThatDoNotApply.Keys).Order(), there.Order());
    }

    private static Dictionary<string, SpecificationCase> Cases(string module)
    {
        using var suite = JsonDocument.Parse(File.ReadAllBytes(SharedMaterial.Path($"specs/mustache-spec/{module}.json")));
        return suite.RootElement.GetProperty("tests").EnumerateArray().ToDictionary(
            one => $"{module}: {one.GetProperty("name").GetString()}", one => new SpecificationCase(one.Clone()));
    }

    private sealed record SpecificationCase(JsonElement Json)
    {
        public string Expected => Json.GetProperty("expected").GetString()!;

        /// <summary>The output, or what was wrong.</summary>
        public string Run()
        {
            var partials = Json.TryGetProperty("partials", out var texts)
                ? texts.EnumerateObject().ToDictionary(partial => partial.Name, partial => partial.Value.GetString()!)
                : [];
            return Template.Parse(Json.GetProperty("template").GetString()!, partials) switch
            {
                TemplateParse.Parsed parsed => parsed.Template.Both(Json.GetProperty("data"), optional: _optional) switch
                {
                    RenderResult.Done done => done.Text,
                    RenderResult.Refused refused => "not rendered: " + string.Join(' ', refused.Errors),
                    _ => throw new InvalidOperationException(),
                },
                TemplateParse.Refused refused => "not parsed: " + string.Join(' ', refused.Errors),
                _ => throw new InvalidOperationException(),
            };
        }
    }
}
