using System.Text.RegularExpressions;
using Slipway.Tests;

namespace Slipway.Client.Tests.Documentation;

/// <summary>What <c>docs/operations.md</c> says of the configuration is what the server takes, and all of it.</summary>
public sealed partial class OperationsTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "operations.md"));

    // The table of options, from its heading to the next one.
    private static string Table => Page[Page.IndexOf("## Configuration", StringComparison.Ordinal)..Page.IndexOf("## Health", StringComparison.Ordinal)];

    [Fact]
    public async Task The_table_names_every_option_of_serve_and_no_other()
    {
        var (exitCode, help, errors) = await SlipwayProcess.RunAsync("serve", "--help");
        Assert.True(exitCode == 0, errors);
        // Those that every command has speak of a server that runs already.
        var taken = Option().Matches(help).Select(match => match.Groups[1].Value).Except(["--help", "--server", "--key", "--json"]).ToHashSet(StringComparer.Ordinal);
        Assert.Contains("--postgres", taken);
        Assert.Equal(taken.Order(StringComparer.Ordinal), Row().Matches(Table).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_table_names_every_variable_that_serve_reads()
    {
        var source = string.Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", "Slipway.Cli", "Serve"), "*.cs").Select(File.ReadAllText));
        var read = Read().Matches(source).Select(match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(["OTEL_EXPORTER_OTLP_ENDPOINT", "SLIPWAY_POSTGRES"], read.Order(StringComparer.Ordinal));
        Assert.All(read, name => Assert.Contains($"`{name}`", Table, StringComparison.Ordinal));
        // Their names are put together of the provider's.
        foreach (var name in (string[])["SLIPWAY_PROVIDER_NAME_KEY", "OPENAI_API_KEY", "OPENAI_BASE_URL", "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"]) Assert.Contains($"`{name}`", Table, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^  (--[a-z-]+)", RegexOptions.Multiline)] private static partial Regex Option();

    [GeneratedRegex(@"^\| `(--[a-z-]+)` \|", RegexOptions.Multiline)] private static partial Regex Row();

    [GeneratedRegex("GetEnvironmentVariable\\(\"([A-Z_]+)\"\\)")] private static partial Regex Read();
}
