using Slipway.Core.Wire;

namespace Slipway.Server.Snapshots;

/// <summary>What is known of an instance, at one moment.</summary>
/// <param name="Name">What it calls itself.</param>
/// <param name="Environment">What it serves.</param>
/// <param name="Key">With which key it asks; two keys are two instances, so that nobody speaks for another one.</param>
/// <param name="Patterns">What that key sees, as <see cref="Reach"/> has it.</param>
/// <param name="Sdk">What it is; null for unsaid.</param>
/// <param name="Revision">The newest revision it acknowledged; 0 for none yet.</param>
/// <param name="Since">When it acknowledged that, or came.</param>
/// <param name="AppliedAfterMs">Milliseconds from the change to its acknowledgement; null where it came later.</param>
/// <param name="Connected">Whether its event stream is open.</param>
/// <param name="LastSeen">When it was last heard, or took something.</param>
/// <param name="Came">When it was first heard.</param>
internal sealed record Sighting(
    string Name, EnvironmentName Environment, string Key, string? Patterns, string? Sdk, long Revision, DateTimeOffset Since, double? AppliedAfterMs, bool Connected, DateTimeOffset LastSeen,
    DateTimeOffset Came)
{
    /// <summary>One instance that two servers know of: its stream may be open at one, and its acknowledgements come to the other.</summary>
    public Sighting With(Sighting other)
    {
        var newest = (other.Revision, other.Since).CompareTo((Revision, Since)) > 0 ? other : this;
        return newest with { Sdk = newest.Sdk ?? Sdk ?? other.Sdk, Connected = Connected || other.Connected, LastSeen = LastSeen > other.LastSeen ? LastSeen : other.LastSeen, Came = Came < other.Came ? Came : other.Came };
    }
}

/// <summary>An instance that this server knows of.</summary>
/// <param name="name">What it calls itself.</param>
/// <param name="environment">What it serves.</param>
/// <param name="key">With which key it asks.</param>
/// <param name="reach">What that key sees.</param>
/// <param name="cameAt">When it was first heard.</param>
/// <param name="book">Where it stands.</param>
internal sealed class Instance(string name, EnvironmentName environment, string key, Reach reach, DateTimeOffset cameAt, InstanceBook book)
{
    private readonly Lock gate = new();
    private string? sdk;
    private long revision;
    private DateTimeOffset since = cameAt;
    private double? appliedAfterMs;
    private int streams;
    private readonly DateTimeOffset came = cameAt;
    private long lastSeen = cameAt.UtcTicks;

    /// <summary>What its key sees.</summary>
    public Reach Reach => reach;

    /// <summary>It opened an event stream.</summary>
    public void Connected(DateTimeOffset now)
    {
        lock (gate) streams++;
        Heard(now);
        book.Changed();
    }

    /// <summary>An event stream of it ended.</summary>
    public void Disconnected(DateTimeOffset now)
    {
        lock (gate) streams--;
        Heard(now);
        book.Changed();
    }

    /// <summary>It said something, or took what was sent.</summary>
    public void Heard(DateTimeOffset now) => Interlocked.Exchange(ref lastSeen, now.UtcTicks);

    /// <summary>It says which revision it serves.</summary>
    /// <param name="said">What it says.</param>
    /// <param name="committedAt">When the change was decided that made the revision; null where that is not known.</param>
    /// <param name="now">The time.</param>
    public void Acknowledge(AcknowledgementDocument said, DateTimeOffset? committedAt, DateTimeOffset now)
    {
        Heard(now);
        lock (gate)
        {
            if (said.Revision == revision && said.Sdk == sdk) return;
            // Only an instance that was there when the change was made can have been late with it.
            if (said.Revision != revision) (appliedAfterMs, since) = (committedAt >= came ? Math.Max(0, (now - committedAt.Value).TotalMilliseconds) : null, now);
            (revision, sdk) = (said.Revision, said.Sdk);
        }
        book.Changed();
    }

    /// <summary>What is known of it now.</summary>
    public Sighting Look()
    {
        lock (gate) return new Sighting(name, environment, key, reach.Patterns, sdk, revision, since, appliedAfterMs, streams > 0, new DateTimeOffset(Interlocked.Read(ref lastSeen), TimeSpan.Zero), came);
    }
}
