using System.Collections;
using System.Text;
using Slipway.Core.Evaluations;
using Slipway.Server.Storage;

namespace Slipway.Server.Evaluations;

/// <summary>The cases of a golden set that are asked, read from its object one by one each time: a large set takes no more room than its bytes.</summary>
internal sealed class StoredCases : IReadOnlyCollection<GoldenCase>
{
    private readonly GoldenSetId set;
    private readonly HashSet<RubricId> rubrics = [];
    private readonly ReadOnlyMemory<byte> jsonLines;
    private readonly HashSet<string>? only;

    /// <summary>Goes through them once.</summary>
    /// <param name="set">The set.</param>
    /// <param name="jsonLines">Its object.</param>
    /// <param name="only">The ids of those that are asked; null for all.</param>
    /// <exception cref="StorageException">It is no golden set any more.</exception>
    public StoredCases(GoldenSetId set, ReadOnlyMemory<byte> jsonLines, IEnumerable<string>? only = null)
    {
        (this.set, this.jsonLines, this.only) = (set, jsonLines, only?.ToHashSet(StringComparer.Ordinal));
        foreach (var goldenCase in this)
        {
            Count++;
            foreach (var judge in goldenCase.Judges) rubrics.Add(judge.Rubric);
        }
    }

    /// <summary>The rubrics that cases name.</summary>
    public IReadOnlyCollection<RubricId> Rubrics => rubrics;

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public IEnumerator<GoldenCase> GetEnumerator()
    {
        foreach (var goldenCase in All(set, jsonLines))
            if (!goldenCase.IsProposed && only?.Contains(goldenCase.Id) != false) yield return goldenCase;
    }

    /// <summary>Every case of a set's object, also those that are not asked: each has a line of its own.</summary>
    public static IEnumerable<GoldenCase> All(GoldenSetId set, ReadOnlyMemory<byte> jsonLines) => Lines(jsonLines).Select(line => Read(set, line));

    /// <summary>The lines of a set's object, a case each; blank ones are left out.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Lines(ReadOnlyMemory<byte> jsonLines)
    {
        for (var rest = jsonLines; !rest.IsEmpty;)
        {
            var end = rest.Span.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (!line.IsEmpty) yield return line;
        }
    }

    /// <summary>The case of a line. A set was checked whole when it was pushed: here each of its lines stands for itself.</summary>
    /// <exception cref="StorageException">It is no case any more.</exception>
    public static GoldenCase Read(GoldenSetId set, ReadOnlyMemory<byte> line) =>
        GoldenSet.Parse(set, Encoding.UTF8.GetString(line.Span)) is GoldenSetResult.Parsed { Set.Cases: [var goldenCase] } ? goldenCase : throw new StorageException($"The golden set {set} cannot be read any more.");

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
