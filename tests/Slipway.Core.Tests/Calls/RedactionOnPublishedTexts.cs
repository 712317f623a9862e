using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Slipway.Core.Calls;
using Slipway.Tests;

namespace Slipway.Core.Tests.Calls;

/// <summary>Redaction measured on 760 published texts whose personal data is marked. What docs/calls.md says of it is what is measured here.</summary>
public sealed class RedactionOnPublishedTexts
{
    private static readonly ImmutableArray<(PersonalData Kind, string Marked, string Name)> Kinds =
    [
        (PersonalData.Email, "EMAIL_ADDRESS", "e-mail"), (PersonalData.Phone, "PHONE_NUMBER", "phone"), (PersonalData.Card, "CREDIT_CARD", "card"),
        (PersonalData.Iban, "IBAN_CODE", "IBAN"), (PersonalData.IpAddress, "IP_ADDRESS", "IP"),
    ];

    [Theory]
    [InlineData(PersonalData.Email, 1.0, 1.0)]
    [InlineData(PersonalData.Phone, 0.95, 0.95)]
    [InlineData(PersonalData.Card, 0.95, 0.95)]
    [InlineData(PersonalData.Iban, 1.0, 1.0)]
    [InlineData(PersonalData.IpAddress, 1.0, 1.0)]
    public void Each_kind_is_found_and_little_else(PersonalData kind, double recall, double precision)
    {
        var score = Measured().Single(one => one.Kind == kind);
        foreach (var miss in score.Misses) TestContext.Current.TestOutputHelper!.WriteLine(miss);
        Assert.True(score.Recall >= recall, $"Recall {score.Recall:0.###}");
        Assert.True(score.Precision >= precision, $"Precision {score.Precision:0.###}");
    }

    [Fact]
    public void The_documentation_says_what_is_measured()
    {
        var documentation = File.ReadAllText(Path.Combine(Repository.Root, "docs", "calls.md"));
        Assert.All(Measured(), score => Assert.Contains(score.Row(Kinds.Single(kind => kind.Kind == score.Kind).Name), documentation, StringComparison.Ordinal));
    }

    private static List<Score> Measured()
    {
        var scores = Kinds.ToDictionary(kind => kind.Kind, kind => new Score(kind.Kind));
        foreach (var line in File.ReadLines(SharedMaterial.Path("data/presidio-pii/synthetic_pii.jsonl")))
        {
            var example = JsonElement.Parse(line);
            var text = example.GetProperty("full_text").GetString()!;
            var marked = example.GetProperty("spans").EnumerateArray().Select(span => Marked(text, span)).ToList();
            var found = Redactor.BuiltIn.Find(text);
            foreach (var (kind, name, _) in Kinds)
            {
                var score = scores[kind];
                foreach (var span in marked.Where(span => span.Type == name))
                {
                    score.Marked++;
                    if (found.Any(one => one.Kind == kind && one.Start <= span.Start && one.End >= span.End)) score.TakenOut++;
                    else score.Misses.Add($"missed {kind}: {text[span.Start..span.End]} in: {text}");
                }
                foreach (var one in found.Where(one => one.Kind == kind))
                {
                    score.Found++;
                    if (marked.Any(span => span.Type == name && span.Start < one.End && span.End > one.Start)) score.Right++;
                    else score.Misses.Add($"no {kind}: {text[one.Start..one.End]} in: {text}");
                }
            }
        }
        return [.. scores.Values];
    }

    // The marks count code points.
    private static (string Type, int Start, int End) Marked(string text, JsonElement span) =>
        (span.GetProperty("entity_type").GetString()!, Place(text, span.GetProperty("start_position").GetInt32()), Place(text, span.GetProperty("end_position").GetInt32()));

    private static int Place(string text, int runes) => text.EnumerateRunes().Take(runes).Sum(rune => rune.Utf16SequenceLength);

    private sealed record Score(PersonalData Kind)
    {
        public int Marked { get; set; }
        public int TakenOut { get; set; }
        public int Found { get; set; }
        public int Right { get; set; }
        public List<string> Misses { get; } = [];
        public double Recall => (double)TakenOut / Marked;
        public double Precision => (double)Right / Found;

        public string Row(string name) =>
            string.Create(CultureInfo.InvariantCulture, $"| {name} | {Marked} | {TakenOut} | {100 * Recall:0.0} % | {Found} | {Right} | {100 * Precision:0.0} % |");
    }
}
