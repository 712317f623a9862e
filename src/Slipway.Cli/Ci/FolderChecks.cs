using System.Collections.Immutable;
using Slipway.Core.Evaluations;
using Slipway.Core.Prompts;
using Slipway.Core.Rendering;

namespace Slipway.Cli.Ci;

/// <summary>What can be said of a folder without asking a model: everything reads, builds, renders and keeps its contract.</summary>
internal static class FolderChecks
{
    /// <summary>Checks all of a folder.</summary>
    public static ImmutableArray<CiCheck> Of(CiFolder folder)
    {
        var checks = ImmutableArray.CreateBuilder<CiCheck>();
        foreach (var file in folder.Problems.GroupBy(problem => problem.File, StringComparer.Ordinal))
            checks.Add(new CiCheck("can be read", file.Key, [.. file.Select(problem => problem.ToString())]));
        foreach (var prompt in folder.Prompts)
        {
            checks.Add(new CiCheck("makes a package", prompt.Label, [.. prompt.Errors.Select(error => $"{prompt.Manifest.Path}: {error}")]));
            if (prompt.Package is not { } package) continue;
            var (count, problems) = Render(prompt, package);
            checks.Add(new CiCheck(prompt.Golden is null ? "renders with made-up variables" : FormattableString.Invariant($"renders its {count} cases"), prompt.Label, problems));
            if (package.Output is not null || package.Tools is not null || IsNewest(folder, prompt) && folder.Contracts.Any(contract => contract.Prompt == prompt.Prompt))
                checks.Add(new CiCheck("keeps its contract", prompt.Label, Contract(folder, prompt, package)));
        }
        foreach (var prompt in folder.Prompts.DistinctBy(prompt => (prompt.Prompt, prompt.Golden?.Id)))
            if (Kinds(folder, prompt) is { } kinds) checks.Add(kinds);
        foreach (var contract in folder.Contracts.Where(contract => !folder.Prompts.Any(prompt => prompt.Prompt == contract.Prompt)))
            checks.Add(new CiCheck("is about a prompt of this folder", contract.Path, [$"{contract.Path}: contract names {contract.Prompt}, of which no manifest is here."]));
        foreach (var evaluation in folder.Evaluations) checks.Add(new CiCheck("can be run", evaluation.Path, Evaluation(folder, evaluation)));
        return checks.ToImmutable();
    }

    private static bool IsNewest(CiFolder folder, BuiltPrompt prompt) => folder.Prompts.Last(other => other.Prompt == prompt.Prompt) == prompt;

    private static (int Count, ImmutableArray<string> Problems) Render(BuiltPrompt prompt, Package package)
    {
        if (prompt.Golden is { } golden)
        {
            var wrong = golden.Cases.Select(one => (one.Id, Rendering: package.Render(one.Variables, one.Messages))).Where(one => one.Rendering is PromptRendering.Refused)
                .Select(one => $"{prompt.Manifest.Golden!.Path}: the case {one.Id} does not render: {Sentences(one.Rendering)}").ToList();
            return (golden.Cases.Length, CiCheck.Few(wrong));
        }
        ImmutableArray<ChatMessage> asked = package.TakesMessages ? [new ChatMessage("user", "An example of what people write here.")] : [];
        var problems = RepresentativeVariables.Of(package.Document.GetProperty("variables")).Select(variables => package.Render(variables, asked)).OfType<PromptRendering.Refused>()
            .Select(refused => $"{prompt.Manifest.Path}: it does not render with made-up variables: {Sentences(refused)} Give the variable an example (\"examples\": […]) or a default, or the manifest a golden set.");
        return (0, CiCheck.Few([.. problems.Distinct(StringComparer.Ordinal)]));
    }

    private static string Sentences(PromptRendering rendering) => string.Join(" ", ((PromptRendering.Refused)rendering).Problems.Select(problem => problem.Message));

    private static ImmutableArray<string> Contract(CiFolder folder, BuiltPrompt prompt, Package package)
    {
        var problems = new List<string>();
        // JSON Schema's own examples are answers that fit, says whoever wrote them.
        if (prompt.Manifest.Submission.Schema is { } schema && package.Output is { } output && schema.ValueKind == System.Text.Json.JsonValueKind.Object
            && schema.TryGetProperty("examples", out var examples) && examples.ValueKind == System.Text.Json.JsonValueKind.Array)
        {
            foreach (var (index, example) in examples.EnumerateArray().Index())
                if (output.Validate(example) is { IsEmpty: false } violations)
                    problems.Add(FormattableString.Invariant($"{prompt.Manifest.Path}: examples[{index}] of its output schema does not fit that schema: {string.Join("; ", violations.Select(violation => violation.Message))}"));
        }
        if (IsNewest(folder, prompt))
            foreach (var contract in folder.Contracts.Where(contract => contract.Prompt == prompt.Prompt)) problems.AddRange(contract.Try(package).Select(problem => $"{contract.Path}: {problem}"));
        return CiCheck.Few(problems);
    }

    private static CiCheck? Kinds(CiFolder folder, BuiltPrompt prompt)
    {
        var required = folder.Settings.PolicyOf(prompt.Prompt);
        if (prompt.Golden is not { } golden || required.RequiredKinds.IsEmpty) return null;
        return new CiCheck("has the kinds its prompt's policy asks for", golden.Id.ToString(), CiCheck.Few([.. required.Missing(GoldenSetCounts.Of(golden))
            .Select(kind => $"{prompt.Manifest.Golden!.Path}: the policy of {prompt.Prompt} asks for more cases of the kind {kind}.")]));
    }

    private static ImmutableArray<string> Evaluation(CiFolder folder, EvaluationFile evaluation)
    {
        var problems = new List<string>();
        var candidate = folder.Prompts.FirstOrDefault(prompt => prompt.Prompt == evaluation.Candidate.Prompt && prompt.Number == evaluation.Candidate.Number);
        if (!folder.Prompts.Any(prompt => prompt.Prompt == evaluation.Candidate.Prompt))
            problems.Add($"{evaluation.Path}: candidate_prompt names {evaluation.Candidate.Prompt}, of which no manifest is here.");
        if (folder.Golden(evaluation.Manifest.Dataset, out var missing) is not { } set) problems.Add($"{evaluation.Path}: {missing}");
        else
        {
            var wrong = new List<string>();
            problems.AddRange(folder.Rubrics(evaluation.Manifest, set, wrong).Where(rubric => folder.Works.Resolve(rubric.Model) is null)
                .Select(rubric => $"{evaluation.Path}: the model {rubric.Model} of {rubric.Id} is neither an alias that {CiSettings.FileName} explains nor a full name, as in openai/gpt-4.1-2025-04-14."));
            problems.AddRange(wrong.Select(problem => $"{evaluation.Path}: {problem}"));
        }
        if (candidate?.Package is { } package && evaluation.Manifest.Model is { } model && folder.Works.Resolve(model) != package.Model)
            problems.Add($"{evaluation.Path}: model says {model}, but {candidate.Label} runs on {package.Model}: a version is tested on the model it will run on.");
        return [.. problems];
    }
}
