namespace Slipway.Core.Evaluations;

/// <summary>A few numbers by which two texts can be compared without keeping either (Broder's min-wise hashing, 1997).</summary>
/// <remarks>The share of places in which two sketches agree is about the share of words the two texts have in common.</remarks>
internal sealed class TextSketch
{
    private const int Places = 48;
    private readonly ulong[] least;

    private TextSketch(ulong[] least) => this.least = least;

    /// <summary>Sketches a text: its words, and its neighbouring pairs of words, in lower case.</summary>
    public static TextSketch Of(string text)
    {
        var least = new ulong[Places];
        Array.Fill(least, ulong.MaxValue);
        ulong before = 0;
        foreach (var range in Words(text))
        {
            var word = Hash(text.AsSpan(range));
            Take(least, word);
            if (before != 0) Take(least, Mix(before * 31 + word));
            before = word;
        }
        return new TextSketch(least);
    }

    /// <summary>How alike two texts are, from 0 to 1.</summary>
    public double Likeness(TextSketch other)
    {
        var same = 0;
        for (var place = 0; place < Places; place++)
        {
            if (least[place] == other.least[place]) same++;
        }
        return (double)same / Places;
    }

    private static IEnumerable<Range> Words(string text)
    {
        for (var start = 0; start < text.Length;)
        {
            if (!char.IsLetterOrDigit(text[start]))
            {
                start++;
                continue;
            }
            var end = start + 1;
            while (end < text.Length && char.IsLetterOrDigit(text[end])) end++;
            yield return start..end;
            start = end;
        }
    }

    // FNV-1a, then mixed: in every process and on every machine the same, which string.GetHashCode is not.
    private static ulong Hash(ReadOnlySpan<char> word)
    {
        var hash = 14695981039346656037UL;
        foreach (var letter in word) hash = (hash ^ char.ToLowerInvariant(letter)) * 1099511628211;
        return Mix(hash);
    }

    private static void Take(ulong[] least, ulong hash)
    {
        for (var place = 0; place < Places; place++) least[place] = Math.Min(least[place], Mix(hash + (ulong)(place + 1) * 0x9E3779B97F4A7C15));
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    /// <summary>A number for a text that orders texts as if by chance, and always the same way.</summary>
    public static ulong OrderOf(string text) => Hash(text);
}
