using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading.Channels;
using Slipway.Core.Journal;
using Slipway.Core.Releases;
using Slipway.Core.Wire;
using Slipway.Server.Api;
using Slipway.Server.Snapshots;
using Slipway.Server.Storage;

namespace Slipway.Server.Rollouts;

/// <summary>Watches every rollback until each instance that followed the prompt is back, and puts on record how soon that was.</summary>
/// <remarks>All it knows stands in the journal and with the instances, so that a restart goes on where another run ended, and several servers may watch: the first one's word counts.</remarks>
internal sealed partial class RollbackWatch : BackgroundService
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);

    // What the other servers heard is told once a second.
    private static readonly TimeSpan UntilOthersTold = TimeSpan.FromSeconds(1.5);

    // After a restart instances come back with their second or third attempt; by then every lease of before is over.
    private static readonly TimeSpan UntilAllReturned = TimeSpan.FromSeconds(12);

    // Who serves the version as stable and is not heard of is not waited for for ever.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    // What was rolled back longer ago when this server starts was seen by another run, or by nobody.
    private static readonly TimeSpan StillOpen = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<ReleaseId, RecordSpread> open = new();
    private readonly Channel<bool> wakeUps = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Ledger ledger;
    private readonly InstanceList instances;
    private readonly TimeProvider clock;
    private readonly ILogger<RollbackWatch> log;
    private readonly DateTimeOffset startedAt;
    private readonly bool mayReturn;
    private bool isBlind;

    public RollbackWatch(Ledger ledger, InstanceList instances, TimeProvider clock, ILogger<RollbackWatch> log)
    {
        (this.ledger, this.instances, this.clock, this.log, startedAt) = (ledger, instances, clock, log, clock.GetUtcNow());
        // Whoever followed the run before comes back one by one; until then they are not all known.
        mayReturn = ledger.Current.Releases.All.Values.Any(release => release.Salt is not null);
        ledger.Appended += Notice;
        foreach (var release in ledger.Current.Releases.All.Values)
            if (IsOpen(release) && startedAt - release.Since < StillOpen) Begin(release, wasSeen: false);
    }

    /// <summary>How far a rollback has come; null where the release was not rolled back.</summary>
    /// <exception cref="StorageUnavailableException">What other servers know of their instances cannot be read.</exception>
    public RollbackProgress? Progress(Release release)
    {
        if (RollbackProgress.OnRecord(release) is { } recorded) return recorded;
        if (!IsOpen(release)) return null;
        var now = clock.GetUtcNow();
        return open.TryGetValue(release.Id, out var spread)
            ? RollbackProgress.Of(release, Look(release, spread).Instances, now, atMost: !spread.WasSeen)
            : RollbackProgress.Of(release, [], now, atMost: false) with { IsOver = true };
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var looks = new PeriodicTimer(BetweenLooks, clock);
        try
        {
            while (true)
            {
                LookAtAll();
                if (open.IsEmpty) await wakeUps.Reader.ReadAsync(stoppingToken);
                else await looks.WaitForNextTickAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops; the next start goes on.
        }
    }

    private static bool IsOpen(Release release) => release is { State: ReleaseState.RolledBack, RollbackRevision: not null, Rollback: null, RollbackTarget: not null };

    private void Notice(Registry registry, ImmutableArray<JournalEntry> entries)
    {
        foreach (var entry in entries)
            if (entry.Read() is ReleaseRolledBack back && registry.Releases.Find(back.Release) is { } release && IsOpen(release)) Begin(release, wasSeen: !mayReturn || release.Since >= startedAt + UntilAllReturned);
    }

    private void Begin(Release release, bool wasSeen)
    {
        if (open.TryAdd(release.Id, new RecordSpread(release.RollbackRevision!.Value, release.Since, wasSeen, leased: !release.WentLive))) wakeUps.Writer.TryWrite(true);
    }

    private (ImmutableArray<InstanceReach> Instances, bool MoreMayCome) Look(Release release, RecordSpread spread) =>
        spread.Look(instances.Following(release.Environment, release.Candidate.Prompt));

    private void LookAtAll()
    {
        foreach (var (id, spread) in open)
        {
            try
            {
                if (IsDone(ledger.Current.Releases.Find(id)!, spread)) open.TryRemove(id, out _);
                isBlind = false;
            }
            catch (StorageException exception)
            {
                // The next look tries again; what was missed meanwhile stands with the instances.
                if (!isBlind) LogAway(id, exception.Message);
                isBlind = true;
            }
        }
    }

    private bool IsDone(Release release, RecordSpread spread)
    {
        if (release.Rollback is not null) return true;
        var now = clock.GetUtcNow();
        var (seen, moreMayCome) = Look(release, spread);
        var earliest = !spread.WasSeen ? startedAt + UntilAllReturned : instances.HearsOthers ? release.Since + UntilOthersTold : release.Since;
        if (now < earliest) return false;
        if (seen.IsEmpty) return true;
        var proof = RollbackProof.Of(seen, leased: !release.WentLive, release.Since, now, atMost: !spread.WasSeen);
        var began = release.Since > startedAt ? release.Since : startedAt;
        if (!proof.IsComplete && (moreMayCome || !release.WentLive) && now < began + Patience) return false;
        if (ledger.Execute(new ConfirmRollback(release.Id, proof), CommandId.New()) is LedgerResult.Done { Entries.IsEmpty: false }) LogReached(release.Id, proof.Back, proof.Instances);
        return true;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The rollback of {Release} reached {Back} of {All} instances")]
    private partial void LogReached(ReleaseId release, int back, int all);

    [LoggerMessage(Level = LogLevel.Warning, Message = "How far the rollback of {Release} has come cannot be seen at the moment: {Reason}")]
    private partial void LogAway(ReleaseId release, string reason);
}
