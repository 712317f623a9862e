using System.Collections.Immutable;
using Slipway.Cli.Evaluations;
using Slipway.Cli.Prompts;
using Slipway.Core.Evaluations;
using Slipway.Core.Models;

namespace Slipway.Cli.Ci;

/// <summary>Everything of a folder that a pull request can change: prompts, evaluation manifests, contracts, golden sets.</summary>
/// <param name="Path">The folder.</param>
/// <param name="Prompts">By prompt and version, in the order of a push.</param>
/// <param name="Evaluations">The evaluation manifests that can be read.</param>
/// <param name="Contracts">The contract files that can be read.</param>
/// <param name="Works">Builds packages as they are built here.</param>
/// <param name="Problems">All that cannot be read, file by file.</param>
/// <param name="Settings">What the folder says of models.</param>
internal sealed record CiFolder(string Path, ImmutableArray<BuiltPrompt> Prompts, ImmutableArray<EvaluationFile> Evaluations, ImmutableArray<ContractFile> Contracts,
    PackageWorks Works, ImmutableArray<ManifestProblem> Problems, CiSettings Settings)
{
    private readonly Lazy<ImmutableDictionary<GoldenSetId, string>> files = new(() => FilesOf(Path));

    /// <summary>Reads a folder.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="resolve">The model that a name stands for, by what the folder says and whoever asks.</param>
    public static CiFolder Read(string path, Func<CiSettings, string, ModelReference?> resolve)
    {
        var problems = new List<ManifestProblem>();
        var settings = CiSettings.Read(path, problems);
        var read = ManifestReader.ReadEach(path);
        problems.AddRange(read.Problems);
        var evaluations = ImmutableArray.CreateBuilder<EvaluationFile>();
        var contracts = ImmutableArray.CreateBuilder<ContractFile>();
        foreach (var file in ManifestReader.Files(path, ".json", []))
        {
            // What cannot be read is among the problems already: each file here has been looked at as a manifest.
            if (!ManifestFiles.IsBelow(path, file) || TextFile.Open(file) is not TextFile.Read { Text: var text }) continue;
            if (EvaluationFile.IsMarkedBy(text))
            {
                if (EvaluationFile.Read(file, text, problems) is { } evaluation) evaluations.Add(evaluation);
            }
            else if (ContractFile.IsMarkedBy(text) && ContractFile.Read(file, text, problems) is { } contract)
            {
                contracts.Add(contract);
            }
        }
        var works = new PackageWorks(read.Partials, name => resolve(settings, name));
        return new CiFolder(path, [.. read.Manifests.Select(works.Build)], evaluations.ToImmutable(), contracts.ToImmutable(), works, [.. problems], settings);
    }

    /// <summary>A golden set by its name, from the file that is called so.</summary>
    /// <param name="id">The set.</param>
    /// <param name="problem">Why there is none, as a sentence.</param>
    public GoldenSet? Golden(GoldenSetId id, out string? problem)
    {
        problem = null;
        if (Prompts.FirstOrDefault(prompt => prompt.Golden?.Id == id)?.Golden is { } known) return known;
        if (!files.Value.TryGetValue(id, out var file))
        {
            problem = $"There is no golden set {id} in this folder: no file is called {id.ToString().Replace(":v", "_v", StringComparison.Ordinal)}.jsonl.";
            return null;
        }
        if (TextFile.Open(file) is not TextFile.Read { Text: var text })
        {
            problem = $"{file} cannot be read.";
            return null;
        }
        if (GoldenSet.Parse(id, text) is GoldenSetResult.Parsed parsed) return parsed.Set;
        problem = $"{file} is no golden set; see slipway golden push {file}";
        return null;
    }

    /// <summary>The rubrics that an evaluation on some cases names, from the files that are called so.</summary>
    /// <param name="manifest">The evaluation.</param>
    /// <param name="set">The cases.</param>
    /// <param name="problems">Takes what is wrong, a sentence each.</param>
    public ImmutableArray<Rubric> Rubrics(EvaluationManifest manifest, GoldenSet set, ICollection<string> problems)
    {
        var rubrics = ImmutableArray.CreateBuilder<Rubric>();
        foreach (var id in manifest.Judges.Select(judge => judge.Rubric).Concat(set.Asked.SelectMany(one => one.Judges).Select(judge => judge.Rubric)).Distinct())
        {
            var name = $"{id.ToString().Replace(":v", "_v", StringComparison.Ordinal)}.json";
            if (ManifestReader.Files(Path, ".json", []).FirstOrDefault(file => RubricCommands.IdOf(file.Replace('\\', '/')) == id && ManifestFiles.IsBelow(Path, file)) is not { } file)
                problems.Add($"There is no rubric {id} in this folder: no file is called {name}.");
            else if (TextFile.Open(file) is not TextFile.Read { Text: var text }) problems.Add($"{file} cannot be read.");
            else if (Rubric.Parse(id, text) is RubricResult.Parsed { Rubric: var rubric }) rubrics.Add(rubric);
            else problems.Add($"{file} is no rubric; see slipway rubric show {file}");
        }
        return rubrics.ToImmutable();
    }

    private static ImmutableDictionary<GoldenSetId, string> FilesOf(string path)
    {
        var found = ImmutableDictionary.CreateBuilder<GoldenSetId, string>();
        foreach (var file in ManifestReader.Files(path, ".jsonl", []))
            if (GoldenSetFile.IdOf(file.Replace('\\', '/')) is { } id && ManifestFiles.IsBelow(path, file)) found.TryAdd(id, file);
        return found.ToImmutable();
    }
}
