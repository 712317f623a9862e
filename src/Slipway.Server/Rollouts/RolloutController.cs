using System.Threading.Channels;
using Slipway.Core.Access;
using Slipway.Core.Releases;
using Slipway.Core.Rollouts;
using Slipway.Server.Api;
using Slipway.Server.Calls;
using Slipway.Server.Releases;

namespace Slipway.Server.Rollouts;

/// <summary>Moves releases: does what their plans' times ask, looks at the evidence whenever calls were stored, and does what the judge says.</summary>
internal sealed partial class RolloutController(Ledger ledger, RolloutEvidenceStore evidence, CallRecorder recorder, TimeProvider clock, ILogger<RolloutController> log)
    : BackgroundService
{
    // Deadlines of plans pass without any call; a second late is on time for a window of hours.
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(1);
    private readonly Channel<bool> wakeUps = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        recorder.Stored += WakeUp;
        using var heartbeat = clock.CreateTimer(_ => WakeUp(), null, Heartbeat, Heartbeat);
        try
        {
            await foreach (var _ in wakeUps.Reader.ReadAllAsync(stoppingToken)) Pass();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops; the next start goes on from the journal and the call log.
        }
        finally
        {
            recorder.Stored -= WakeUp;
        }
    }

    private void WakeUp() => wakeUps.Writer.TryWrite(true);

    /// <summary>Looks at every release that is not over, once.</summary>
    internal void Pass()
    {
        foreach (var release in ledger.Current.Releases.All.Values.Where(release => release.Active))
        {
            try
            {
                Step(release);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                // One release that cannot be judged must not stop the others from being rolled back; it is tried again at the next heartbeat.
                LogFailure(exception, release.Id);
            }
        }
    }

    private void Step(Release release)
    {
        if (ReleaseClock.Due(release, ledger.Current, clock.GetUtcNow(), ReleaseEndpoints.DrawSalt) is { } due)
        {
            if (ledger.Execute(due, CommandId.New()) is LedgerResult.Done) LogVerdict(release.Id, due.GetType().Name, "its time has come");
            return;
        }
        if (!release.CarriesTraffic) return;
        if (evidence.SpentShadow(release) is { } spent)
        {
            if (ledger.Execute(spent, CommandId.New()) is LedgerResult.Done) LogVerdict(release.Id, "StopShadow", spent.Reason);
            return;
        }
        var (guardrails, verdict) = evidence.Look(release);
        ReleaseCommand? command = verdict switch
        {
            RolloutVerdict.Advance when release.State == ReleaseState.Full => new ReleaseCommand.Complete(MemberName.System, release.Id, verdict.Reason, guardrails),
            // What waits for a person's yes waits, however well it is proved.
            RolloutVerdict.Advance when release.NextStep is { ByHand: false } => new ReleaseCommand.Advance(MemberName.System, release.Id, release.Epoch, verdict.Reason, guardrails),
            RolloutVerdict.Freeze => new ReleaseCommand.Freeze(MemberName.System, release.Id, verdict.Reason, guardrails),
            RolloutVerdict.RollBack => new ReleaseCommand.RollBack(MemberName.System, release.Id, verdict.Reason, guardrails),
            _ => null,
        };
        // A refusal means that somebody was faster; the next pass sees what they did.
        var done = command is not null && ledger.Execute(command, CommandId.New()) is LedgerResult.Done;
        if (done) LogVerdict(release.Id, command!.GetType().Name, verdict!.Reason);
        // After the decision: a log that cannot be written must not keep anybody from going back.
        evidence.Keep(release, decided: done);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Rollout of {Release}: {Verdict} because {Reason}")]
    private partial void LogVerdict(ReleaseId release, string verdict, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The rollout of {Release} could not be judged")]
    private partial void LogFailure(Exception exception, ReleaseId release);
}
