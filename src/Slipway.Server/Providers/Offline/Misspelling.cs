namespace Slipway.Server.Providers.Offline;

/// <summary>Finds the known word a misspelled one was meant to be: one letter missing, added or swapped, or in a long word wrong.</summary>
internal static class Misspelling
{
    // Short words one letter apart are usually two words ("charge", "change"), so a wrong letter needs a longer word.
    private const int ShortestWithWrongLetter = 7;

    /// <summary>All strings that are the word without one of its letters.</summary>
    public static IEnumerable<string> WithoutOneLetter(string word)
    {
        for (var at = 0; at < word.Length; at++) yield return word.Remove(at, 1);
    }

    /// <summary>The known word, or null when none is close enough.</summary>
    /// <param name="word">The word as written.</param>
    /// <param name="known">Known words by themselves and by <see cref="WithoutOneLetter"/>: words one letter apart share a form.</param>
    public static string? Correct(string word, Dictionary<string, string> known)
    {
        if (known.TryGetValue(word, out var meant) && IsClose(word, meant)) return meant;
        var lookup = known.GetAlternateLookup<ReadOnlySpan<char>>();
        Span<char> shorter = stackalloc char[word.Length];
        for (var at = 0; at < word.Length; at++)
        {
            word.AsSpan(0, at).CopyTo(shorter);
            word.AsSpan(at + 1).CopyTo(shorter[at..]);
            if (lookup.TryGetValue(shorter[..(word.Length - 1)], out meant) && IsClose(word, meant)) return meant;
        }
        return null;
    }

    private static bool IsClose(string written, string meant)
    {
        if (written[0] != meant[0]) return false;       // people rarely miss the first letter, and rarely mean the same when they do
        var start = 0;
        while (start < written.Length && start < meant.Length && written[start] == meant[start]) start++;
        var left = written.AsSpan(start);
        var right = meant.AsSpan(start);
        if (left.Length != right.Length)
            return left.Length > right.Length ? left[1..].SequenceEqual(right) : right[1..].SequenceEqual(left);
        if (left.Length >= 2 && left[0] == right[1] && left[1] == right[0]) return left[2..].SequenceEqual(right[2..]);
        return written.Length >= ShortestWithWrongLetter && left[1..].SequenceEqual(right[1..]);
    }
}
