using System.Buffers;
using System.Globalization;
using System.Text;
using Slipway.Core.Access;
using Slipway.Core.Wire;

namespace Slipway.Core.Journal;

/// <summary>One line of the journal: an event with who, when and from which command, chained to the line before it.</summary>
/// <param name="Sequence">1 for the first entry, then without gaps.</param>
/// <param name="Time">UTC, to the millisecond; never earlier than the entry before.</param>
/// <param name="Actor">The member, or <c>system</c>.</param>
/// <param name="Command">The id of the command that caused it; the entries of one command share it.</param>
/// <param name="Event">The event's canonical JSON, exactly as hashed.</param>
/// <param name="Previous">The hash of the entry before; <see cref="Genesis"/> for the first.</param>
/// <param name="Hash">SHA-256 over all the other fields.</param>
public sealed record JournalEntry(
    long Sequence, DateTimeOffset Time, MemberName Actor, string Command, string Event, ContentHash Previous, ContentHash Hash)
{
    /// <summary>The <see cref="Previous"/> of the first entry.</summary>
    public static ContentHash Genesis { get; } = ContentHash.Of("slipway journal"u8);

    /// <summary>Chains an event to the end of a journal.</summary>
    /// <param name="head">The sequence of the last entry, 0 for an empty journal.</param>
    /// <param name="headHash">The hash of the last entry, <see cref="Genesis"/> for an empty journal.</param>
    /// <param name="time">When it happened.</param>
    /// <param name="actor">Who did it.</param>
    /// <param name="command">The id of the command.</param>
    /// <param name="happened">The event.</param>
    public static JournalEntry Next(
        long head, ContentHash headHash, DateTimeOffset time, MemberName actor, string command, JournalEvent happened)
    {
        var json = JournalJson.Serialize(happened);
        var utc = Milliseconds(time);
        return new JournalEntry(head + 1, utc, actor, command, json, headHash, HashOf(head + 1, utc, actor.Value, command, json, headHash));
    }

    /// <summary>The hash that the other fields ask for.</summary>
    public ContentHash ExpectedHash() => HashOf(Sequence, Time, Actor.Value, Command, Event, Previous);

    /// <summary>The event, in the shape this build works with.</summary>
    /// <exception cref="UnknownEventException">It was written by a newer build.</exception>
    public JournalEvent Read() => JournalJson.Deserialize(Event, Sequence).Upcast();

    /// <summary>A time as an entry holds it: UTC, whole milliseconds, so that text and value are one.</summary>
    public static DateTimeOffset Milliseconds(DateTimeOffset time) =>
        new(time.UtcTicks - time.UtcTicks % TimeSpan.TicksPerMillisecond, TimeSpan.Zero);

    /// <summary>A time as an entry writes it.</summary>
    public static string TimeText(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    // The event stands in the hashed document as a string: its bytes are what was written, whatever a later parser makes of them.
    private static ContentHash HashOf(long sequence, DateTimeOffset time, string actor, string command, string happened, ContentHash previous)
    {
        // Written in canonical form at once, keys in their order: every start of a server hashes the whole journal.
        var document = new ArrayBufferWriter<byte>(happened.Length + 512);
        document.Write("{\"actor\":"u8);
        CanonicalJson.WriteString(document, actor);
        document.Write(",\"command\":"u8);
        CanonicalJson.WriteString(document, command);
        document.Write(",\"event\":"u8);
        CanonicalJson.WriteString(document, happened);
        document.Write(",\"previous\":"u8);
        CanonicalJson.WriteString(document, previous.Value);
        document.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $",\"sequence\":{sequence},\"time\":\"{TimeText(time)}\"}}")));
        return ContentHash.Of(document.WrittenSpan);
    }
}
