using System.Globalization;

namespace Slipway.Core.Wire;

/// <summary>How far a change has come, counted over instances.</summary>
/// <param name="All">How many instances there are.</param>
/// <param name="Current">How many serve what they should.</param>
/// <param name="P99Ms">Within how many milliseconds after the change 99 of 100 of those said so; null where none was there before it.</param>
/// <param name="Silent">How many have an open stream and have not said so yet.</param>
/// <param name="Leased">How many were not reached, and may serve a candidate until their lease ends.</param>
/// <param name="LastLeaseEndsIn">When the last of those leases ends; null where there is none.</param>
/// <param name="Lapsed">How many were not reached, and serve no candidate any more.</param>
public sealed record InstanceSummary(int All, int Current, double? P99Ms, int Silent, int Leased, TimeSpan? LastLeaseEndsIn, int Lapsed)
{
    /// <summary>Counts instances.</summary>
    public static InstanceSummary Of(InstancesDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        var (instances, at) = (document.Instances, document.At);
        var times = instances.Where(one => one.Current && one.AppliedAfterMs is not null).Select(one => one.AppliedAfterMs!.Value).Order().ToList();
        var leases = instances.Where(one => !one.Current && one.LeaseEndsAt > at).Select(one => one.LeaseEndsAt!.Value - at).ToList();
        return new InstanceSummary(
            instances.Length, instances.Count(one => one.Current), times.Count == 0 ? null : times[(times.Count * 99 + 99) / 100 - 1],
            instances.Count(one => !one.Current && one.LeaseEndsAt is null), leases.Count, leases.Count == 0 ? null : leases.Max(), instances.Count(one => !one.Current && one.LeaseEndsAt <= at));
    }

    /// <summary>All of it in a sentence.</summary>
    /// <param name="what">What the current ones do, as in "212 of 214 instances …": <c>serve revision 381</c>, <c>are back</c>.</param>
    public string Sentence(string what) => string.Create(CultureInfo.InvariantCulture, $"{Current} of {All} instances {what}") +
        (P99Ms is { } p99 ? string.Create(CultureInfo.InvariantCulture, $", p99 {p99:0} ms") : "") +
        (Silent > 0 ? $"; {Counted(Silent, "has", "have")} not answered yet" : "") +
        (LastLeaseEndsIn is { } wait ? string.Create(CultureInfo.InvariantCulture, $"; {Leased} {(Leased == 1 ? "lease ends" : "leases end")} in {Math.Ceiling(wait.TotalSeconds):0} s") : "") +
        (Lapsed > 0 ? $"; {Counted(Lapsed, "was", "were")} not reached and {(Lapsed == 1 ? "serves" : "serve")} no candidate any more" : "");

    private static string Counted(int count, string one, string several) => string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : several)}");
}
