using System.Diagnostics;
using Slipway.Client;
using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Models;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Wire;
using Slipway.Server.Tests.Gateway;
using Slipway.Server.Tests.Nodes;

namespace Slipway.Server.Tests.Releases;

/// <summary>Releases as they happen: a server, its gateway and ten instances of an application as processes of their own, and traffic through both doors.</summary>
public sealed class EndToEndReleaseTests : IAsyncLifetime
{
    private const int Instances = 10;
    private readonly string folder = Directory.CreateTempSubdirectory("slipway-").FullName;
    private readonly Dictionary<string, string> keys = new(StringComparer.Ordinal);
    private ServeProcess server = null!;
    private Process? application;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await ServeProcess.StartAsync(Data, isFirst: true);
        keys["admin"] = server.AdministratorKey!;
        foreach (var (member, role) in ((string, Role)[])[("ana", Role.Author), ("ben", Role.Reviewer), ("cleo", Role.ReleaseOwner), ("dan", Role.OnCall), ("shop", Role.Application)])
        {
            using var admin = Api("admin");
            await admin.AddMemberAsync(Some.Value<MemberName>(member), [role], Cancellation).Ok();
            keys[member] = (await admin.IssueKeyAsync(Some.Value<MemberName>(member), Cancellation).Ok()).Secret;
            if (member == "shop") await admin.SetModelAsync("production-default", Some.Value<ModelReference>("offline/offline-2026-11"), Cancellation).Ok();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (application is not null)
        {
            if (!application.HasExited) application.Kill();
            await application.WaitForExitAsync(CancellationToken.None);
            application.Dispose();
        }
        await server.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact(Timeout = 300_000)]
    public async Task A_good_version_reaches_everybody_and_a_bad_one_nobody_though_the_server_is_killed_in_the_middle_of_both()
    {
        await GoLiveAsync();
        await StartApplicationAsync();

        var good = await ReleaseAsync(Router.Good, after: "1.0.0", ReleaseState.Completed);
        using (var dan = Api("dan")) Assert.Equal(Router.Good, Assert.Single(await dan.LiveAsync(Router.Prompt, null, null, Cancellation).Ok()).Version.ToString());
        var bad = await ReleaseAsync(Router.Bad, after: "1.1.0", ReleaseState.RolledBack);
        Assert.Contains("schema_pass_rate >= baseline - 30pp is broken: ", bad.Reason, StringComparison.Ordinal);

        using (var dan = Api("dan"))
        {
            await Some.Eventually(async () => (await dan.ReleaseAsync(bad.Id.ToString(), Cancellation).Ok()).Rollback is { IsOver: true }, "every instance is back");
            var proof = (await dan.ReleaseAsync(bad.Id.ToString(), Cancellation).Ok()).Rollback!;
            Assert.True(proof.SoFar is { IsComplete: true, Instances: Instances }, proof.Sentence());
            Assert.All((await dan.InstancesAsync(EnvironmentName.Production, Some.Value<PromptName>(Router.Prompt), cancellation: Cancellation).Ok()).Instances, instance => Assert.True(instance.Current));
            Assert.Equal(Router.Good, Assert.Single(await dan.LiveAsync(Router.Prompt, null, null, Cancellation).Ok()).Version.ToString());
        }
        using var shop = Http("shop");
        for (var unit = 0; unit < 10; unit++)
        {
            using var answer = await shop.ChatAsync(Chat.Body(user: $"after-{unit}"));
            Assert.Equal(("1.1.0", "stable"), (answer.Header("x-slipway-version"), answer.Header("x-slipway-arm")));
        }
        await TellsTheStoryAsync(good.Id, bad.Id);
    }

    private string Data => Path.Combine(folder, "data");

    private SlipwayApi Api(string member) => new(server.Address, keys[member]);

    private HttpClient Http(string member) => new() { BaseAddress = server.Address, DefaultRequestHeaders = { Authorization = new("Bearer", keys[member]) } };

    private async Task GoLiveAsync()
    {
        using var ana = Api("ana");
        using var ben = Api("ben");
        await ana.PushGoldenSetAsync(Some.Value<GoldenSetId>(Router.GoldenSet), Router.Cases, Cancellation).Ok();
        await ana.SubmitAsync(Router.Submission(Router.First), Cancellation).Ok();
        await ana.AssignAsync(Some.Value<PromptName>(Router.Prompt), new DutiesChange { BackupOwner = Some.Value<MemberName>("ben") }, Cancellation).Ok();
        await ana.BootstrapAsync(new BootstrapRequest(Some.Value<VersionId>(Router.First), "It is what runs today."), Cancellation).Ok();
        await ben.BootstrapAsync(new BootstrapRequest(Some.Value<VersionId>(Router.First), "Reads well."), Cancellation).Ok();
    }

    private async Task StartApplicationAsync()
    {
        application = Process.Start(new ProcessStartInfo(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "Slipway.Application.dll"), server.Address.ToString(), keys["shop"], folder, $"{Instances}"])
        { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        Assert.Equal("running", await application.StandardOutput.ReadLineAsync(Cancellation));
        using var dan = Api("dan");
        await Some.Eventually(async () => (await dan.InstancesAsync(EnvironmentName.Production, cancellation: Cancellation).Ok()).Instances.Count(instance => instance.Current) == Instances, "ten instances follow");
    }

    // Everybody does their part; in the middle the server dies as in a power cut, and starts again where the application looks for it.
    private async Task<ReleaseDocument> ReleaseAsync(string version, string after, ReleaseState end)
    {
        ReleaseDocument release;
        using (var ana = Api("ana"))
        {
            await ana.SubmitAsync(Router.Submission(version) with { BasedOn = Some.Value<VersionNumber>(after) }, Cancellation).Ok();
            Assert.Equal(GateVerdict.Pass, (await ana.EvaluateAsync(Router.Evaluation(version), Cancellation).Ok()).Report.Verdict);
            release = await ana.ProposeAsync(new ProposalDocument(Some.Value<VersionId>(version), Plans.Quick("50%", "100%") with { MinimumTime = Duration.Seconds(2) }), Cancellation).Ok();
        }
        var id = release.Id.ToString();
        using (var ben = Api("ben")) await ben.CommandAsync(id, "approve", new ReasonDocument("Reads well."), Cancellation).Ok();
        using (var cleo = Api("cleo")) await cleo.CommandAsync(id, "start", new ReasonDocument(), Cancellation).Ok();
        using (var shop = Http("shop")) for (var unit = 0; unit < 4; unit++) (await shop.ChatAsync(Chat.Body(user: $"{id}-{unit}"))).Dispose();
        using (var dan = Api("dan")) await Some.Eventually(async () => (await dan.ReleaseAsync(id, Cancellation).Ok()).Evidence.Any(evidence => evidence.CandidateUnits > 0), $"{version} is judged");

        server.Kill();
        var address = server.Address;
        await server.DisposeAsync();
        server = await ServeProcess.StartAgainAsync(Data, address);

        using (var dan = Api("dan"))
        {
            await Some.Eventually(async () => (release = await dan.ReleaseAsync(id, Cancellation).Ok()).State is not (ReleaseState.Canary or ReleaseState.Full), $"{version} is decided");
            Assert.True(release.State == end, $"{release.State}: {release.Reason}");
        }
        return release;
    }

    private async Task TellsTheStoryAsync(ReleaseId good, ReleaseId bad)
    {
        using var log = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "slipway.dll"), "log", Router.Prompt, "--server", server.Address.ToString(), "--key", keys["dan"]]) { RedirectStandardOutput = true })!;
        var story = await log.StandardOutput.ReadToEndAsync(Cancellation);
        await log.WaitForExitAsync(Cancellation);
        Assert.Equal(0, log.ExitCode);
        // Each once, however often the server began anew.
        foreach (var line in (string[])
        [
            $"ana proposed {good}: router:v1.1.0 after 1.0.0 in production", $"ben approved {good}", $"cleo started {good} at 50%", $"system advanced {good} to 100%: schema_pass_rate >= baseline - 30pp holds",
            $"system completed {good}, router:v1.1.0 is live",
            $"ana proposed {bad}: router:v1.2.0 after 1.1.0 in production", $"ben approved {bad}", $"cleo started {bad} at 50%", $"system rolled back {bad} from router:v1.2.0 to 1.1.0: schema_pass_rate >= baseline - 30pp is broken",
            $"system opened inc-1 because {bad} was rolled back", $"system saw the rollback of {bad} to 1.1.0 reach all 10 instances",
        ]) Assert.True(story.Split(line).Length == 2, $"\"{line}\" is {story.Split(line).Length - 1} times in: {story}");
    }
}
