using System.Collections.Immutable;
using System.Net.Http.Headers;
using Slipway.Client;
using Slipway.Core.Access;
using Slipway.Core.Evaluations;
using Slipway.Core.Models;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Server.Tests;

/// <summary>A real server on a free port with a folder of its own, and the people who use it.</summary>
public sealed class TestInstallation : IAsyncDisposable
{
    private readonly Dictionary<string, string> keys = new(StringComparer.Ordinal);
    private readonly List<IDisposable> clients = [];
    private ServerOptions options;
    private SlipwayServer? server;

    private TestInstallation(ServerOptions options) => this.options = options;

    /// <summary>How it was started.</summary>
    public ServerOptions Options => options;

    /// <summary>Where its files lie.</summary>
    public string Folder => options.DataFolder;

    /// <summary>The journal with the objects.</summary>
    public string JournalFile => Path.Combine(Folder, "slipway.db");

    /// <summary>The call log.</summary>
    public string CallFile => Path.Combine(Folder, "calls.db");

    /// <summary>Where it listens now.</summary>
    public Uri Address => server!.Address;

    /// <summary>The server itself.</summary>
    public SlipwayServer Server => server!;

    /// <summary>What the first start printed.</summary>
    public string AdministratorKey => keys["admin"];

    public SlipwayApi Admin => Api("admin");
    public SlipwayApi Ana => Api("ana");
    public SlipwayApi Ben => Api("ben");
    public SlipwayApi Cleo => Api("cleo");
    public SlipwayApi Dan => Api("dan");

    /// <summary>Starts a server on an empty folder and gives everybody a role and a key.</summary>
    public static async Task<TestInstallation> StartAsync(Func<ServerOptions, ServerOptions>? configure = null, TimeProvider? clock = null)
    {
        var plain = new ServerOptions { DataFolder = Directory.CreateTempSubdirectory("slipway-test-").FullName, Listen = "http://127.0.0.1:0" };
        var installation = new TestInstallation(configure?.Invoke(plain) ?? plain);
        return await installation.OrDisposed(() => installation.FillAsync(clock));
    }

    /// <summary>A server on which <see cref="Router.First"/> is live.</summary>
    public static async Task<TestInstallation> StartWithRouterAsync(Func<ServerOptions, ServerOptions>? configure = null, string model = "production-default", TimeProvider? clock = null)
    {
        var installation = await StartAsync(configure, clock);
        return await installation.OrDisposed(async () =>
        {
            await installation.Ana.PushGoldenSetAsync(Some.Value<GoldenSetId>(Router.GoldenSet), Router.Cases, TestContext.Current.CancellationToken).Ok();
            await installation.Ana.SubmitAsync(Router.Submission(Router.First, model), TestContext.Current.CancellationToken).Ok();
            Assert.Equal(ReleaseState.Completed, (await installation.BootstrapAsync(Router.First)).State);
        });
    }

    /// <summary>A person's view of the management API.</summary>
    public SlipwayApi Api(string member) => Keep(new SlipwayApi(Address, keys[member]));

    /// <summary>A person's API key.</summary>
    public string Key(string member) => keys[member];

    /// <summary>A plain HTTP client with a person's key; null sends none.</summary>
    public HttpClient Http(string? member)
    {
        var http = Keep(new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(30) });
        if (member is not null) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", keys[member]);
        return http;
    }

    /// <summary>Makes a first version live: Ana, whom its manifest names as owner, asks, and Ben, her backup, confirms.</summary>
    public async Task<ReleaseDocument> BootstrapAsync(string version)
    {
        var (cancellation, candidate) = (TestContext.Current.CancellationToken, Some.Value<VersionId>(version));
        await Ana.AssignAsync(candidate.Prompt, new DutiesChange { BackupOwner = Some.Value<MemberName>("ben") }, cancellation).Ok();
        await Ana.BootstrapAsync(new BootstrapRequest(candidate, "It is what runs today."), cancellation).Ok();
        return await Ben.BootstrapAsync(new BootstrapRequest(candidate, "Reads well."), cancellation).Ok();
    }

    /// <summary>Proposes, approves and starts a release of a version that is submitted and evaluated.</summary>
    public async Task<ReleaseDocument> ReleaseAsync(string version, ReleasePlanDocument plan)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var proposed = await Ana.ProposeAsync(new ProposalDocument(Some.Value<VersionId>(version), plan, null), cancellation).Ok();
        await Ben.CommandAsync(proposed.Id.ToString(), "approve", new ReasonDocument("Reads well."), cancellation).Ok();
        return await Cleo.CommandAsync(proposed.Id.ToString(), "start", new ReasonDocument(null), cancellation).Ok();
    }

    /// <summary>Submits a version, evaluates it and starts its canary.</summary>
    public async Task<ReleaseDocument> StartCanaryAsync(string version, ReleasePlanDocument plan, string model = "production-default")
    {
        await Ana.SubmitAsync(Router.Submission(version, model), TestContext.Current.CancellationToken).Ok();
        var evaluation = await Ana.EvaluateAsync(Router.Evaluation(version).Replace("production-default", model, StringComparison.Ordinal), TestContext.Current.CancellationToken).Ok();
        Assert.Equal(GateVerdict.Pass, evaluation.Report.Verdict);
        return await ReleaseAsync(version, plan);
    }

    /// <summary>Stops the server and starts it again on the same folder; everybody's key stays good.</summary>
    public async Task RestartAsync(Func<ServerOptions, ServerOptions>? configure = null, TimeProvider? clock = null)
    {
        await StopAsync();
        options = configure?.Invoke(options) ?? options;
        server = await SlipwayServer.StartAsync(options, clock, TestContext.Current.CancellationToken);
        Assert.Null(server.AdministratorKey);
    }

    /// <summary>Stops the server and keeps its folder.</summary>
    public async Task StopAsync()
    {
        foreach (var client in clients) client.Dispose();
        clients.Clear();
        if (server is not null) await server.DisposeAsync();
        server = null;
    }

    /// <summary>Tries to start again on the folder, expecting that it is refused.</summary>
    public async Task<Exception?> TryStartAsync()
    {
        try
        {
            server = await SlipwayServer.StartAsync(options, cancellation: TestContext.Current.CancellationToken);
            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private async Task FillAsync(TimeProvider? clock)
    {
        server = await SlipwayServer.StartAsync(options, clock, TestContext.Current.CancellationToken);
        keys["admin"] = server.AdministratorKey!;
        foreach (var (member, role) in ((string, Role)[])[("ana", Role.Author), ("ben", Role.Reviewer), ("cleo", Role.ReleaseOwner), ("dan", Role.OnCall), ("shop", Role.Application)])
        {
            await Admin.AddMemberAsync(Some.Value<MemberName>(member), [role], TestContext.Current.CancellationToken).Ok();
            keys[member] = (await Admin.IssueKeyAsync(Some.Value<MemberName>(member), TestContext.Current.CancellationToken).Ok()).Secret;
        }
        await Admin.SetModelAsync("production-default", Some.Value<ModelReference>("offline/offline-2026-11"), TestContext.Current.CancellationToken).Ok();
    }

    // What cannot be made ready is nobody's to dispose, so it must not be left running.
    private async Task<TestInstallation> OrDisposed(Func<Task> makeReady)
    {
        try
        {
            await makeReady();
            return this;
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    private T Keep<T>(T client) where T : IDisposable
    {
        lock (clients) clients.Add(client);
        return client;
    }
}

/// <summary>Plans that are decided within a few dozen calls.</summary>
internal static class Plans
{
    public static ReleasePlanDocument Quick(params string[] steps) => new()
    {
        Steps = [.. steps.Select(step => PlanStep.FromShare(Some.Value<Share>(step)))],
        Guardrails = ImmutableSortedDictionary<string, string>.Empty.Add("schema_pass_rate", ">= baseline - 30pp"),
        MinimumUnits = 5,
        MinimumTime = Duration.Zero,
        Observe = Duration.Zero,
        Watcher = Some.Value<MemberName>("dan"),
    };
}
