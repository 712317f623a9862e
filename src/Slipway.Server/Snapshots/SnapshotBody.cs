using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace Slipway.Server.Snapshots;

/// <summary>Writes a whole table from the bytes of its records: nothing is serialised, and nobody who reads slowly makes it be held in memory again.</summary>
internal static class SnapshotBody
{
    /// <summary>After so many bytes it is waited until the reader has taken them.</summary>
    public const int Slice = 16 * 1024;

    /// <summary>Writes a <see cref="Core.Wire.SnapshotDocument"/>; the rest of it, less than a slice, is left to be flushed.</summary>
    /// <param name="writer">Where.</param>
    /// <param name="edition">What.</param>
    /// <param name="reach">Which of its records.</param>
    /// <param name="flush">Flushes; false where nobody reads any more, which ends it.</param>
    public static async ValueTask<bool> WriteAsync(PipeWriter writer, Edition edition, Reach reach, Func<ValueTask<bool>> flush)
    {
        writer.Write(Encoding.ASCII.GetBytes(FormattableString.Invariant($"{{\"environment\":\"{edition.Snapshot.Environment}\",\"revision\":{edition.RevisionOf(reach)},\"routes\":[")));
        var (isFirst, written) = (true, 0);
        foreach (var record in edition.Records)
        {
            if (!reach.Covers(record.Route.Prompt)) continue;
            if (!isFirst) writer.Write(","u8);
            writer.Write(record.Json);
            (isFirst, written) = (false, written + record.Json.Length + 1);
            if (written < Slice) continue;
            if (!await flush()) return false;
            written = 0;
        }
        writer.Write("]}"u8);
        return true;
    }
}
