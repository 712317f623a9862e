using Slipway.Tests;

namespace Slipway.Client.Tests.Ci;

/// <summary>The sample as a team keeps it in Git, and the real executable as its pipeline runs it: no server, no key.</summary>
public sealed class SampleCiTests
{
    [Fact]
    public async Task The_version_that_reads_better_and_behaves_worse_is_blocked_in_a_git_repository_with_no_server()
    {
        using var repository = await SampleAsync(without: ["support_router.v1.8.0.yaml", "prompts/support_router/v1.8.0.md", "evals/v1.8.0.json"]);
        await repository.BranchAsync("friendlier");
        foreach (var file in (string[])["support_router.v1.8.0.yaml", "prompts/support_router/v1.8.0.md", "evals/v1.8.0.json"]) Take(repository, file);
        await repository.CommitAsync("Rewrite the prompt so that people like to read it.");

        var (exitCode, output, errors) = await SlipwayProcess.RunAsync("ci", repository.PathOf("prompts"), "--cases", "1000");
        Assert.True(exitCode == 1, output + errors);
        Assert.Contains("support_router:v1.8.0 on support_router_golden:v4, 328 cases, against support_router:v1.6.0", output, StringComparison.Ordinal);
        Assert.Contains("The answer is not JSON", output, StringComparison.Ordinal);
        Assert.Contains("Verdict: fail. support_router:v1.8.0 behaves worse than its gates allow.", output, StringComparison.Ordinal);
        Assert.Empty(errors);
    }

    [Fact]
    public async Task The_better_version_passes_on_the_usual_hundred_cases()
    {
        string[] later = ["support_router.v1.6.0.yaml", "support_router.v1.7.0.yaml", "support_router.v1.8.0.yaml", "evals/v1.6.0.json", "evals/v1.6.0-strict.json", "evals/v1.7.0.json", "evals/v1.8.0.json"];
        using var repository = await SampleAsync(without: later);
        await repository.BranchAsync("account-recovery");
        Take(repository, "support_router.v1.6.0.yaml");
        Take(repository, "evals/v1.6.0.json");
        await repository.CommitAsync("Say how customers put it when they are locked out.");

        var (exitCode, output, errors) = await SlipwayProcess.RunAsync("ci", repository.PathOf("prompts"));
        Assert.True(exitCode == 0, output + errors);
        Assert.Contains("100 of the 328 cases of support_router_golden:v4 were asked", output, StringComparison.Ordinal);
        Assert.Contains("support_router:v1.6.0 makes a package, renders its 328 cases, keeps its contract", output, StringComparison.Ordinal);
    }

    /// <summary>A repository whose main holds the sample in its folder prompts.</summary>
    internal static async Task<GitRepository> SampleAsync(params string[] without)
    {
        var repository = await GitRepository.MakeAsync();
        foreach (var file in Directory.EnumerateFiles(Sample, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Sample, file)))
            if (!without.Contains(file)) Take(repository, file);
        await repository.CommitAsync("The support router.");
        return repository;
    }

    /// <summary>Copies a file of the sample.</summary>
    internal static void Take(GitRepository repository, string file) => repository.Write(Path.Combine("prompts", file), File.ReadAllText(Path.Combine(Sample, file)));

    private static string Sample { get; } = Path.Combine(Repository.Root, "samples", "support-router");
}
