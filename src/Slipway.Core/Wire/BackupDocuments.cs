using System.Collections.Immutable;

namespace Slipway.Core.Wire;

/// <summary>What a backup says of itself: <c>backup.json</c> in its folder, written last of all.</summary>
/// <param name="Time">The moment it is of.</param>
/// <param name="Entry">The sequence of the journal's last entry in it; 0 for none.</param>
/// <param name="Hash">The hash of that entry, which speaks for all before it.</param>
/// <param name="Files">Every other file of it, by name.</param>
public sealed record BackupDocument(DateTimeOffset Time, long Entry, ContentHash Hash, ImmutableArray<BackupFile> Files);

/// <summary>A file of a backup.</summary>
/// <param name="Name">Without a folder.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Hash">SHA-256 over its bytes.</param>
public sealed record BackupFile(string Name, long Bytes, ContentHash Hash);

/// <summary>What came of checking a backup.</summary>
/// <param name="Backup">What it says of itself; null where it says nothing that can be read.</param>
/// <param name="Problems">What is wrong, a sentence each; none where it is whole.</param>
public sealed record BackupCheckDocument(BackupDocument? Backup, ImmutableArray<string> Problems);
