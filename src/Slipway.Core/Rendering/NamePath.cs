using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Slipway.Core.Rendering;

/// <summary>A name as a tag writes it, <c>customer.tier</c>, split and encoded once so that a lookup costs only the search.</summary>
internal sealed class NamePath
{
    /// <summary>What a name may be, for messages.</summary>
    public const string Rule =
        "a name is letters, digits, _ and -, its parts joined by dots, at most 200 characters; there are no expressions";

    private const int MaxLength = 200;

    private NamePath(string text)
    {
        Text = text;
        Parts = text == "." ? [] : [.. text.Split('.').Select(Encoding.UTF8.GetBytes)];
    }

    public string Text { get; }

    /// <summary>The parts in UTF-8, as JSON is searched; none for <c>{{.}}</c>, the current item.</summary>
    public ImmutableArray<byte[]> Parts { get; }

    /// <summary>The top-level name; not for <c>{{.}}</c>.</summary>
    public string First => Prefix(1);

    /// <summary>The name up to and with its n-th part.</summary>
    public string Prefix(int parts) => parts == Parts.Length ? Text : string.Join('.', Text.Split('.').Take(parts));

    /// <summary>The n-th part alone, from 0.</summary>
    public string Part(int index) => Encoding.UTF8.GetString(Parts[index]);

    /// <summary>Null where the text is not a name.</summary>
    public static NamePath? Parse(string text) =>
        text == "." || text.Length <= MaxLength && text.Split('.').All(IsPart) ? new NamePath(text) : null;

    private static bool IsPart(string part) => part.Length > 0 && part.EnumerateRunes().All(rune =>
        rune.Value is '_' or '-' || Rune.IsLetterOrDigit(rune)
        // Thai, Hindi and others write vowels as marks; invisible characters and look-alike punctuation stay out.
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark);
}
