using System.Globalization;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;

namespace Slipway.Core.Wire;

/// <summary>How far a rollback has come.</summary>
/// <param name="Release">Which release was rolled back.</param>
/// <param name="Environment">Where.</param>
/// <param name="From">What was taken back.</param>
/// <param name="To">What everybody is given.</param>
/// <param name="At">When it was rolled back.</param>
/// <param name="AsOf">The moment this was so.</param>
/// <param name="SoFar">What its instances come to; those it is about followed the prompt when it was rolled back.</param>
/// <param name="AfterMs">Milliseconds from the rollback until the last of those that are back was; null while none is.</param>
/// <param name="Silent">How many can be told and have not said yet that they are back.</param>
/// <param name="Leased">How many are cut off and may serve a candidate until their lease ends.</param>
/// <param name="LeasesEndInMs">Milliseconds until the last of those leases ends; null where there is none.</param>
/// <param name="IsOver">Whether it stays so: it is on record, or there was nobody to reach.</param>
public sealed record RollbackProgress(
    ReleaseId Release, EnvironmentName Environment, VersionId From, VersionId To, DateTimeOffset At, DateTimeOffset AsOf, RollbackProof SoFar, long? AfterMs,
    int Silent, int Leased, long? LeasesEndInMs, bool IsOver)
{
    /// <summary>What is on record of a rollback; null where nothing is yet, or nothing was rolled back.</summary>
    public static RollbackProgress? OnRecord(Release release)
    {
        ArgumentNullException.ThrowIfNull(release);
        return release is { Rollback: { } proof, RollbackTarget: { } to }
            ? new RollbackProgress(release.Id, release.Environment, release.Candidate, to, release.Since, release.Since, proof, proof.AllMs ?? proof.MostMs ?? proof.HalfMs, Silent: 0, Leased: 0, LeasesEndInMs: null, IsOver: true)
            : null;
    }

    /// <summary>What the instances of a rollback come to now.</summary>
    /// <param name="release">What was rolled back.</param>
    /// <param name="instances">Those that followed the prompt then.</param>
    /// <param name="now">The time.</param>
    /// <param name="atMost">Whether the server was restarted meanwhile.</param>
    public static RollbackProgress Of(Release release, IReadOnlyCollection<InstanceReach> instances, DateTimeOffset now, bool atMost)
    {
        ArgumentNullException.ThrowIfNull(release);
        ArgumentNullException.ThrowIfNull(instances);
        var leased = !release.WentLive;
        var (last, silent, cutOff, ends) = (DateTimeOffset.MinValue, 0, 0, now);
        foreach (var instance in instances)
        {
            if (RollbackProof.IsBack(instance, leased, now, out var at)) last = at > last ? at : last;
            else if (instance.Connected) silent++;
            else if (leased) (cutOff, ends) = (cutOff + 1, instance.LeaseEndsAt > ends ? instance.LeaseEndsAt : ends);
        }
        var soFar = RollbackProof.Of(instances, leased, release.Since, now, atMost);
        return new RollbackProgress(
            release.Id, release.Environment, release.Candidate, release.RollbackTarget!, release.Since, now, soFar, soFar.Back == 0 ? null : Milliseconds(last - release.Since), silent, cutOff,
            cutOff == 0 ? null : Milliseconds(ends - now), IsOver: false);
    }

    /// <summary>All of it in a sentence: <c>stable v1.5.2 on 212 of 214 instances after 0.3 s, 2 leases expire in 4 s</c>.</summary>
    public string Sentence()
    {
        if (SoFar.Instances == 0) return $"stable v{To.Number}; no instance followed {To.Prompt} in {Environment}";
        if (IsOver) return $"stable v{To.Number} on {SoFar.Told(From.Number)}";
        var lost = SoFar.Instances - SoFar.Back - Silent - Leased;
        return string.Create(CultureInfo.InvariantCulture, $"stable v{To.Number} on {SoFar.Back} of {SoFar.Instances} instance{(SoFar.Instances == 1 ? "" : "s")}") + (AfterMs is { } after ? $" after {RollbackProof.Time(after)}" : "") +
            (Silent > 0 ? $", {Counted(Silent, "has", "have")} not answered yet" : "") +
            (LeasesEndInMs is { } wait ? string.Create(CultureInfo.InvariantCulture, $", {Leased} {(Leased == 1 ? "lease expires" : "leases expire")} in {Math.Ceiling(wait / 1000.0):0} s") : "") +
            (lost > 0 ? $", {Counted(lost, "is", "are")} cut off and may serve v{From.Number} until {(lost == 1 ? "it reaches" : "they reach")} the server" : "");
    }

    private static long Milliseconds(TimeSpan time) => Math.Max(0, (long)Math.Ceiling(time.TotalMilliseconds));

    private static string Counted(int count, string one, string several) => string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : several)}");
}
