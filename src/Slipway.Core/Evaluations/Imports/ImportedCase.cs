using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Slipway.Core.Evaluations;

/// <summary>One case of somebody else's test file while it is read: its checks, and what was not taken over.</summary>
internal sealed partial class ImportedCase(string place, JsonElement variables, List<string> leftOut)
{
    private readonly ImmutableArray<Check>.Builder checks = ImmutableArray.CreateBuilder<Check>();

    /// <summary>Adds a check.</summary>
    public void Add(Check check) => checks.Add(check);

    /// <summary>Adds a regular expression, or says why it cannot be used.</summary>
    public void AddPattern(string at, string pattern, bool ignoresCase, bool mustMatch)
    {
        if (RegexCheck.Make(pattern, ignoresCase, mustMatch, out var problem) is { } check) Add(check);
        else LeaveOut(at, $"its pattern cannot be used: {problem}");
    }

    /// <summary>Says what was not taken over.</summary>
    public void LeaveOut(string at, string why) => leftOut.Add($"{place}{at} was left out: {why}.");

    /// <summary>A text of the file with the variables of the case in it, <c>{{name}}</c>; null, after saying so, where it does more than that.</summary>
    public string? Filled(string at, string text)
    {
        var missing = Placeholder().Matches(text).Select(match => match.Groups[1].Value).FirstOrDefault(name => !variables.TryGetProperty(name, out _));
        if (missing is not null || text.Contains("{%", StringComparison.Ordinal) || Placeholder().Replace(text, "").Contains("{{", StringComparison.Ordinal))
        {
            LeaveOut(at, missing is null ? "its value is a template that does more than name variables" : $"its value names the variable {missing}, which the case does not have");
            return null;
        }
        return Placeholder().Replace(text, match => Shown(variables.GetProperty(match.Groups[1].Value)));
    }

    /// <summary>The case. One without a check gets one that somebody confirms or replaces.</summary>
    /// <param name="number">Its place in the file, from 1.</param>
    /// <param name="input">The variables that go in.</param>
    /// <param name="tags">Its tags.</param>
    /// <param name="source">Where it comes from.</param>
    /// <param name="proposed">What is proposed where nothing could be taken over.</param>
    public GoldenCase Finish(int number, JsonElement input, ImmutableSortedDictionary<string, string> tags, string source, Check? proposed = null)
    {
        var isProposed = checks.Count == 0;
        if (isProposed) checks.Add(proposed ?? new NotRefusesCheck());
        return new GoldenCase(string.Create(CultureInfo.InvariantCulture, $"test-{number:000}"), CaseKind.Normal, input, [], checks.ToImmutable(), tags, source) { IsProposed = isProposed };
    }

    /// <summary>No tags.</summary>
    public static ImmutableSortedDictionary<string, string> NoTags { get; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>A pattern that matches a text literally.</summary>
    public static string Literal(string text) => Special().Replace(text, @"\$0");

    /// <summary>A value as a template writes it.</summary>
    public static string Shown(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    /// <summary>A JSON text.</summary>
    public static JsonElement Text(string text) => JsonSerializer.SerializeToElement(text, EvaluationJson.Default.String);

    [GeneratedRegex(@"\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")] private static partial Regex Placeholder();

    [GeneratedRegex(@"[\\^$.*+?()[\]{}|/]")] private static partial Regex Special();
}
