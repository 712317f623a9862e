using System.Collections.Immutable;
using System.Globalization;
using Slipway.Core.Rollouts;

namespace Slipway.Core.Releases;

/// <summary>How long a release will take, as it was foretold when its plan was made: those who approve it know.</summary>
/// <param name="UnitsPerDay">Units a day that meet the plan's conditions, both arms together.</param>
/// <param name="Decides">Whether every step is decided in time where the candidate is as good as what is live.</param>
/// <param name="Sentences">All of it for people; the last one is the verdict.</param>
/// <param name="SmallestShare">The smallest first step in whole percent, up to 50, that would be decided in time; null where none would or the plan's own is.</param>
public sealed record ReleaseForecast(double UnitsPerDay, bool Decides, ImmutableArray<string> Sentences, int? SmallestShare = null)
{
    /// <summary>Foretells a plan.</summary>
    /// <param name="plan">The contract.</param>
    /// <param name="traffic">What was measured of what is live; null where too little was.</param>
    /// <returns>Null where nothing is judged, or nothing is known of the traffic.</returns>
    public static ReleaseForecast? Of(ReleasePlan plan, TrafficSample? traffic)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (plan.Steps.Length == 1 || traffic is null) return null;
        var measured = string.Create(CultureInfo.InvariantCulture, $"What is live answered about {traffic.UnitsPerDay:#,0} units a day in the last {Days(traffic.Days)}");
        if (traffic.For(plan) is not { } planned)
            return new ReleaseForecast(0, false, [$"{measured}.", $"None of the newest {traffic.Units.Length} meets the plan's conditions, so the candidate would meet nobody and freeze undecided."]);
        var forecast = RolloutPlanner.Forecast(plan, planned);
        var eligible = plan.Eligibility.IsEmpty ? "" : string.Create(CultureInfo.InvariantCulture, $"; about {planned.UnitsPerDay:#,0} of them meet the plan's conditions");
        return new ReleaseForecast(Math.Round(planned.UnitsPerDay, 1), forecast.Decides, [$"{measured}{eligible}.", .. forecast.Sentences], forecast.SmallestShare);
    }

    /// <summary>Forecasts that say the same are the same.</summary>
    public bool Equals(ReleaseForecast? other) => other is not null && (UnitsPerDay, Decides, SmallestShare) == (other.UnitsPerDay, other.Decides, other.SmallestShare) && Sentences.SequenceEqual(other.Sentences, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(UnitsPerDay, Decides, Sentences.Length);

    private static string Days(double days) => days switch
    {
        >= 1.95 => string.Create(CultureInfo.InvariantCulture, $"{days:0.#} days"),
        >= 1 / 12d => string.Create(CultureInfo.InvariantCulture, $"{days * 24:0.#} hours"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, days * 24 * 60):0} minutes"),
    };
}
