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
    private static readonly string[] Keys = ["candidate_prompt", "baseline_prompt", "model", "dataset", "gates"];

    /// <summary>Reads a manifest from JSON.</summary>
    /// <returns>The manifest, or all that is wrong with it, each problem naming its key.</returns>
    public static EvaluationManifestResult Parse(string json)
    {
        var errors = new List<InputProblem>();
        if (PlacedJson.Parse(json, firstLine: 1, errors) is not { } placed) return new EvaluationManifestResult.Refused([.. errors]);
        if (placed.Root.ValueKind != JsonValueKind.Object)
            return new EvaluationManifestResult.Refused([placed.At(placed.Root, $"An evaluation manifest is an object with {string.Join(", ", Keys)}.")]);

        var fields = new JsonFields(placed, placed.Root, "an evaluation manifest", errors, Keys);
        var candidate = fields.Text("candidate_prompt", required: true);
        var baseline = fields.Text("baseline_prompt", required: false);
        var model = fields.Text("model", required: false);
        var dataset = ReadDataset(placed, fields, errors);
        var gates = ReadGates(placed, fields, errors);
        return errors.Count == 0
            ? new EvaluationManifestResult.Parsed(new EvaluationManifest(candidate!, baseline, model, dataset!, gates))
            : new EvaluationManifestResult.Refused([.. errors.OrderBy(error => (error.Line, error.Column))]);
    }

    private static GoldenSetId? ReadDataset(PlacedJson json, JsonFields fields, List<InputProblem> errors)
    {
        if (fields.Text("dataset", required: true) is not { } text) return null;
        if (!GoldenSetId.TryParse(text, out var id))
            errors.Add(json.At(fields.Any("dataset")!.Value, $"\"dataset\" is \"{text}\": it must be {GoldenSetId.Form}."));
        return id;
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
