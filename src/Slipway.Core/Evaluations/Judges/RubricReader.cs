using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Slipway.Core.Models;
using Slipway.Core.Prompts;

namespace Slipway.Core.Evaluations;

/// <summary>Reads one rubric from JSON and keeps going after an error, so that one attempt shows them all.</summary>
internal sealed class RubricReader(RubricId id)
{
    private const int FewestSteps = 2, MostSteps = 10, HighestScore = 1_000, LongestLabel = 40, LongestText = 10_000, MostExamples = 10_000;
    private const string Criterion = "criterion", Scale = "scale", Pass = "pass", Model = "model", Parameters = "parameters", Prompt = "prompt", Examples = "examples";
    private static readonly string[] Keys = [Criterion, Scale, Pass, Model, Parameters, Prompt, Examples];
    private static readonly ModelReference AnyModel = ModelReference.TryParse("offline/any", out var model) ? model : throw new InvalidOperationException("The name is well-formed.");

    private readonly List<InputProblem> errors = [];

    /// <summary>Reads the whole text; a reader reads one.</summary>
    public RubricResult Read(string text)
    {
        if (Check.Names.Contains(id.Name)) errors.Add(new InputProblem(null, null, $"A rubric cannot be called {id.Name}: a check is, and both would give {MetricName.PassRateOf(id.Name)}."));
        if (PlacedJson.Parse(text.TrimStart('\uFEFF'), firstLine: 1, errors) is not { } json) return Refused();
        if (json.Root.ValueKind != JsonValueKind.Object)
        {
            errors.Add(json.At(json.Root, $"A rubric is an object with {string.Join(", ", Keys)}."));
            return Refused();
        }
        var fields = new JsonFields(json, json.Root, "a rubric", errors, Keys);
        var criterion = Literal(json, fields, Criterion, LongestText);
        var scale = ReadScale(json, fields);
        var pass = ReadPass(json, fields, scale);
        var model = ReadModel(json, fields);
        var (parameters, own) = (fields.Object(Parameters), fields.Text(Prompt, required: false));
        var examples = ReadExamples(json, fields, scale);
        if (errors.Count == 0) TryJudge(json, fields, JudgePrompt.Score(criterion!, scale, own, parameters), JudgePrompt.Compare(criterion!, scale, parameters));
        if (errors.Count > 0) return Refused();
        var rubric = new Rubric(id, criterion!, scale, pass!.Value, model!, parameters, own, examples);
        return new RubricResult.Parsed(rubric, Notices(rubric));
    }

    private RubricResult.Refused Refused() => new([.. errors.OrderBy(error => (error.Line, error.Column))]);

    private ImmutableArray<RubricStep> ReadScale(PlacedJson json, JsonFields fields)
    {
        var (before, items, steps) = (errors.Count, fields.List(Scale), ImmutableArray.CreateBuilder<RubricStep>());
        if (errors.Count == before && items.Length is < FewestSteps or > MostSteps)
            errors.Add(json.At(fields.Any(Scale) ?? json.Root, string.Create(CultureInfo.InvariantCulture, $"\"scale\" must list {FewestSteps} to {MostSteps} steps, the worst first.")));
        foreach (var item in items)
        {
            if (item.ValueKind != JsonValueKind.Object)
            {
                errors.Add(json.At(item, """A step is an object, such as {"score": 1, "label": "curt", "means": "Short to the point of being unfriendly."}."""));
                continue;
            }
            var step = new JsonFields(json, item, "a step", errors, ["score", "label", "means"]);
            var score = ReadScore(json, step, item);
            var (label, means) = (Literal(json, step, "label", LongestLabel), Literal(json, step, "means", LongestText));
            if (label is not null && steps.Any(other => string.Equals(other.Label, label, StringComparison.OrdinalIgnoreCase)))
                errors.Add(json.At(step.Any("label")!.Value, $"Two steps are called \"{label}\"."));
            if (score is { } number && steps is [.., var last] && number <= last.Score)
                errors.Add(json.At(step.Any("score")!.Value, string.Create(CultureInfo.InvariantCulture, $"The steps must rise from the worst to the best: {number} comes after {last.Score}.")));
            if (score is not null && label is not null && means is not null) steps.Add(new RubricStep((int)score, label, means));
        }
        return steps.ToImmutable();
    }

    private long? ReadScore(PlacedJson json, JsonFields fields, JsonElement item)
    {
        var score = fields.Whole("score", 0, HighestScore);
        if (fields.Any("score") is null or { ValueKind: JsonValueKind.Null }) errors.Add(json.At(item, "\"score\" is missing: it needs a whole number there."));
        return score;
    }

    private int? ReadPass(PlacedJson json, JsonFields fields, ImmutableArray<RubricStep> scale)
    {
        var (before, pass) = (errors.Count, fields.Whole(Pass, 0, HighestScore));
        if (errors.Count > before) return null;
        // What the scale lacks says itself.
        if (pass is null) errors.Add(json.At(json.Root, "\"pass\" is missing: it says the least score that passes."));
        else if (scale.Length >= FewestSteps && !scale.Skip(1).Any(step => step.Score == pass))
        {
            errors.Add(json.At(fields.Any(Pass)!.Value, scale[0].Score == pass ? "\"pass\" is the worst score of the scale: every answer would pass."
                : $"\"pass\" must be a score of the scale: {string.Join(", ", scale.Skip(1).Select(step => step.Score.ToString(CultureInfo.InvariantCulture)))}."));
        }
        return (int?)pass;
    }

    private string? ReadModel(PlacedJson json, JsonFields fields)
    {
        var model = fields.Text(Model, required: true);
        if (model is { Length: > 200 }) errors.Add(json.At(fields.Any(Model)!.Value, "\"model\" is no model's name: it is longer than 200 characters."));
        return model;
    }

    private ImmutableArray<RubricExample> ReadExamples(PlacedJson json, JsonFields fields, ImmutableArray<RubricStep> scale)
    {
        var (items, examples, ids) = (fields.List(Examples), ImmutableArray.CreateBuilder<RubricExample>(), new HashSet<string>(StringComparer.Ordinal));
        if (items.Length > MostExamples) errors.Add(json.At(fields.Any(Examples)!.Value, string.Create(CultureInfo.InvariantCulture, $"\"examples\" lists more than {MostExamples}.")));
        foreach (var item in items)
        {
            if (item.ValueKind != JsonValueKind.Object)
            {
                errors.Add(json.At(item, "An example is an object with id, input, answer and score."));
                continue;
            }
            var example = new JsonFields(json, item, "an example", errors, ["id", "input", "answer", "reference", "score", "why"]);
            var (name, input, answer) = (example.Text("id", required: true), example.AnyText("input"), example.AnyText("answer"));
            var (reference, score, why) = (example.Text("reference", required: false), ReadScore(json, example, item), example.Text("why", required: false));
            if (name is not null && !ids.Add(name)) errors.Add(json.At(example.Any("id")!.Value, $"Two examples have the id \"{JsonValues.Excerpt(name)}\"."));
            if (score is { } number && scale.Length >= FewestSteps && !scale.Any(step => step.Score == number))
            {
                errors.Add(json.At(example.Any("score")!.Value, string.Create(CultureInfo.InvariantCulture,
                    $"The scale has no score {number}: it has {string.Join(", ", scale.Select(step => step.Score.ToString(CultureInfo.InvariantCulture)))}.")));
            }
            if (name is not null && input is not null && answer is not null && score is not null) examples.Add(new RubricExample(name, input, answer, reference, (int)score, why));
        }
        return examples.ToImmutable();
    }

    // What stands in the judge's instructions: a template's tag there would be one.
    private string? Literal(PlacedJson json, JsonFields fields, string key, int longest)
    {
        if (fields.Text(key, required: true) is not { } text) return null;
        var place = fields.Any(key)!.Value;
        if (text.Length > longest) errors.Add(json.At(place, string.Create(CultureInfo.InvariantCulture, $"\"{key}\" is longer than {longest} characters.")));
        if (text.Contains("{{", StringComparison.Ordinal)) errors.Add(json.At(place, $"\"{key}\" holds {{{{, which begins a tag: it is told to the judge word by word, and only \"{Prompt}\" is a template."));
        return text;
    }

    private void TryJudge(PlacedJson json, JsonFields fields, params ReadOnlySpan<Submission> judges)
    {
        if (fields.Any(Prompt) is { ValueKind: JsonValueKind.String } own)
        {
            if (Rendering.Template.Parse(own.GetString()!) is Rendering.TemplateParse.Refused refused)
                errors.AddRange(refused.Errors.Select(error => json.At(own, string.Create(CultureInfo.InvariantCulture, $"\"{Prompt}\" is wrong at its line {error.Line}, column {error.Column}: {error.Message}"))));
            else if (!JudgePrompt.Uses(own.GetString()!, JudgePrompt.Answer)) errors.Add(json.At(own, $"\"{Prompt}\" must use {{{{{JudgePrompt.Answer}}}}}: a judge who does not see the answer cannot judge it."));
            if (errors.Count > 0) return;
        }
        // What both judges share would be said twice.
        foreach (var error in judges.ToArray().SelectMany(judge => Package.Build(judge, AnyModel) is PackageBuild.Refused wrong ? wrong.Errors : []).Distinct())
            errors.Add(json.At(fields.Any(error.StartsWith(Parameters, StringComparison.Ordinal) ? Parameters : Prompt) ?? json.Root, error));
    }

    private static ImmutableArray<string> Notices(Rubric rubric)
    {
        var passed = rubric.Examples.Count(example => example.Score >= rubric.Pass);
        var (all, failed) = (rubric.Examples.Length, rubric.Examples.Length - passed);
        return all >= JudgeBar.FewestExamples && Math.Min(passed, failed) >= JudgeBar.FewestOfEach ? []
            : [string.Create(CultureInfo.InvariantCulture, $"It may inform but not gate: that takes at least {JudgeBar.FewestExamples} examples people scored, {JudgeBar.FewestOfEach} of them that pass and {JudgeBar.FewestOfEach} that do not; it has {all}, of which {passed} pass and {failed} do not.")];
    }
}
