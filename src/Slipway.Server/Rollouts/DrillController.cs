using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading.Channels;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Releases;
using Slipway.Server.Api;
using Slipway.Server.Releases;
using Slipway.Server.Snapshots;
using Slipway.Server.Storage;

namespace Slipway.Server.Rollouts;

/// <summary>Conducts drills: begins those that a policy asks for, takes each one back when everybody has it, and ends it when everybody is back.</summary>
/// <remarks>Several servers may conduct the same one: what one of them said, the others find said. One that nobody conducted to its end, because a server went away, is broken off.</remarks>
internal sealed partial class DrillController : BackgroundService
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50), BetweenSchedules = TimeSpan.FromSeconds(1), UntilOthersTold = TimeSpan.FromSeconds(1.5);

    // Longer than a lease and what is on the way: who has not got it by then does not get it.
    private static readonly TimeSpan UntilNobodyElse = TimeSpan.FromSeconds(11), Abandoned = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<(ReleaseId Drill, bool Back), RecordSpread> spreads = new();
    private readonly Channel<bool> wakeUps = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Ledger ledger;
    private readonly InstanceList instances;
    private readonly TimeProvider clock;
    private readonly ILogger<DrillController> log;
    private bool isBlind;

    public DrillController(Ledger ledger, InstanceList instances, TimeProvider clock, ILogger<DrillController> log)
    {
        (this.ledger, this.instances, this.clock, this.log) = (ledger, instances, clock, log);
        ledger.Appended += Notice;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var schedule = clock.CreateTimer(_ => wakeUps.Writer.TryWrite(true), null, BetweenSchedules, BetweenSchedules);
        using var looks = new PeriodicTimer(BetweenLooks, clock);
        try
        {
            while (true)
            {
                var underWay = UnderWay();
                if (underWay.IsEmpty) await wakeUps.Reader.ReadAsync(stoppingToken);
                else await looks.WaitForNextTickAsync(stoppingToken);
                TryStep();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops; whoever looks next breaks off what it left.
        }
    }

    private ImmutableArray<Drill> UnderWay() => [.. ledger.Current.Releases.Drills.Values.Where(drill => drill.IsUnderWay)];

    // From the moment something is decided: who comes later was not there to be reached.
    private void Notice(Registry registry, ImmutableArray<JournalEntry> entries)
    {
        foreach (var happened in entries.Select(entry => entry.Read()).OfType<DrillEvent>())
        {
            if (registry.Releases.Drill(happened.Prompt, happened.Environment) is not { } drill || drill.Id != happened.Drill) continue;
            if (happened is DrillStarted) spreads[(drill.Id, false)] = new RecordSpread(drill.Revision, drill.StartedAt, wasSeen: true, leased: true);
            if (happened is DrillReturned && drill.ReturnRevision is { } revision) spreads[(drill.Id, true)] = new RecordSpread(revision, drill.ReturnedAt!.Value, wasSeen: true, leased: true);
            if (happened is DrillDone) foreach (var back in (bool[])[false, true]) spreads.TryRemove((drill.Id, back), out _);
            wakeUps.Writer.TryWrite(true);
        }
    }

    private void TryStep()
    {
        try
        {
            foreach (var drill in UnderWay())
                if (Next(drill, clock.GetUtcNow()) is { } command) ledger.Execute(command, CommandId.New());
            BeginWhatIsDue();
            isBlind = false;
        }
        catch (StorageException exception)
        {
            if (!isBlind) LogAway(exception.Message);
            isBlind = true;
        }
    }

    private DrillCommand? Next(Drill drill, DateTimeOffset now)
    {
        var (releases, prompt) = (ledger.Current.Releases, drill.Version.Prompt);
        if (releases.Active(prompt, drill.Environment) is { CarriesTraffic: true } active) return BreakOff($"{active.Id} began in the middle of it");
        if (releases.Live(prompt, drill.Environment)?.Version is { } live && live != drill.Version) return BreakOff($"{live.Number} became live in the middle of it");
        var since = drill.ReturnedAt ?? drill.StartedAt;
        if (!spreads.TryGetValue((drill.Id, !drill.IsForward), out var spread)) return now - since > Abandoned ? BreakOff("the server that conducted it went away") : null;
        var (seen, _) = spread.Look(instances.Following(drill.Environment, prompt));
        var proof = RollbackProof.Of(seen, leased: !drill.IsForward, since, now, atMost: false);
        if (now - since < UntilNobodyElse && (!proof.IsComplete || instances.HearsOthers && now - since < UntilOthersTold)) return null;
        if (seen.IsEmpty) return BreakOff($"no instance follows {prompt} in {drill.Environment}");
        return drill.IsForward ? new DrillCommand.Return(prompt, drill.Environment, drill.Id, proof) : new DrillCommand.Finish(prompt, drill.Environment, drill.Id, proof);

        DrillCommand.BreakOff BreakOff(string problem) => new(prompt, drill.Environment, drill.Id, problem);
    }

    private void BeginWhatIsDue()
    {
        var (registry, now) = (ledger.Current, clock.GetUtcNow());
        foreach (var policy in registry.Prompts.Policies.Values.Where(policy => policy.Drill is not null))
        {
            // What has traffic of its own, and what nobody follows, waits until that is over.
            if (!StartDrill.IsDue(registry, policy.Prompt, now) || registry.Releases.Active(policy.Prompt, EnvironmentName.Production) is { CarriesTraffic: true }) continue;
            if (!instances.Following(EnvironmentName.Production, policy.Prompt).Any(instance => instance.Connected)) continue;
            ledger.Execute(new StartDrill(MemberName.System, policy.Prompt, EnvironmentName.Production, Limit: null, ReleaseEndpoints.DrawSalt()), CommandId.New());
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Drills cannot be conducted at the moment: {Reason}")]
    private partial void LogAway(string reason);
}
