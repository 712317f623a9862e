using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Slipway.Core.Wire;

/// <summary>What names look like: a lower-case letter, then lower-case letters, digits and some other characters.</summary>
/// <remarks>Looked at by hand, not by a pattern: every start of a server reads each name in the journal.</remarks>
/// <param name="most">The largest number of characters.</param>
/// <param name="others">The characters that may follow the first, beside letters and digits.</param>
internal sealed class NameForm(int most, string others)
{
    private readonly SearchValues<char> following = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789" + others);

    /// <summary>Whether a text is such a name.</summary>
    public bool Fits([NotNullWhen(true)] string? text) => text is not null && Fits(text.AsSpan());

    /// <inheritdoc cref="Fits(string?)"/>
    public bool Fits(ReadOnlySpan<char> text) =>
        !text.IsEmpty && text.Length <= most && char.IsAsciiLetterLower(text[0]) && !text[1..].ContainsAnyExcept(following);
}
