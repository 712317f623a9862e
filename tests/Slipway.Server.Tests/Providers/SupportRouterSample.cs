using System.Text.Json;
using System.Text.RegularExpressions;
using Slipway.Core.Rendering;
using Slipway.Server.Providers.Offline;
using Slipway.Tests;

namespace Slipway.Server.Tests.Providers;

/// <summary>The sample in <c>samples/support-router</c>, run through the offline model.</summary>
internal static partial class SupportRouterSample
{
    private static readonly CachedOfflineModel Model = new();

    /// <summary>A message, the variables of its call and the route a person chose for it.</summary>
    public sealed record Case(IReadOnlyList<ChatMessage> Messages, string Tier, bool Vip, string Route, string Kind);

    /// <summary>What the offline model made of a case; the route is null where the answer is no JSON of the schema.</summary>
    public sealed record Answered(Case Case, string Text, string? Route)
    {
        public bool IsRight => Route == Case.Route;
    }

    public static IReadOnlyList<Case> GoldenSet { get; } =
        [.. File.ReadLines(PathOf("evals/support_router_golden_v4.jsonl")).Select(ReadCase)];

    public static IReadOnlyList<Case> Tickets { get; } = [.. CsvRows(PathOf("tickets.csv")).Select(row => Live(row[0], row[1]))];

    public static string PathOf(string relative) => Path.Combine(Repository.Root, "samples", "support-router", relative);

    public static Case Live(string text, string label) => new([new ChatMessage("user", text)], "plus", Vip: false, label, "live");

    public static IReadOnlyList<Answered> Run(string version, IReadOnlyList<Case> cases)
    {
        var template = File.ReadAllText(PathOf($"prompts/support_router/{version}.md"));
        return [.. cases.Select(c =>
        {
            var system = new ChatMessage("system", Render(template, c));
            var text = Model.Answer([system, .. c.Messages], new OfflineSettings(MaxTokens: 300)).Text;
            return new Answered(c, text, RouteIn(text));
        })];
    }

    /// <summary>The rows of a CSV file without its header: quoted fields may hold commas, quotes and line breaks.</summary>
    public static IEnumerable<string[]> CsvRows(string path) => CsvRow().Matches(File.ReadAllText(path)).Skip(1)
        .Select(row => row.Groups["field"].Captures.Select(field => field.Value.StartsWith('"')
            ? field.Value[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : field.Value).ToArray());

    // Enough of Mustache for the sample's two variables.
    private static string Render(string template, Case c) =>
        VipSection().Replace(template, c.Vip ? "$1" : "").Replace("{{customer_tier}}", c.Tier, StringComparison.Ordinal);

    private static Case ReadCase(string line)
    {
        var json = JsonDocument.Parse(line).RootElement;
        var variables = json.GetProperty("variables");
        return new Case(
            [.. json.GetProperty("messages").EnumerateArray().Select(message =>
                new ChatMessage(message.GetProperty("role").GetString()!, message.GetProperty("content").GetString()!))],
            variables.GetProperty("customer_tier").GetString()!, variables.TryGetProperty("vip", out var vip) && vip.GetBoolean(),
            json.GetProperty("tags").GetProperty("route").GetString()!, json.GetProperty("kind").GetString()!);
    }

    private static string? RouteIn(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.EnumerateObject().Select(field => field.Name).SequenceEqual(["route", "urgency"])
                && json.RootElement.GetProperty("urgency").GetString() is "low" or "high"
                ? json.RootElement.GetProperty("route").GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"^\{\{#vip\}\}\n([\s\S]*?)^\{\{/vip\}\}\n", RegexOptions.Multiline)]
    private static partial Regex VipSection();

    [GeneratedRegex("""\G(?!\z)(?:(?<field>"(?:[^"]|"")*"|[^,\r\n]*)(?:,|(?=\r?\n|\z)))+(?:\r?\n|\z)""")]
    private static partial Regex CsvRow();
}
