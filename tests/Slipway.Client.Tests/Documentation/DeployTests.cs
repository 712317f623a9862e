using System.Text.Json;
using System.Text.RegularExpressions;
using Slipway.Tests;
using YamlDotNet.RepresentationModel;

namespace Slipway.Client.Tests.Documentation;

/// <summary>What cannot be run here is at least read: the files of deploy/ start the server as it can be started, and nobody as root.</summary>
public sealed partial class DeployTests
{
    private static readonly string[] Files = ["compose.yaml", "slipway.service"];

    [Fact]
    public async Task The_image_starts_the_server_as_somebody_without_rights()
    {
        var lines = File.ReadAllText(PathOf("Dockerfile")).Split('\n').Where(line => line.Length > 0 && line[0] != '#').ToList();
        Assert.All(lines, line => Assert.Matches("^(FROM|WORKDIR|COPY|RUN|ENV|USER|VOLUME|EXPOSE|HEALTHCHECK|ENTRYPOINT|CMD) ", line));
        var last = lines[lines.FindLastIndex(line => line.StartsWith("FROM ", StringComparison.Ordinal))..];
        Assert.Equal("FROM mcr.microsoft.com/dotnet/aspnet:10.0", last[0]);
        Assert.Equal("1654:1654", One(last, "USER"));
        Assert.True(last.IndexOf("USER 1654:1654") > last.FindIndex(line => line.StartsWith("RUN ", StringComparison.Ordinal)));
        Assert.Equal(["dotnet", "/slipway/slipway.dll"], Words(One(last, "ENTRYPOINT")));
        var serve = Words(One(last, "CMD"));
        Assert.Equal("/data", One(last, "VOLUME"));
        Assert.Contains("/data", serve);
        await IsTakenAsync(serve);
        var check = One(last, "HEALTHCHECK");
        Assert.Contains("GET /readyz", Words(check[check.IndexOf('[', StringComparison.Ordinal)..])[2], StringComparison.Ordinal);
    }

    [Fact]
    public void The_compose_file_waits_for_its_database_and_writes_nowhere_but_to_its_data()
    {
        var stream = new YamlStream();
        using (var reader = File.OpenText(PathOf("compose.yaml"))) stream.Load(new YamlDotNet.Core.MergingParser(new YamlDotNet.Core.Parser(reader)));
        var services = (YamlMappingNode)stream.Documents.Single().RootNode["services"];
        Assert.Equal(["database", "slipway", "slipway-2"], services.Children.Keys.Select(name => name.ToString()));
        foreach (var name in (string[])["slipway", "slipway-2"])
        {
            var server = services[name];
            Assert.Equal("true", server["read_only"].ToString());
            Assert.Equal("ALL", server["cap_drop"][0].ToString());
            Assert.EndsWith(":/data", server["volumes"][0].ToString(), StringComparison.Ordinal);
            Assert.StartsWith("127.0.0.1:", server["ports"][0].ToString(), StringComparison.Ordinal);
            Assert.StartsWith("postgres://slipway:${SLIPWAY_DATABASE_PASSWORD:?", server["environment"]["SLIPWAY_POSTGRES"].ToString(), StringComparison.Ordinal);
            Assert.True(File.Exists(Path.Combine(Repository.Root, server["build"]["dockerfile"].ToString())));
        }
        Assert.Equal("service_healthy", services["slipway"]["depends_on"]["database"]["condition"].ToString());
        Assert.Equal("pg_isready", services["database"]["healthcheck"]["test"][1].ToString());
    }

    [Fact]
    public async Task The_unit_starts_the_server_as_a_user_of_its_own()
    {
        var settings = File.ReadAllLines(PathOf("slipway.service")).Where(line => line.Length > 0 && line[0] is not ('#' or '[')).Select(line => line.Split('=', 2)).ToLookup(pair => pair[0], pair => pair[1]);
        Assert.All(settings.SelectMany(setting => setting), value => Assert.NotNull(value));
        Assert.Equal(("yes", "strict", "yes"), (settings["DynamicUser"].Single(), settings["ProtectSystem"].Single(), settings["NoNewPrivileges"].Single()));
        var command = settings["ExecStart"].Single().Split(' ');
        Assert.Equal(["/usr/bin/dotnet", "/opt/slipway/slipway.dll"], command[..2]);
        // What it may write is what systemd makes for it.
        Assert.Contains($"/var/lib/{settings["StateDirectory"].Single()}", command);
        await IsTakenAsync(command[2..]);
    }

    [Fact]
    public void Nothing_of_it_names_a_variable_that_the_server_does_not_read()
    {
        var read = Variable().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "providers.md")) + File.ReadAllText(Path.Combine(Repository.Root, "src", "Slipway.Cli", "Serve", "ServeCommand.cs"))).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);
        var named = Files.SelectMany(file => Variable().Matches(File.ReadAllText(PathOf(file)))).Select(match => match.Value).Where(name => name != "SLIPWAY_DATABASE_PASSWORD").Distinct();
        Assert.All(named, name => Assert.Contains(name, read));
    }

    private static async Task IsTakenAsync(string[] serve)
    {
        var (exitCode, help, errors) = await SlipwayProcess.RunAsync(serve[0], "--help");
        Assert.True(exitCode == 0, errors);
        Assert.Equal("serve", serve[0]);
        Assert.All(serve.Where(word => word.StartsWith("--", StringComparison.Ordinal)), option => Assert.Contains($"  {option} <", help, StringComparison.Ordinal));
    }

    private static string PathOf(string file) => Path.Combine(Repository.Root, "deploy", file);

    private static string One(List<string> lines, string instruction) => Assert.Single(lines, line => line.StartsWith(instruction + " ", StringComparison.Ordinal))[(instruction.Length + 1)..];

    private static string[] Words(string json) => JsonSerializer.Deserialize<string[]>(json)!;

    [GeneratedRegex("(SLIPWAY|OPENAI|ANTHROPIC)_[A-Z_]+[A-Z]")] private static partial Regex Variable();
}
