using System.Net;
using System.Text;
using Slipway.Core.Evaluations;
using Slipway.Core.Objects;
using Slipway.Core.Releases;
using Slipway.Core.Wire;
using Slipway.Server.Api;
using Slipway.Server.Tests.Gateway;
using Slipway.Server.Tests.Storage;

namespace Slipway.Server.Tests.Objects;

/// <summary>Personal data can go; that it went stays.</summary>
public sealed class ErasureTests
{
    private const string Reason = "The reader asked us to.";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task An_erased_golden_set_is_gone_everywhere_and_says_so(string engine)
    {
        using var storage = TestEngine.Named(engine);
        await using var installation = await TestInstallation.StartWithRouterAsync(storage.Configure);
        var set = Assert.Single(await installation.Ana.ObjectsAsync(Cancellation).Ok(), known => known.What == "the golden set router_golden:v1").Hash;
        Assert.Contains("The study room is flooded", await installation.Dan.ObjectAsync(set, Cancellation).Ok(), StringComparison.Ordinal);

        var erased = await installation.Admin.EraseAsync(set, Reason, Cancellation).Ok();
        Assert.Equal((set, "admin", Reason), (erased.Hash, erased.ErasedBy?.Value, erased.ErasedBecause));
        await installation.Ana.SubmitAsync(Router.Submission(Router.Good), Cancellation).Ok();
        foreach (var restart in (bool[])[false, true])
        {
            if (restart) await installation.RestartAsync();
            var sentence = FormattableString.Invariant($"The golden set router_golden:v1 was erased on {erased.ErasedAt:yyyy-MM-dd} by admin: {Reason}");
            var shown = await installation.Ana.ObjectAsync(set, Cancellation).Refused();
            Assert.Equal((410, sentence), (shown.Status, shown.Message));
            var evaluated = await installation.Ana.EvaluateAsync(Router.Evaluation(Router.Good), Cancellation).Refused();
            Assert.Equal((410, sentence), (evaluated.Status, evaluated.Message));
            foreach (var name in (string[])[Router.GoldenSet, "another:v1"])
            {
                var pushed = await installation.Ana.PushGoldenSetAsync(Some.Value<GoldenSetId>(name), Router.Cases, Cancellation).Refused();
                Assert.Equal((409, $"{sentence} Its content is not taken again."), (pushed.Status, pushed.Message));
            }
        }
        Assert.Equal(0L, storage is PostgresTestEngine ? storage.Ask($"SELECT count(*) FROM objects WHERE hash = '{set}'") : SqliteFileEditor.Ask(installation.JournalFile, $"SELECT count(*) FROM objects WHERE hash = '{set}'"));
        Assert.Contains(await installation.Ana.LogAsync(null, Cancellation).Ok(), line => line.Sentence == $"erased the object {set.Abbreviated}: {Reason}");
        foreach (var file in Directory.EnumerateFiles(installation.Folder))
            Assert.DoesNotContain("The study room is flooded", Encoding.UTF8.GetString(await ReadAsync(file)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_served_is_not_erased_and_an_old_package_is()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        var live = (await installation.Ana.VersionAsync(Router.First, Cancellation).Ok()).Package;
        var refused = await installation.Admin.EraseAsync(live, Reason, Cancellation).Refused();
        Assert.Equal((409, "router:v1.0.0 is live in production: its package cannot be erased while it may be served."), (refused.Status, refused.Message));

        var old = (await installation.Ana.SubmitAsync(Router.Submission(Router.Good), Cancellation).Ok()).Package;
        await installation.Ana.VersionAsync(Router.Good, Cancellation).Ok();
        await installation.Admin.EraseAsync(old, Reason, Cancellation).Ok();
        var shown = await installation.Ana.VersionAsync(Router.Good, Cancellation).Refused();
        Assert.Equal(410, shown.Status);
        Assert.StartsWith("The package of router:v1.1.0 was erased on ", shown.Message, StringComparison.Ordinal);
        Assert.Equal(410, (await installation.Ana.RenderAsync(Some.Value<Core.Prompts.VersionId>(Router.Good), null, Cancellation).Refused()).Status);
        Assert.Equal(409, (await installation.Ana.SubmitAsync(Router.Submission(Router.Good), Cancellation).Refused()).Status);
        using var shop = installation.Http("shop");
        using var answer = await shop.ChatAsync(Chat.Body());
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_report_is_erased_and_its_evaluation_still_counts()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        await installation.Ana.SubmitAsync(Router.Submission(Router.Good), Cancellation).Ok();
        var evaluation = await installation.Ana.EvaluateAsync(Router.Evaluation(Router.Good), Cancellation).Ok();
        await installation.Admin.EraseAsync(evaluation.ReportHash, Reason, Cancellation).Ok();
        Assert.StartsWith("The evaluation report of router:v1.1.0 on router_golden:v1 was erased on ", (await installation.Ana.ObjectAsync(evaluation.ReportHash, Cancellation).Refused()).Message, StringComparison.Ordinal);
        Assert.Equal(ReleaseState.Canary, (await installation.ReleaseAsync(Router.Good, Plans.Quick("50%", "100%"))).State);
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task What_a_crash_left_after_the_event_is_removed_at_the_next_start(string engine)
    {
        using var storage = TestEngine.Named(engine);
        await using var installation = await TestInstallation.StartWithRouterAsync(storage.Configure);
        var set = Assert.Single(await installation.Ana.ObjectsAsync(Cancellation).Ok(), known => known.What == "the golden set router_golden:v1").Hash;
        await installation.StopAsync();
        using (var journal = engine == "postgres" ? storage.Open() : new Server.Storage.SqliteJournal(installation.JournalFile))
        {
            var ledger = new Ledger(journal, TimeProvider.System);
            Assert.IsType<LedgerResult.Done>(ledger.Execute(new EraseObject(Some.Value<Core.Access.MemberName>("admin"), set, Reason, Stored: true), CommandId.New()));
            Assert.NotNull(((Server.Storage.IObjectStore)journal).Get(set));
        }
        await installation.RestartAsync();
        await installation.StopAsync();
        using var after = engine == "postgres" ? storage.Open() : new Server.Storage.SqliteJournal(installation.JournalFile);
        Assert.Null(((Server.Storage.IObjectStore)after).Get(set));
    }

    [Fact]
    public async Task What_cannot_be_erased_is_refused_in_a_sentence()
    {
        await using var installation = await TestInstallation.StartWithRouterAsync();
        var set = Assert.Single(await installation.Ana.ObjectsAsync(Cancellation).Ok(), known => known.What == "the golden set router_golden:v1").Hash;
        Assert.Equal(403, (await installation.Ana.EraseAsync(set, Reason, Cancellation).Refused()).Status);
        Assert.Equal((422, "Say why: the reason is empty."), await RefusedAsync(installation.Admin.EraseAsync(set, " ", Cancellation)));
        var unknown = ContentHash.Of("nothing"u8);
        Assert.Equal((404, $"There is no object {unknown}; see them all with: slipway object list"), await RefusedAsync(installation.Admin.EraseAsync(unknown, Reason, Cancellation)));
        Assert.Equal((404, $"There is no object {unknown}."), await RefusedAsync(installation.Admin.ObjectAsync(unknown, Cancellation)));
        using var http = installation.Http("ana");
        using var wrong = await http.GetAsync("/api/v1/objects/abc", Cancellation);
        Assert.Contains("is no object's hash: it must be sha256: followed by 64 hexadecimal digits.", await wrong.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        using var nobody = installation.Http(null);
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.GetAsync($"/api/v1/objects/{set}", Cancellation)).StatusCode);
    }

    private static async Task<(int?, string)> RefusedAsync<T>(Task<Client.ApiResult<T>> asked)
    {
        var failure = await asked.Refused();
        return (failure.Status, failure.Message);
    }

    private static async Task<byte[]> ReadAsync(string file)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var memory = new MemoryStream();
        await stream.CopyToAsync(memory, Cancellation);
        return memory.ToArray();
    }
}
