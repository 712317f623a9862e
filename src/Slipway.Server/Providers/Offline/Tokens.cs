namespace Slipway.Server.Providers.Offline;

/// <summary>Cuts text into pieces about as long as a model's tokens: what is counted, limited and streamed.</summary>
internal static class Tokens
{
    private const int LongestWordPiece = 6;
    private const int LongestForeignPiece = 2;      // models spend more tokens on letters beyond ASCII

    /// <summary>Real chat formats spend a few tokens on the role and the borders of each message.</summary>
    public const int PerMessage = 4;

    /// <summary>How many tokens the text has; 0 for an empty one.</summary>
    public static int Count(ReadOnlySpan<char> text)
    {
        var count = 0;
        for (; text.Length > 0; text = text[FirstLength(text)..]) count++;
        return count;
    }

    /// <summary>The pieces in order; joined again they are the text.</summary>
    public static IEnumerable<string> Split(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            var length = FirstLength(text.AsSpan(at));
            yield return text.Substring(at, length);
            at += length;
        }
    }

    /// <summary>The first <paramref name="limit"/> tokens of the text: all of it when it is shorter.</summary>
    public static string Take(string text, int limit)
    {
        var at = 0;
        for (; limit > 0 && at < text.Length; limit--) at += FirstLength(text.AsSpan(at));
        return text[..at];
    }

    // White space belongs to the word after it, as in the tokenizers of real models. A surrogate pair is never cut.
    private static int FirstLength(ReadOnlySpan<char> text)
    {
        var at = 0;
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
        if (at == text.Length) return at;
        if (char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1])) return at + 2;
        if (!char.IsLetterOrDigit(text[at])) return at + 1;
        var start = at;
        var longest = char.IsAscii(text[at]) ? LongestWordPiece : LongestForeignPiece;
        while (at < text.Length && at - start < longest && char.IsLetterOrDigit(text[at])) at++;
        return at;
    }
}
