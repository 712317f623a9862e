using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;

namespace Slipway.Core.Releases;

/// <summary>What is known of an instance since a release was rolled back.</summary>
/// <param name="BackAt">When it was known to serve what everybody was given; null for not yet.</param>
/// <param name="LeaseEndsAt">From when on it serves no candidate, whatever it heard.</param>
/// <param name="Connected">Whether it can be told.</param>
public sealed record InstanceReach(DateTimeOffset? BackAt, DateTimeOffset LeaseEndsAt, bool Connected);

/// <summary>How soon a rollback was everywhere.</summary>
/// <param name="Instances">The instances that followed the prompt when it was rolled back.</param>
/// <param name="Back">How many of them serve the candidate no more: they said so, or their lease ended.</param>
/// <param name="Expired">How many of those were cut off, so that their lease had to end.</param>
/// <param name="HalfMs">Milliseconds from the rollback until half of all were back; null where fewer are.</param>
/// <param name="MostMs">Until 99 of 100 were; null where fewer are.</param>
/// <param name="AllMs">Until all were; null where some are not.</param>
/// <param name="AtMost">Whether the server was restarted meanwhile, so that some were back earlier than it heard of them.</param>
public sealed record RollbackProof(int Instances, int Back, int Expired, long? HalfMs, long? MostMs, long? AllMs, bool AtMost)
{
    /// <summary>Whether every instance is back.</summary>
    [JsonIgnore] public bool IsComplete => Back == Instances;

    /// <summary>What the instances come to at a moment.</summary>
    /// <param name="instances">Those that followed the prompt when it was rolled back.</param>
    /// <param name="leased">Whether the candidate was served under a lease: else who is cut off goes on serving it, because everybody had it.</param>
    /// <param name="rolledBackAt">When it was rolled back.</param>
    /// <param name="now">The moment.</param>
    /// <param name="atMost">Whether the server was restarted meanwhile.</param>
    public static RollbackProof Of(IReadOnlyCollection<InstanceReach> instances, bool leased, DateTimeOffset rolledBackAt, DateTimeOffset now, bool atMost)
    {
        ArgumentNullException.ThrowIfNull(instances);
        var (times, expired) = (new List<long>(instances.Count), 0);
        foreach (var instance in instances)
        {
            if (!IsBack(instance, leased, now, out var at)) continue;
            times.Add(Math.Max(0, (long)Math.Ceiling((at - rolledBackAt).TotalMilliseconds)));
            if (instance.BackAt is null || at < instance.BackAt && !atMost) expired++;
        }
        times.Sort();
        return new RollbackProof(instances.Count, times.Count, expired, Until(50), Until(99), Until(100), atMost);

        long? Until(int percent) => (instances.Count * percent + 99) / 100 is var rank && rank > 0 && rank <= times.Count ? times[rank - 1] : null;
    }

    /// <summary>Whether an instance serves the candidate no more.</summary>
    /// <param name="instance">Which.</param>
    /// <param name="leased">Whether the candidate was served under a lease.</param>
    /// <param name="now">The time.</param>
    /// <param name="at">Since when.</param>
    public static bool IsBack(InstanceReach instance, bool leased, DateTimeOffset now, out DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(instance);
        at = instance.BackAt ?? DateTimeOffset.MaxValue;
        if (leased && instance.LeaseEndsAt < at) at = instance.LeaseEndsAt;
        return at <= now;
    }

    /// <summary>How soon it was everywhere, as the end of a sentence: <c>all 214 instances after 9.8 s: half after 31 ms, 99% after 0.3 s; 2 leases had to expire</c>.</summary>
    /// <param name="from">What those serve that are not back.</param>
    public string Told(VersionNumber from)
    {
        ArgumentNullException.ThrowIfNull(from);
        var within = AtMost ? "after at most" : "after";
        var all = IsComplete ? Instances == 1 ? $"its one instance {within} {Time(AllMs)}" : $"all {Count(Instances)} instances {within} {Time(AllMs)}" : $"{Count(Back)} of {Count(Instances)} instances";
        ImmutableArray<string> shares = [.. (HalfMs is null || Instances == 1 ? Array.Empty<string>() : [$"half {within} {Time(HalfMs)}"]).Concat(MostMs is null || Instances < 100 ? [] : [$"99% {within} {Time(MostMs)}"])];
        return all + (shares.IsEmpty ? "" : $": {string.Join(", ", shares)}") + (Expired == 0 ? "" : Expired == 1 ? "; one lease had to expire" : $"; {Count(Expired)} leases had to expire") +
            (IsComplete ? "" : Instances - Back == 1 ? $"; the other one is cut off and may serve {from} until it reaches the server" : $"; the other {Count(Instances - Back)} are cut off and may serve {from} until they reach the server") +
            (AtMost ? "; the server was restarted meanwhile" : "");
    }

    /// <summary>Milliseconds as people read them: <c>31 ms</c>, <c>0.3 s</c>.</summary>
    public static string Time(long? milliseconds) => milliseconds is not { } time ? "never"
        : time < 100 ? string.Create(CultureInfo.InvariantCulture, $"{time} ms") : string.Create(CultureInfo.InvariantCulture, $"{time / 1000.0:0.0} s");

    private static string Count(int count) => count.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Every instance that followed a prompt is back since its rollback, or is known not to be; said once of each rollback.</summary>
/// <param name="Release">Which release was rolled back.</param>
/// <param name="From">What was taken back.</param>
/// <param name="To">What everybody was given.</param>
/// <param name="Proof">How soon.</param>
public sealed record RollbackReached(ReleaseId Release, VersionId From, VersionId To, RollbackProof Proof) : ReleaseEvent(Release)
{
    /// <inheritdoc/>
    [JsonIgnore] public override string Sentence => $"saw the rollback of {Release} to {To.Number} reach {Proof.Told(From.Number)}";
}

/// <summary>Puts on record how soon a rollback was everywhere. Several servers may see it; the first one is right, and the others find it done.</summary>
/// <param name="Release">Which release was rolled back.</param>
/// <param name="Proof">What was seen.</param>
public sealed record ConfirmRollback(ReleaseId Release, RollbackProof Proof) : Command(MemberName.System)
{
    /// <inheritdoc/>
    public override Subject About(Registry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        return Subject.Nothing($"confirm the rollback of {Release}");
    }

    /// <inheritdoc/>
    public override Verdict Decide(Registry registry, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(registry);
        return registry.Releases.Find(Release) switch
        {
            null => Verdict.Unknown(ReleaseRules.NoRelease(Release, registry)),
            { State: not ReleaseState.RolledBack } release => Verdict.Conflict($"{Release} is {ReleaseRules.Word(release.State)}; nothing of it was rolled back."),
            { Rollback: not null } => Verdict.Of(),
            var release => Verdict.Of(new RollbackReached(Release, release.Candidate, release.RollbackTarget!, Proof)),
        };
    }
}
