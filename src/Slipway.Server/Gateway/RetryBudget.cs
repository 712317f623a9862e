namespace Slipway.Server.Gateway;

/// <summary>How many retries a provider may still be asked for: a fifth of its calls, and a reserve of ten. A provider that is down is not asked twice as often for it.</summary>
/// <remarks>Thread-safe. Over any number of calls there are at most <c>10 + calls / 5</c> retries.</remarks>
internal sealed class RetryBudget
{
    private const int PerCall = 1, PerRetry = 5, Most = 10 * PerRetry;      // in fifths of a retry
    private int left = Most;

    /// <summary>A call was made.</summary>
    public void Deposit()
    {
        // Of a full budget, which is how it nearly always is, this is one read.
        if (Volatile.Read(ref left) < Most) Interlocked.Add(ref left, PerCall);
    }

    /// <summary>Takes a retry; false where there is none left.</summary>
    public bool TryTake()
    {
        while (Volatile.Read(ref left) is var before && before >= PerRetry)
            if (Interlocked.CompareExchange(ref left, before - PerRetry, before) == before) return true;
        return false;
    }
}
