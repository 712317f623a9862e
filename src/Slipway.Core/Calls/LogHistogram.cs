using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Slipway.Core.Calls;

/// <summary>How often which value came, in logarithmic buckets: a quantile is within 1 % of the exact one, and histograms add up bucket by bucket.</summary>
/// <remarks>Bucket <c>i</c> holds the values above <c>γ^(i-1)</c> up to <c>γ^i</c>, with <c>γ = 1.01 / 0.99</c>; values up to 10⁻⁹ are one bucket of their own.
/// The numbers of the buckets are stored, so they are fixed for ever.</remarks>
public sealed class LogHistogram : IEquatable<LogHistogram>
{
    /// <summary>How far a quantile may be from the exact one, as a share of it.</summary>
    public const double RelativeError = 0.01;

    /// <summary>The bucket of nothing at all.</summary>
    public const int Zero = -2_000;

    private const double Smallest = 1e-9, Largest = 1e15, Gamma = (1 + RelativeError) / (1 - RelativeError);
    private static readonly double LogGamma = Math.Log(Gamma);
    private readonly SortedDictionary<int, long> buckets = [];

    /// <summary>How many values there are.</summary>
    public long Count { get; private set; }

    /// <summary>The bucket of a value.</summary>
    /// <param name="value">At least 0; what is larger than 10¹⁵ counts as that.</param>
    public static int BucketOf(double value) => value <= Smallest ? Zero : (int)Math.Ceiling(Math.Log(Math.Min(value, Largest)) / LogGamma);

    /// <summary>Counts a value; what is no number, or below 0, is not counted.</summary>
    public void Add(double value)
    {
        if (value >= 0) Add(BucketOf(value), 1);
    }

    /// <summary>Counts what another one has counted.</summary>
    /// <param name="other">Stays as it is.</param>
    /// <param name="times">-1 takes it away again.</param>
    public void Add(LogHistogram other, int times = 1)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach (var (bucket, count) in other.buckets) Add(bucket, times * count);
    }

    /// <summary>A value that a share of all values does not exceed.</summary>
    /// <param name="share">Above 0, at most 1; 0.95 for the 95th percentile: of n values in order, the one at the place n × share, rounded up.</param>
    /// <returns>Null where there are no values.</returns>
    public double? Quantile(double share)
    {
        if (Count == 0) return null;
        var (place, passed) = ((long)Math.Ceiling(share * Count), 0L);
        foreach (var (bucket, count) in buckets)
            if ((passed += count) >= place) return ValueOf(bucket);
        return ValueOf(buckets.Keys.Last());
    }

    /// <summary>The buckets as a JSON object, <c>{"312":3,"313":1}</c>: any SQL that reads JSON can add them up.</summary>
    public string ToJson()
    {
        var json = new StringBuilder("{", 2 + 10 * buckets.Count);
        foreach (var (bucket, count) in buckets) json.Append(json.Length > 1 ? "," : "").Append(CultureInfo.InvariantCulture, $"\"{bucket}\":{count}");
        return json.Append('}').ToString();
    }

    /// <summary>Counts what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public void AddJson(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        try
        {
            for (var bucket = 0; reader.Read();)
            {
                if (reader.TokenType == JsonTokenType.PropertyName) bucket = int.Parse(reader.ValueSpan, CultureInfo.InvariantCulture);
                else if (reader.TokenType == JsonTokenType.Number) Add(bucket, reader.GetInt64());
            }
        }
        catch (JsonException exception)
        {
            throw new FormatException("A histogram is a JSON object of buckets and counts.", exception);
        }
    }

    /// <summary>The same counts in the same buckets.</summary>
    public bool Equals(LogHistogram? other) => other is not null && buckets.SequenceEqual(other.buckets);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as LogHistogram);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Count, buckets.Count);

    /// <inheritdoc/>
    public override string ToString() => ToJson();

    // In the middle of the bucket, as shares go: its two ends are equally far away.
    private static double ValueOf(int bucket) => bucket == Zero ? 0 : 2 * Math.Pow(Gamma, bucket) / (Gamma + 1);

    private void Add(int bucket, long count)
    {
        var sum = buckets.GetValueOrDefault(bucket) + count;
        if (sum == 0) buckets.Remove(bucket);
        else buckets[bucket] = sum;
        Count += count;
    }
}
