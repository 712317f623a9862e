using System.Collections.Immutable;
using System.Text.Json;

namespace Slipway.Core.Evaluations;

/// <summary>What to evaluate, against what, on which cases, and what must hold.</summary>
/// <param name="CandidatePrompt">The version under test, <c>name:vX</c>; not checked here.</param>
/// <param name="BaselinePrompt">The version to compare with, <c>name:vX</c>; null leaves the choice to whoever runs it.</param>
/// <param name="Model">A model or an alias of the catalog; null for the one each version names.</param>
/// <param name="Dataset">The golden set.</param>
/// <param name="Gates">The gates in the manifest's order; at least one.</param>
public sealed record EvaluationManifest(string CandidatePrompt, string? BaselinePrompt, string? Model, GoldenSetId Dataset, ImmutableArray<Gate> Gates)
{
    /// <summary>How often a case can be asked at most.</summary>
    public const int MostRepeats = 100;

    /// <summary>How many calls can be under way at once at most.</summary>
    public const int MostConcurrency = 1_000;

    /// <summary>All keys that it has in JSON.</summary>
    public static ImmutableArray<string> Keys { get; } =
        ["candidate_prompt", "baseline_prompt", "model", "dataset", "gates", "metrics", "judges", "repeats", "concurrency", "max_cost", "seed", "strict"];

    /// <summary>Metrics of the manifest's own, by name; empty for none.</summary>
    public ImmutableSortedDictionary<string, MetricDefinition> Metrics { get; init; } = ImmutableSortedDictionary.Create<string, MetricDefinition>(StringComparer.Ordinal);

    /// <summary>The judges that score the answers, beside those that single cases ask for; empty for none.</summary>
    public ImmutableArray<JudgeRequest> Judges { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>How often each case is asked, 1 to 100; default 1. More show how far the model's answers vary by themselves.</summary>
    public int Repeats { get; init; } = 1;

    /// <summary>How many calls may be under way at once, 1 to 1,000; default 8.</summary>
    public int Concurrency { get; init; } = 8;

    /// <summary>What the run may cost at most, in US dollars; the run then stops and says so. Null, the default, for no ceiling.</summary>
    public decimal? MaxCost { get; init; }

    /// <summary>What the random draws of the statistics start from; default 1. The same seed gives the same intervals.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Whether a gate passes only where chance is ruled out, not where the cases asked keep the limit; default false.</summary>
    public bool Strict { get; init; }

    /// <summary>Reads a manifest from JSON.</summary>
    /// <returns>The manifest, or all that is wrong with it, each problem naming its key.</returns>
    public static EvaluationManifestResult Parse(string json)
    {
        var errors = new List<InputProblem>();
        if (PlacedJson.Parse(json, firstLine: 1, errors) is not { } placed) return new EvaluationManifestResult.Refused([.. errors]);
        if (placed.Root.ValueKind != JsonValueKind.Object)
            return new EvaluationManifestResult.Refused([placed.At(placed.Root, $"An evaluation manifest is an object with {string.Join(", ", Keys)}.")]);

        var fields = new JsonFields(placed, placed.Root, "an evaluation manifest", errors, Keys.AsSpan());
        var candidate = fields.Text("candidate_prompt", required: true);
        var baseline = fields.Text("baseline_prompt", required: false);
        var model = fields.Text("model", required: false);
        var dataset = ReadDataset(placed, fields, errors);
        var gates = ReadGates(placed, fields, errors);
        var metrics = ReadMetrics(placed, fields, errors);
        var judges = ReadJudges(placed, fields, metrics, gates, errors);
        var (repeats, concurrency) = (fields.Whole("repeats", 1, MostRepeats), fields.Whole("concurrency", 1, MostConcurrency));
        var (maxCost, seed, strict) = (fields.Amount("max_cost"), fields.Whole("seed", 0, long.MaxValue), fields.Flag("strict"));
        return errors.Count == 0
            ? new EvaluationManifestResult.Parsed(new EvaluationManifest(candidate!, baseline, model, dataset!, gates)
            {
                Metrics = metrics,
                Judges = judges,
                Repeats = (int)(repeats ?? 1),
                Concurrency = (int)(concurrency ?? 8),
                MaxCost = maxCost,
                Seed = (ulong)(seed ?? 1),
                Strict = strict,
            })
            : new EvaluationManifestResult.Refused([.. errors.OrderBy(error => (error.Line, error.Column))]);
    }

    private static GoldenSetId? ReadDataset(PlacedJson json, JsonFields fields, List<InputProblem> errors)
    {
        if (fields.Text("dataset", required: true) is not { } text) return null;
        if (!GoldenSetId.TryParse(text, out var id))
            errors.Add(json.At(fields.Any("dataset")!.Value, $"\"dataset\" is \"{text}\": it must be {GoldenSetId.Form}."));
        return id;
    }

    /// <summary>The manifest as JSON with every limit in its normal spelling, which <see cref="Parse"/> reads back; what is at its default is left out.</summary>
    public JsonElement ToJson()
    {
        using var buffer = new JsonBuffer();
        var writer = buffer.Writer;
        writer.WriteStartObject();
        writer.WriteString("candidate_prompt", CandidatePrompt);
        if (BaselinePrompt is not null) writer.WriteString("baseline_prompt", BaselinePrompt);
        if (Model is not null) writer.WriteString("model", Model);
        writer.WriteString("dataset", Dataset.ToString());
        writer.WriteStartObject("gates");
        foreach (var gate in Gates) writer.WriteString(gate.Metric, gate.Threshold.ToString());
        writer.WriteEndObject();
        if (!Metrics.IsEmpty)
        {
            writer.WriteStartObject("metrics");
            foreach (var (name, definition) in Metrics)
            {
                writer.WritePropertyName(name);
                definition.WriteTo(writer);
            }
            writer.WriteEndObject();
        }
        if (!Judges.IsEmpty)
        {
            writer.WriteStartArray("judges");
            foreach (var judge in Judges) judge.WriteTo(writer);
            writer.WriteEndArray();
        }
        if (Repeats != 1) writer.WriteNumber("repeats", Repeats);
        if (Concurrency != 8) writer.WriteNumber("concurrency", Concurrency);
        if (MaxCost is { } most) writer.WriteNumber("max_cost", most);
        if (Seed != 1) writer.WriteNumber("seed", Seed);
        if (Strict) writer.WriteBoolean("strict", true);
        writer.WriteEndObject();
        return buffer.Read();
    }

    private static ImmutableSortedDictionary<string, MetricDefinition> ReadMetrics(PlacedJson json, JsonFields fields, List<InputProblem> errors)
    {
        var metrics = ImmutableSortedDictionary.CreateBuilder<string, MetricDefinition>(StringComparer.Ordinal);
        foreach (var metric in fields.Object("metrics")?.EnumerateObject() ?? default)
        {
            if (MetricName.BuiltIn.Contains(metric.Name)) errors.Add(json.AtKey(metric, $"\"metrics.{metric.Name}\": every evaluation has this metric; choose another name."));
            if (MetricDefinition.Read(json, metric.Value, metric.Name, errors) is { } definition) metrics[metric.Name] = definition;
        }
        return metrics.ToImmutable();
    }

    private static ImmutableArray<JudgeRequest> ReadJudges(
        PlacedJson json, JsonFields fields, ImmutableSortedDictionary<string, MetricDefinition> metrics, ImmutableArray<Gate> gates, List<InputProblem> errors)
    {
        var judges = ImmutableArray.CreateBuilder<JudgeRequest>();
        foreach (var item in fields.List("judges"))
        {
            if (JudgeRequest.Read(json, item, errors) is not { } judge) continue;
            var name = judge.Rubric.Name;
            if (judges.Any(other => other.Rubric.Name == name)) errors.Add(json.At(item, $"\"judges\" names {name} twice: one version of a rubric judges a run."));
            if (MetricName.OfJudge(name).FirstOrDefault(metrics.ContainsKey) is { } taken) errors.Add(json.At(item, $"\"metrics.{taken}\" is what the judge {name} gives; choose another name."));
            if (!judge.Compare && gates.Any(gate => gate.Metric == MetricName.PreferenceOf(name)))
                errors.Add(json.At(item, $"\"gates.{MetricName.PreferenceOf(name)}\" needs \"compare\": true here: without it no answers are compared."));
            judges.Add(judge);
        }
        return judges.ToImmutable();
    }

    private static ImmutableArray<Gate> ReadGates(PlacedJson json, JsonFields fields, List<InputProblem> errors)
    {
        if (fields.Object("gates", required: true) is not { } found) return [];
        var gates = ImmutableArray.CreateBuilder<Gate>();
        foreach (var gate in found.EnumerateObject())
        {
            if (gate.Value.ValueKind != JsonValueKind.String)
            {
                errors.Add(json.At(gate.Value, $"\"gates.{gate.Name}\" must be a text, as in \">= 99.5%\"."));
                continue;
            }
            switch (Threshold.Parse(gate.Value.GetString()!, MetricName.KindOf(gate.Name)))
            {
                case ThresholdResult.Parsed parsed: gates.Add(new Gate(gate.Name, parsed.Threshold)); break;
                case ThresholdResult.Refused refused: errors.Add(json.At(gate.Value, $"\"gates.{gate.Name}\": {refused.Reason}")); break;
            }
        }
        if (!found.EnumerateObject().Any()) errors.Add(json.At(found, "\"gates\" is empty: without a gate nothing can pass."));
        return gates.ToImmutable();
    }
}

/// <summary>An evaluation manifest, or why a text is none.</summary>
public abstract record EvaluationManifestResult
{
    private EvaluationManifestResult() { }

    /// <summary>The text is a manifest.</summary>
    /// <param name="Manifest">The manifest.</param>
    public sealed record Parsed(EvaluationManifest Manifest) : EvaluationManifestResult;

    /// <summary>The text is none.</summary>
    /// <param name="Errors">All that is wrong, in the order of the text; at least one.</param>
    public sealed record Refused(ImmutableArray<InputProblem> Errors) : EvaluationManifestResult;
}
